namespace CallActors;

/// <summary>A provisional response to a call that we place.</summary>
/// <param name="Call">The call.</param>
/// <param name="Status">101 to 199.</param>
/// <param name="Response">The response.</param>
/// <param name="Sdp">Early media; null when there is none.</param>
/// <param name="EarlyDialog">The far end's tag: which of several forks it is.</param>
public sealed record CallProgress(OutgoingCall Call, int Status, Sip.Messages.SipResponse Response, string? Sdp, string EarlyDialog);
