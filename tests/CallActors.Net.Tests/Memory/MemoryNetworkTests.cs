using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Net.Tests.Memory;

/// <summary>What only the network in memory does: chance by seed, links that break, time that a test moves.</summary>
public sealed class MemoryNetworkTests
{
    private static readonly IPAddress s_a = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress s_b = IPAddress.Parse("10.0.0.2");

    private readonly FakeTimeProvider _clock = new();
    private readonly Signal _signal = new();

    [Fact]
    public void A_run_is_a_function_of_its_seed()
    {
        Assert.Equal(Transcript(7), Transcript(7));
        Assert.NotEqual(Transcript(7), Transcript(8));
    }

    [Fact]
    public void Loss_duplication_and_reordering_come_as_often_as_asked()
    {
        var network = new MemoryNetwork(3, _clock) { Link = new LinkOptions { Loss = 0.2, Duplication = 0.1, Reordering = 0.05 } };
        var ear = new Ear(_signal);
        var here = network.At(s_a).OpenDatagram(new IPEndPoint(IPAddress.Any, 5060), DatagramOptions.Default, ear);
        var there = network.At(s_b).OpenDatagram(new IPEndPoint(IPAddress.Any, 5060), DatagramOptions.Default, new Ear(_signal));
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(SendOutcome.Sent, there.Send([(byte)(i >> 8), (byte)i], here.Local));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        RunDry(network);
        var counters = network.Counters;
        Assert.Equal(10_000, counters.DatagramsSent);
        Assert.InRange(counters.DatagramsLost, 1800, 2200);
        Assert.InRange(counters.DatagramsDuplicated, 700, 900);
        Assert.InRange(counters.DatagramsReordered, 330, 480);
        Assert.Equal(10_000 - counters.DatagramsLost + counters.DatagramsDuplicated, counters.DatagramsDelivered);
        Assert.Equal(counters.DatagramsDelivered, ear.Heard.Count);
        Assert.True(ear.Heard.Zip(ear.Heard.Skip(1)).Count(pair => pair.First > pair.Second) > 300);
    }

    [Fact]
    public void Nothing_is_delivered_within_the_call_that_sends_it_even_without_delay()
    {
        var network = new MemoryNetwork(1, _clock) { Link = new LinkOptions { Delay = TimeSpan.Zero } };
        var ear = new Ear(_signal);
        var here = network.OpenDatagram(new IPEndPoint(IPAddress.Loopback, 5060), DatagramOptions.Default, ear);
        here.Send([0, 1], here.Local);
        Assert.Empty(ear.Heard);

        _clock.Advance(network.UntilNext!.Value);
        Assert.Single(ear.Heard);
        Assert.Null(network.UntilNext);
    }

    [Fact]
    public void A_link_has_its_own_options_in_each_direction()
    {
        var network = new MemoryNetwork(1, _clock);
        var (a, b) = (new Ear(_signal), new Ear(_signal));
        var atA = network.At(s_a).OpenDatagram(new IPEndPoint(IPAddress.Any, 5060), DatagramOptions.Default, a);
        var atB = network.At(s_b).OpenDatagram(new IPEndPoint(IPAddress.Any, 5060), DatagramOptions.Default, b);
        Assert.Equal(new IPEndPoint(s_a, 5060), atA.Local.ToEndPoint());
        network.SetLink(s_a, s_b, new LinkOptions { Loss = 1 });
        atA.Send([0, 1], atB.Local);
        atB.Send([0, 2], atA.Local);
        RunDry(network);

        Assert.Equal([2], a.Heard);
        Assert.Empty(b.Heard);
    }

