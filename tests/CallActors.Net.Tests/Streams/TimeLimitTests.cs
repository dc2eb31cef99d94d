using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Net.Tests.Streams;

/// <summary>Limits of time, on a clock that the test moves.</summary>
public sealed class TimeLimitTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(NetProtocol.Tcp)]
    [InlineData(NetProtocol.Tls)]
    public async Task A_connection_idle_for_half_an_hour_is_closed(NetProtocol protocol)
    {
        await using var pair = await Pair.MakeAsync(NewRig(protocol));
        Pass(TimeSpan.FromMinutes(29));
        pair.Client.Connection.Write(Recorder.Frame([1]));
        pair.Client.Connection.Flush();
        pair.Rig.Until(() => pair.Server.Messages.Count == 1, "the message");
        Pass(TimeSpan.FromMinutes(29));
        Assert.True(pair.Client.Connection.IsOpen && pair.Server.Connection.IsOpen);

        Pass(TimeSpan.FromMinutes(2));
        pair.Rig.Until(() => pair.Client.IsClosed && pair.Server.IsClosed, "both ends");
        Assert.Contains("Idle for too long.", new[] { pair.Client.Ends[0], pair.Server.Ends[0] });
    }

    [Fact]
    public async Task A_close_that_the_peer_ignores_ends_in_time()
    {
        await using var rig = NewRig(NetProtocol.Tcp);
        Recorder server = null!;
        await using var listener = await rig.Network.ListenAsync(
            rig.Anywhere, NetProtocol.Tcp, StreamOptions.Default, c => server = new Recorder(rig.Signal, c));
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await deaf.ConnectAsync(listener.Local.ToEndPoint());
        rig.Until(() => server is not null, "the connection");

        server.Connection.Write(new byte[8_000_000]);
        server.Connection.Close("bye");
        Pass(TimeSpan.FromSeconds(3));
        Assert.False(server.IsClosed);
        Pass(TimeSpan.FromSeconds(5));
        rig.Until(() => server.IsClosed && ((SystemRig)rig).System.OpenConnections == 0, "the end");
        Assert.Equal("bye", server.Ends[0]);
    }

    [Fact]
    public async Task Peers_that_never_finish_their_handshake_are_dropped_in_time_and_delay_nobody()
    {
        await using var rig = NewRig(NetProtocol.Tls);
        var silent = new List<Socket>();
        await using var listener = await rig.Network.ListenAsync(
            rig.Anywhere, NetProtocol.Tls, rig.Options(StreamOptions.Default), c => new Recorder(rig.Signal, c) { Echoes = true });
        for (var i = 0; i < 50; i++)
        {
            silent.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await silent[i].ConnectAsync(listener.Local.ToEndPoint());
        }

        Recorder good = null!;
        await rig.Network.ConnectAsync(listener.Local, NetProtocol.Tls, rig.Options(StreamOptions.Default), c => good = new Recorder(rig.Signal, c));
        good.Connection.Write(Recorder.Frame([1]));
        good.Connection.Flush();
        rig.Until(() => good.Messages.Count == 1, "an echo");

        // A handshake's clock starts when its connection is accepted, which may be after the first move.
        foreach (var socket in silent)
        {
            rig.Until(
                () =>
                {
                    Pass(TimeSpan.FromSeconds(11));
                    return socket.Poll(0, SelectMode.SelectRead);
                },
                "the silent peer's end");
            socket.Dispose();
        }

        Assert.True(good.Connection.IsOpen);
    }

    [Fact]
    public async Task Connecting_to_a_peer_that_does_not_shake_hands_times_out()
    {
        await using var rig = NewRig(NetProtocol.Tls);
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        mute.Bind(rig.Anywhere);
        mute.Listen();

        var attempt = rig.Network.ConnectAsync(
            NetAddress.Of((System.Net.IPEndPoint)mute.LocalEndPoint!), NetProtocol.Tls, StreamOptions.Default, c => new Recorder(rig.Signal, c));
        rig.Until(
            () =>
            {
                Pass(TimeSpan.FromSeconds(11));
                return attempt.IsCompleted;
            },
            "the attempt's end");
        Assert.Equal(SocketError.TimedOut, (await Assert.ThrowsAsync<SocketException>(() => attempt)).SocketErrorCode);
    }

    [Fact]
    public async Task An_attempt_that_is_cancelled_says_so()
    {
        await using var rig = NewRig(NetProtocol.Tls);
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        mute.Bind(rig.Anywhere);
        mute.Listen();
        using var cancel = new CancellationTokenSource();

        var attempt = rig.Network.ConnectAsync(
            NetAddress.Of((System.Net.IPEndPoint)mute.LocalEndPoint!), NetProtocol.Tls, StreamOptions.Default, c => new Recorder(rig.Signal, c), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }

    private SystemRig NewRig(NetProtocol protocol) => protocol == NetProtocol.Tls ? new TlsRig(_clock) : new SystemRig(_clock);

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1)) _clock.Advance(TimeSpan.FromSeconds(1));
    }
}
