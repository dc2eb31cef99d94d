namespace CallActors.Net;

/// <summary>An open datagram socket.</summary>
public interface IDatagramSocket : IAsyncDisposable
{
    /// <summary>The address it is bound to, with the port that the system chose when none was asked for.</summary>
    NetAddress Local { get; }

    /// <summary>How many bytes of arriving datagrams the network holds for us; may be less than was asked for. 0 where it has no such bound.</summary>
    int ReceiveBufferSize { get; }

    /// <summary>Sends at once, from any thread. Never throws and never waits.</summary>
    SendOutcome Send(ReadOnlySpan<byte> datagram, NetAddress destination);
}
