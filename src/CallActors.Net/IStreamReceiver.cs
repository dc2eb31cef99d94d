namespace CallActors.Net;

/// <summary>Takes what arrives on one stream connection. Calls never overlap; none comes after <see cref="OnClosed"/>. It must not block.</summary>
public interface IStreamReceiver
{
    /// <summary>Bytes arrived.</summary>
    /// <param name="buffered">Everything not yet consumed, contiguous and in order; the network's again when the call returns.</param>
    /// <returns>How many bytes were consumed. What is left is offered again in front of what arrives next; 0 asks for more.</returns>
    int OnBytes(ReadOnlySpan<byte> buffered);

    /// <summary>The connection is dry for now: what was written during the burst should be flushed.</summary>
    void OnBatchEnd();

    /// <summary>The connection is over, told exactly once.</summary>
    /// <param name="reason">Why, in words for a log; null when the peer closed in good order.</param>
    void OnClosed(string? reason);
}
