using System.Net;
using System.Net.Sockets;
using CallActors.Net.Streams;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Net.Tests.Streams;

/// <summary>What only the system's stream sockets can show.</summary>
public sealed class SystemNetworkTests
{
    private static readonly IPEndPoint s_anywhere = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Disposing_the_network_ends_everything_on_it()
    {
        var rig = new SystemRig();
        await using var pair = await Pair.MakeAsync(rig);
        var socket = rig.Network.OpenDatagram(s_anywhere, DatagramOptions.Default, new Datagrams.Ear(rig.Signal));
        Assert.Equal(2, rig.System.OpenConnections);

        await rig.System.DisposeAsync();
        Assert.Equal("The network was shut down.", Assert.Single(pair.Client.Ends));
        Assert.Single(pair.Server.Ends);
        Assert.Equal(SendOutcome.Closed, socket.Send([1], socket.Local));
        Assert.Equal(0, rig.System.OpenConnections);
        await Assert.ThrowsAsync<SocketException>(() => pair.ConnectAsync());
    }

    [Fact]
    public async Task A_disposed_listener_leaves_its_connections_alone()
    {
        await using var pair = await Pair.MakeAsync(new SystemRig(), serverEchoes: true);
        await pair.Listener.DisposeAsync();

        pair.Client.Connection.Write(Recorder.Frame([7]));
        pair.Client.Connection.Flush();
        pair.Rig.Until(() => pair.Client.Messages.Count == 1, "an echo");
    }

    [Fact]
    public async Task A_peer_that_resets_is_told_with_its_reason()
    {
        await using var rig = new SystemRig();
        Recorder server = null!;
        await using var listener = await rig.Network.ListenAsync(s_anywhere, NetProtocol.Tcp, StreamOptions.Default, c => server = new Recorder(rig.Signal, c));
        using (var rude = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await rude.ConnectAsync(listener.Local.ToEndPoint());
            rig.Until(() => server is not null, "the connection");
            rude.LingerState = new LingerOption(true, 0);
        }

        rig.Until(() => server.IsClosed, "the end");
        Assert.Equal(new SocketException((int)SocketError.ConnectionReset).Message, server.Ends[0]);
    }

    [Theory]
    [InlineData(NetProtocol.Ws)]
    [InlineData(NetProtocol.Wss)]
    [InlineData(NetProtocol.Udp)]
    public async Task What_it_does_not_speak_it_says(NetProtocol protocol)
    {
        await using var network = new SystemNetwork();
        await Assert.ThrowsAsync<NotSupportedException>(() => network.ListenAsync(s_anywhere, protocol, StreamOptions.Default, _ => throw new InvalidOperationException()));
        await Assert.ThrowsAsync<NotSupportedException>(() =>
            network.ConnectAsync(NetAddress.Of(s_anywhere), protocol, StreamOptions.Default, _ => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task Addresses_resolve_to_themselves_and_unknown_names_to_nothing()
    {
        await using var network = new SystemNetwork();
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await network.ResolveAsync("192.0.2.7"));
        Assert.Equal([IPAddress.Parse("2001:db8::7")], await network.ResolveAsync("2001:db8::7"));
        Assert.Contains(IPAddress.Loopback, await network.ResolveAsync("localhost"));
        Assert.Empty(await network.ResolveAsync(new string('x', 300)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connecting_ends_in_time_or_when_it_is_given_up(bool hasOwnThread)
    {
        var clock = new FakeTimeProvider();
        using var listening = StreamSockets.Listen(s_anywhere, 1);
        var there = NetAddress.Of((IPEndPoint)listening.LocalEndPoint!);
        var options = StreamOptions.Default with { HasOwnThread = hasOwnThread };

        // Nobody accepts, and the kernel soon takes no more.
        var waiting = new List<Task<Socket>>();
        using var given = new CancellationTokenSource();
        do
        {
            waiting.Add(StreamSockets.ConnectAsync(there, options, clock, given.Token));
            await Task.WhenAny(waiting[^1], Task.Delay(TimeSpan.FromMilliseconds(300)));
        }
        while (waiting[^1].IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(SocketError.TimedOut, (await Assert.ThrowsAsync<SocketException>(() => waiting[^1])).SocketErrorCode);
        var last = StreamSockets.ConnectAsync(there, options, clock, given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last);
        foreach (var connected in waiting[..^1]) (await connected).Dispose();
    }

    [Fact]
    public async Task Keep_alive_probes_start_after_a_second_at_the_interval_given()
    {
        using var listening = StreamSockets.Listen(s_anywhere, 1);
        using var socket = await StreamSockets.ConnectAsync(
            NetAddress.Of((IPEndPoint)listening.LocalEndPoint!), StreamOptions.Default, TimeProvider.System, CancellationToken.None);
        StreamSockets.Prepare(socket, StreamOptions.Default with { KeepAliveInterval = TimeSpan.FromSeconds(45) });

        Assert.NotEqual(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(45, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.True(socket.NoDelay);
    }
}
