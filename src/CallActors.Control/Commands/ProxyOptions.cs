namespace CallActors.Control.Commands;

/// <summary>How a request is to be proxied.</summary>
/// <param name="RemainInDialog">Insert Record-Route, or Path for REGISTER.</param>
/// <param name="FullResponse">Report every final response, and <c>done</c> at the end.</param>
/// <param name="FollowRedirects">Try the Contacts of a 3xx.</param>
/// <param name="Simultaneous">Try all destinations at once instead of one after the other.</param>
/// <param name="ProvisionalTimeout">How long to wait for a provisional response before going on; null leaves it to the server.</param>
/// <param name="FinalTimeout">How long to wait for a final response before a branch is cancelled; null leaves it to the server.</param>
public readonly record struct ProxyOptions(
    bool RemainInDialog = false, bool FullResponse = false, bool FollowRedirects = false, bool Simultaneous = false,
    TimeSpan? ProvisionalTimeout = null, TimeSpan? FinalTimeout = null);