    [Fact]
    public async Task Streams_wait_on_a_link_that_is_down_and_go_on_in_order()
    {
        var network = new MemoryNetwork(1, _clock) { Link = new LinkOptions { SplitsStreams = true } };
        var (client, server) = await ConnectAsync(network);
        for (byte i = 0; i < 20; i++)
        {
            client.Connection.Write(Recorder.Frame([i]));
            client.Connection.Flush();
            if (i == 5) network.SetLink(s_a, s_b, LinkOptions.Perfect with { IsDown = true });
            if (i % 4 == 0) _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        client.Connection.Close("done");
        RunDry(network, TimeSpan.FromSeconds(1));
        Assert.InRange(server.Messages.Count, 0, 6);
        Assert.True(client.Connection.Backlog > 0);

        network.SetLink(s_a, s_b, new LinkOptions { SplitsStreams = true });
        RunDry(network, TimeSpan.FromSeconds(1));
        Assert.Equal(Enumerable.Range(0, 20), server.Messages.Select(message => (int)message[0]));
        Assert.Null(Assert.Single(server.Ends));
        Assert.Equal("done", Assert.Single(client.Ends));
    }

    [Fact]
    public async Task A_close_on_a_link_that_stays_down_ends_in_time()
    {
        var network = new MemoryNetwork(1, _clock);
        var (client, server) = await ConnectAsync(network);
        network.Link = LinkOptions.Perfect with { IsDown = true };
        client.Connection.Close("done");
        RunDry(network);

        Assert.Equal("done", Assert.Single(client.Ends));
        Assert.Single(server.Ends);
    }

    [Fact]
    public async Task A_cut_breaks_the_streams_between_two_hosts_and_no_others()
    {
        var network = new MemoryNetwork(1, _clock);
        var (client, server) = await ConnectAsync(network);
        Recorder? other = null;
        await network.ConnectAsync(server.Connection.Local, NetProtocol.Tcp, StreamOptions.Default, c => other = new Recorder(_signal, c));
        network.Cut(s_b, s_a);
        RunDry(network);

        Assert.Equal("The connection was cut.", Assert.Single(client.Ends));
        Assert.Equal("The connection was cut.", Assert.Single(server.Ends));
        Assert.True(other!.Connection.IsOpen);
        Assert.Equal(2, network.Counters.ConnectionsMade);
        Assert.Equal(1, network.Counters.ConnectionsEnded);
    }

    [Fact]
    public void Connecting_over_a_link_that_is_down_times_out_in_virtual_time()
    {
        var network = new MemoryNetwork(1, _clock) { Link = LinkOptions.Perfect with { IsDown = true } };
        var attempt = network.ConnectAsync(NetAddress.Of(s_b, 5060), NetProtocol.Tcp, StreamOptions.Default, _ => throw new InvalidOperationException());
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(attempt.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(attempt.Exception!.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Names_are_those_it_was_told()
    {
        var network = new MemoryNetwork(1, _clock);
        network.AddName("b.test", s_b);

        Assert.Equal([s_b], await network.ResolveAsync("B.test"));
        Assert.Equal([s_a], await network.ResolveAsync("10.0.0.1"));
        Assert.Empty(await network.ResolveAsync("c.test"));
    }

    [Fact]
    public void A_receivers_fault_that_nobody_asked_for_reaches_whoever_moves_the_time()
    {
        var network = new MemoryNetwork(1, _clock);
        var here = network.OpenDatagram(new IPEndPoint(IPAddress.Loopback, 5060), DatagramOptions.Default, new Broken());
        here.Send([1], here.Local);

        Assert.Throws<InvalidOperationException>(() => _clock.Advance(TimeSpan.FromSeconds(1)));
    }

    private async Task<(Recorder Client, Recorder Server)> ConnectAsync(MemoryNetwork network)
    {
        Recorder? client = null;
        Recorder? server = null;
        var listener = await network.At(s_b).ListenAsync(
            new IPEndPoint(IPAddress.Any, 5060), NetProtocol.Tcp, StreamOptions.Default, c => server = new Recorder(_signal, c));
        await network.At(s_a).ConnectAsync(listener.Local, NetProtocol.Tcp, StreamOptions.Default, c => client = new Recorder(_signal, c));
        return (client!, server!);
    }

    // Everything that four hosts hear who pass datagrams on by rules of their own, with its time.
    private static string Transcript(int seed)
    {
        var clock = new FakeTimeProvider();
        var network = new MemoryNetwork(seed, clock)
        {
            Link = new LinkOptions { Loss = 0.1, Duplication = 0.1, Reordering = 0.1, Jitter = TimeSpan.FromMilliseconds(9), SplitsStreams = true },
        };
        var lines = new List<string>();
        var sockets = new List<IDatagramSocket>();
        var start = clock.GetUtcNow();
        for (byte i = 1; i <= 4; i++)
        {
            var host = network.At(new IPAddress([10, 0, 0, i]));
            sockets.Add(host.OpenDatagram(new IPEndPoint(IPAddress.Any, 5060), DatagramOptions.Default, new Passer(sockets, (socket, hops, source) =>
                lines.Add($"{(clock.GetUtcNow() - start).TotalMicroseconds} {source} > {socket.Local} {hops}"))));
        }

        for (var i = 0; i < 50; i++) sockets[i % 4].Send([0], sockets[(i + 1) % 4].Local);
        RunDry(network, clock);
        return string.Join('\n', lines) + network.Counters;
    }

    private void RunDry(MemoryNetwork network, TimeSpan? within = null)
    {
        var end = _clock.GetUtcNow() + (within ?? TimeSpan.FromMinutes(1));
        while (network.UntilNext is { } next && _clock.GetUtcNow() + next <= end) _clock.Advance(next);
    }

    private static void RunDry(MemoryNetwork network, FakeTimeProvider clock)
    {
        while (network.UntilNext is { } next) clock.Advance(next);
    }

    private sealed class Ear(Signal signal) : IDatagramReceiver
    {
        public List<int> Heard { get; } = [];

        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
        {
            var number = (datagram[0] << 8) | datagram[1];
            signal.Record(() => Heard.Add(number));
        }

        public void OnBatchEnd(IDatagramSocket socket)
        {
        }
    }

    private sealed class Passer(List<IDatagramSocket> sockets, Action<IDatagramSocket, int, NetAddress> record) : IDatagramReceiver
    {
        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
        {
            record(socket, datagram[0], source);
            if (datagram[0] < 20) socket.Send([(byte)(datagram[0] + 1)], sockets[(datagram[0] + source.Port) % sockets.Count].Local);
        }

        public void OnBatchEnd(IDatagramSocket socket)
        {
        }
    }

    private sealed class Broken : IDatagramReceiver
    {
        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source) => throw new InvalidOperationException("ours");

        public void OnBatchEnd(IDatagramSocket socket)
        {
        }
    }
}
