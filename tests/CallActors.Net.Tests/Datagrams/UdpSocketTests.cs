using System.Net;
using CallActors.Net.Udp;

namespace CallActors.Net.Tests.Datagrams;

/// <summary>What only the system's UDP sockets can show.</summary>
public sealed class UdpSocketTests
{
    private static readonly IPEndPoint s_anywhere = new(IPAddress.Loopback, 0);
    private readonly Signal _signal = new();

    [Fact]
    public async Task Several_threads_send_at_once()
    {
        var ear = new Ear(_signal);
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++) Assert.Equal(SendOutcome.Sent, there.Send([(byte)sender, (byte)i], here.Local));
        })));

        _signal.Until(() => ear.Datagrams.Count == 1000, "all datagrams");
        Assert.Equal(1000, ear.Datagrams.Select(datagram => (datagram.Bytes[0], datagram.Bytes[1])).Distinct().Count());
    }

    [Fact]
    public async Task Datagrams_that_waited_together_are_one_batch()
    {
        var ear = new Ear(_signal) { OnHeard = (_, bytes, _) => _signal.Until(() => bytes[0] > 0 || _go, "the test to let go") };
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        for (byte i = 0; i < 50; i++) there.Send([i], here.Local);
        _signal.Record(() => _go = true);

        _signal.Until(() => ear is { Datagrams.Count: 50, Unfinished: 0 }, "the batch");
        Assert.Equal(1, ear.BatchEnds);
    }

    [Fact]
    public async Task The_receiving_thread_ends_with_the_socket_even_when_it_is_the_one_who_closes_it()
    {
        Task? closing = null;
        var ear = new Ear(_signal) { OnHeard = (socket, _, _) => closing = socket.DisposeAsync().AsTask() };
        var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using (var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal))) there.Send([1], here.Local);

        _signal.Until(() => closing is { IsCompletedSuccessfully: true }, "the close");
        Assert.True(Assert.Single(ear.Threads).Join(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task The_granted_buffer_is_told_and_is_no_more_than_the_kernel_really_gave()
    {
        await using var socket = UdpSocket.Open(s_anywhere, DatagramOptions.Default with { ReceiveBufferSize = 150_000 }, new Ear(_signal));

        Assert.InRange(socket.ReceiveBufferSize, 150_000, 150_000 + 4096);
    }

    [Fact]
    public async Task Without_icmp_a_send_to_nobody_is_just_lost()
    {
        await using var socket = UdpSocket.Open(s_anywhere, DatagramOptions.Default with { HearsIcmp = false }, new Ear(_signal));
        var gone = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        await gone.DisposeAsync();

        for (var i = 0; i < 20; i++) Assert.Equal(SendOutcome.Sent, socket.Send([1], gone.Local));
    }

    [Fact]
    public async Task What_icmp_says_of_many_is_never_said_of_another()
    {
        var ear = new Ear(_signal);
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var socket = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        var gone = new List<NetAddress>();
        for (var i = 0; i < 40; i++)
        {
            await using var nobody = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
            gone.Add(nobody.Local);
        }

        using var over = new CancellationTokenSource();
        var noise = Enumerable.Range(0, 6).Select(sender => Task.Run(() =>
        {
            for (var i = sender; !over.IsCancellationRequested; i++) socket.Send([1], gone[i % gone.Count]);
        })).ToArray();

        var blamed = 0;
        for (var i = 0; i < 150_000; i++) blamed += socket.Send([2], here.Local) is SendOutcome.Sent or SendOutcome.Congested ? 0 : 1;
        await over.CancelAsync();
        await Task.WhenAll(noise);

        Assert.Equal(0, blamed);
    }

    [Fact]
    public void The_peer_cache_is_bounded_and_keeps_those_who_speak()
    {
        var peers = new PeerCache(100);
        var regular = Name(1);
        var known = peers.Find(regular);
        for (var port = 2; port < 10_000; port++)
        {
            peers.Find(Name(port));
            if (port % 20 == 0) Assert.Same(known, peers.Find(regular));
            Assert.InRange(peers.Count, 1, 100);
        }

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9_999), peers.Find(Name(9_999)).ToEndPoint());
    }

    [Fact]
    public void A_known_peer_costs_no_allocation()
    {
        var peers = new PeerCache(100);
        var name = Name(7);
        peers.Find(name);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) peers.Find(name);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SocketAddress Name(int port) => new IPEndPoint(IPAddress.Loopback, port).Serialize();

    private bool _go;
}
