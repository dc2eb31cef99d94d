namespace CallActors.Net;

/// <summary>One stream connection. Every member may be used from any thread, and none waits for the network.</summary>
public interface IStreamConnection
{
    /// <summary>What carries it.</summary>
    NetProtocol Protocol { get; }

    /// <summary>Our end.</summary>
    NetAddress Local { get; }

    /// <summary>The peer's end.</summary>
    NetAddress Remote { get; }

    /// <summary>Whether it takes bytes: false from the first Close, Abort or loss.</summary>
    bool IsOpen { get; }

    /// <summary>Bytes written that the network has not taken yet.</summary>
    long Backlog { get; }

    /// <summary>Appends the bytes, all of them or none; writes of several threads never mix. They leave with the next <see cref="Flush"/>.</summary>
    /// <returns>False when the connection is closed, or when the backlog would exceed its bound, which aborts the connection.</returns>
    bool Write(ReadOnlySpan<byte> bytes);

    /// <summary>Lets everything written so far leave.</summary>
    void Flush();

    /// <summary>Takes no more bytes, sends those written, then ends the connection in good order.</summary>
    /// <param name="reason">What <see cref="IStreamReceiver.OnClosed"/> will say.</param>
    void Close(string reason);

    /// <summary>Ends the connection now: what was not sent is lost and the peer sees a reset.</summary>
    /// <param name="reason">What <see cref="IStreamReceiver.OnClosed"/> will say. It is told later, never from within this call.</param>
    void Abort(string reason);
}
