namespace CallActors.Net;

/// <summary>Takes what arrives on a datagram socket. One thread calls it, and it must not block: the next datagram waits for it.</summary>
public interface IDatagramReceiver
{
    /// <summary>One datagram arrived.</summary>
    /// <param name="socket">Where it arrived.</param>
    /// <param name="datagram">Its bytes, the network's again when the call returns.</param>
    /// <param name="source">Who sent it; the same object for as long as the peer is known.</param>
    void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source);

    /// <summary>The socket is dry for now, or much has come in a row: what was gathered meanwhile should leave.</summary>
    void OnBatchEnd(IDatagramSocket socket);
}
