using System.Net;

namespace CallActors.Net.Memory;

/// <summary>A memory network as one of its hosts sees it: any-address and unnamed ends are at that host's address.</summary>
internal sealed class MemoryHost(MemoryNetwork network, IPAddress address) : INetwork
{
    /// <inheritdoc/>
    public IDatagramSocket OpenDatagram(IPEndPoint local, DatagramOptions options, IDatagramReceiver receiver) =>
        network.Open(At(local), options, receiver);

    /// <inheritdoc/>
    public Task<IStreamListener> ListenAsync(
        IPEndPoint local,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default) => network.Listen(At(local), protocol, options, accept);

    /// <inheritdoc/>
    public Task<IStreamConnection> ConnectAsync(
        NetAddress remote,
        NetProtocol protocol,
        StreamOptions options,
        Func<IStreamConnection, IStreamReceiver> accept,
        CancellationToken cancel = default) => network.Connect(address, remote, protocol, options, accept, cancel);

    /// <inheritdoc/>
    public ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancel = default) => network.ResolveAsync(host, cancel);

    private IPEndPoint At(IPEndPoint local) =>
        local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(address, local.Port) : local;
}
