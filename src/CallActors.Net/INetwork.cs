using System.Net;

namespace CallActors.Net;

/// <summary>Where bytes come from and go to: the system's sockets, or a network in memory.</summary>
public interface INetwork
{
    /// <summary>Opens a datagram socket that delivers to <paramref name="receiver"/> until it is disposed.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    IDatagramSocket OpenDatagram(IPEndPoint local, DatagramOptions options, IDatagramReceiver receiver);

    /// <summary>Accepts stream connections at an address.</summary>
    /// <param name="local">Where; port 0 lets the system choose.</param>
    /// <param name="protocol">What carries the connections.</param>
    /// <param name="options">Their bounds.</param>
    /// <param name="accept">Names each new connection's receiver, before any of its bytes is read.</param>
    /// <param name="cancel">Ends the attempt, not the listener.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    Task<IStreamListener> ListenAsync(
        IPEndPoint local,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default);

    /// <summary>Makes a stream connection.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="protocol">What carries the connection.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="accept">Names the connection's receiver, before any of its bytes is read.</param>
    /// <param name="cancel">Ends the attempt, not the connection.</param>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers there, or not in time.</exception>
    Task<IStreamConnection> ConnectAsync(
        NetAddress remote,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default);

    /// <summary>The addresses (A and AAAA records) of a host name; an address as text is its own answer.</summary>
    /// <returns>Empty when the name is unknown.</returns>
    ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancel = default);
}
