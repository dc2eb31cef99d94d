using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using CallActors.Net;

namespace CallActors.Benchmarks.Micro;

/// <summary>A datagram of an INVITE's size to the UDP transport and back: one at a time, and 32 at once (the cost of a drained batch).</summary>
public class DatagramEcho
{
    private const int Batch = 32;
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _buffer = new byte[2048];
    private readonly Echo _echo = new();
    private IDatagramSocket? _server;

    [GlobalSetup]
    public void Open()
    {
        _server = new SystemNetwork().OpenDatagram(new IPEndPoint(IPAddress.Loopback, 0), DatagramOptions.Default, _echo);
        _client.Connect(_server.Local.ToEndPoint());
    }

    [GlobalCleanup]
    public void Close()
    {
        _client.Dispose();
        _server!.DisposeAsync().AsTask().Wait();
    }

    [Benchmark]
    public int OneAtATime()
    {
        _client.Send(Samples.Invite, SocketFlags.None);
        return _client.Receive(_buffer, SocketFlags.None);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int ThirtyTwoAtOnce()
    {
        for (var i = 0; i < Batch; i++) _client.Send(Samples.Invite, SocketFlags.None);
        var bytes = 0;
        for (var i = 0; i < Batch; i++) bytes += _client.Receive(_buffer, SocketFlags.None);
        return bytes;
    }

    private sealed class Echo : IDatagramReceiver
    {
        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source) => socket.Send(datagram, source);

        public void OnBatchEnd(IDatagramSocket socket)
        {
        }
    }
}
