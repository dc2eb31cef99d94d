using System.Net.Sockets;
using System.Text;

namespace CallActors.Net.Tests.Streams;

/// <summary>What every stream of every network does.</summary>
public abstract class StreamContract
{
    private protected abstract Rig NewRig();

    [Fact]
    public async Task Everything_sent_arrives_in_order_and_comes_back()
    {
        await using var pair = await Pair.MakeAsync(NewRig(), serverEchoes: true);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(pair.Client.Connection.Write(Recorder.Frame(Text($"message {i}"))));
            if (i % 7 == 0) pair.Client.Connection.Flush();
        }

        pair.Client.Connection.Flush();
        pair.Rig.Until(() => pair.Client.Messages.Count == 1000, "a thousand echoes");

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"message {i}"), pair.Client.Messages.Select(Encoding.UTF8.GetString));
        Assert.True(pair.Server.BatchEnds > 0);
        Assert.Equal(pair.Rig.Protocol, pair.Server.Connection.Protocol);
        Assert.Equal(pair.Client.Connection.Local, pair.Server.Connection.Remote);
        Assert.Equal(pair.Client.Connection.Remote, pair.Server.Connection.Local);
    }

    [Fact]
    public async Task A_message_split_at_every_byte_is_one_message()
    {
        await using var pair = await Pair.MakeAsync(NewRig());
        foreach (var one in Recorder.Frame(Text("in pieces")))
        {
            pair.Client.Connection.Write([one]);
            pair.Client.Connection.Flush();
        }

        pair.Rig.Until(() => pair.Server.Messages.Count == 1, "one message");
        Assert.Equal("in pieces", Encoding.UTF8.GetString(pair.Server.Messages[0]));
    }

    [Fact]
    public async Task A_big_message_arrives_whole_behind_a_small_one()
    {
        await using var pair = await Pair.MakeAsync(NewRig());
        var big = new byte[3_000_000];
        new Random(5).NextBytes(big);

        pair.Client.Connection.Write(Recorder.Frame(Text("small")));
        Assert.True(pair.Client.Connection.Write(Recorder.Frame(big)));
        pair.Client.Connection.Flush();

        pair.Rig.Until(() => pair.Server.Messages.Count == 2, "both messages");
        Assert.Equal(big, pair.Server.Messages[1]);
        pair.Rig.Until(() => pair.Client.Connection.Backlog == 0, "an empty backlog");
    }

    [Fact]
    public async Task Messages_of_several_writers_never_mix_and_keep_each_writers_order()
    {
        await using var pair = await Pair.MakeAsync(NewRig());
        void Write(int writer)
        {
            for (var i = 0; i < 500; i++)
            {
                var body = new byte[1 + (i * 37 % 900)];
                Array.Fill(body, (byte)writer);
                Assert.True(pair.Client.Connection.Write(Recorder.Frame([(byte)writer, (byte)(i >> 8), (byte)i, .. body])));
                pair.Client.Connection.Flush();
            }
        }

        if (pair.Rig.IsThreaded) await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => Write(writer))));
        else for (var writer = 0; writer < 4; writer++) Write(writer);

        pair.Rig.Until(() => pair.Server.Messages.Count == 2000, "all messages");
        var next = new int[4];
        foreach (var message in pair.Server.Messages)
        {
            Assert.Equal(next[message[0]]++, (message[1] << 8) | message[2]);
            Assert.Equal(-1, message.AsSpan(3).IndexOfAnyExcept(message[0]));
        }
    }

    [Fact]
    public async Task What_is_written_without_a_flush_leaves_with_the_close()
    {
        await using var pair = await Pair.MakeAsync(NewRig());
        var last = new byte[1_000_000];
        pair.Client.Connection.Write(Recorder.Frame(last));
        pair.Client.Connection.Close("done");

        Assert.False(pair.Client.Connection.IsOpen);
        Assert.False(pair.Client.Connection.Write([1]));
        pair.Rig.Until(() => pair.Server.IsClosed && pair.Client.IsClosed, "both ends");
        Assert.Equal(last, Assert.Single(pair.Server.Messages));
        Assert.Null(Assert.Single(pair.Server.Ends));
        Assert.Equal("done", Assert.Single(pair.Client.Ends));
    }

    [Fact]
    public async Task A_peer_that_ends_still_gets_what_was_written_before()
    {
        var rig = NewRig();
        await using var pair = await Pair.MakeAsync(rig, onServerMessage: (server, _) => server.Write(Recorder.Frame(new byte[500_000])));
        pair.Client.Connection.Write(Recorder.Frame(Text("give")));
        pair.Client.Connection.Flush();

        rig.Until(() => pair.Client.Messages.Count == 1, "the answer");
        pair.Client.Connection.Close("enough");
        rig.Until(() => pair.Server.IsClosed && pair.Client.IsClosed, "both ends");
        Assert.False(pair.Server.Connection.IsOpen);
    }

    [Fact]
    public async Task An_abort_is_told_to_both_ends_once_and_never_within_the_call()
    {
        await using var pair = await Pair.MakeAsync(NewRig());
        var endsWithin = -1;
        pair.Rig.Signal.Record(() =>
        {
            // Recording takes the same lock: an end told by another thread waits, one told within the call does not.
            pair.Client.Connection.Abort("no more");
            endsWithin = pair.Client.Ends.Count;
        });

        Assert.Equal(0, endsWithin);
        pair.Rig.Until(() => pair.Client.IsClosed && pair.Server.IsClosed, "both ends");
        pair.Client.Connection.Abort("again");
        pair.Client.Connection.Close("again");
        Assert.Equal("no more", Assert.Single(pair.Client.Ends));
        Assert.NotNull(Assert.Single(pair.Server.Ends));
        Assert.False(pair.Client.Connection.Write([1]));
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_fills_the_backlog_to_its_bound_and_is_cut_off()
    {
        const int Bound = 300_000;
        await using var pair = await Pair.MakeAsync(NewRig(), StreamOptions.Default with { MaxBacklog = Bound });
        var chunk = Recorder.Frame(new byte[60_000]);
        using (pair.Rig.Stall(pair.Server))
        {
            var most = 0L;
            for (var i = 0; i < 2000 && pair.Client.Connection.Write(chunk); i++)
            {
                pair.Client.Connection.Flush();
                most = Math.Max(most, pair.Client.Connection.Backlog);
            }

            Assert.InRange(most, 1, Bound);
            Assert.False(pair.Client.Connection.IsOpen);
        }

        pair.Rig.Until(() => pair.Client.IsClosed && pair.Server.IsClosed, "both ends");
        Assert.Contains("300000 bytes", Assert.Single(pair.Client.Ends), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_was_slow_for_a_while_gets_everything()
    {
        await using var pair = await Pair.MakeAsync(NewRig());
        using (pair.Rig.Stall(pair.Server))
        {
            for (var i = 0; i < 200; i++)
            {
                Assert.True(pair.Client.Connection.Write(Recorder.Frame(new byte[50_000 + i])));
                pair.Client.Connection.Flush();
            }
        }

        pair.Rig.Until(() => pair.Server.Messages.Count == 200, "all messages");
        Assert.Equal(Enumerable.Range(50_000, 200), pair.Server.Messages.Select(message => message.Length));
        pair.Rig.Until(() => pair.Client.Connection.Backlog == 0, "an empty backlog");
    }

    [Fact]
    public async Task A_peer_whose_message_has_no_end_is_cut_off_at_the_bound()
    {
        await using var pair = await Pair.MakeAsync(NewRig(), StreamOptions.Default with { MaxReceiveBuffer = 100_000 });
        pair.Client.Connection.Write(Recorder.Frame(new byte[200_000]));
        pair.Client.Connection.Flush();

        pair.Rig.Until(() => pair.Client.IsClosed && pair.Server.IsClosed, "both ends");
        Assert.Contains("100000 bytes", Assert.Single(pair.Server.Ends), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_throws_costs_its_own_connection_only()
    {
        var faults = new List<Exception>();
        var rig = NewRig();
        await using var pair = await Pair.MakeAsync(
            rig,
            StreamOptions.Default with { OnFault = fault => rig.Signal.Record(() => faults.Add(fault)) },
            onServerMessage: (_, body) =>
            {
                if (body.Length == 1) throw new InvalidOperationException("ours");
            });
        pair.Client.Connection.Write(Recorder.Frame([1]));
        pair.Client.Connection.Flush();
        rig.Until(() => pair.Client.IsClosed && pair.Server.IsClosed, "both ends");
        Assert.Equal("ours", Assert.Single(faults).Message);

        var (client, server) = await pair.ConnectAsync();
        client.Connection.Write(Recorder.Frame([1, 2]));
        client.Connection.Flush();
        rig.Until(() => server.Messages.Count == 1, "a message on the next connection");
    }

    [Fact]
    public async Task A_server_may_speak_first()
    {
        var rig = NewRig();
        await using var pair = await Pair.MakeAsync(rig, onAccept: server =>
        {
            server.Write(Recorder.Frame(Text("welcome")));
            server.Flush();
        });
        rig.Until(() => pair.Client.Messages.Count == 1, "the greeting");
    }

    [Fact]
    public async Task Where_nobody_listens_connecting_is_refused()
    {
        await using var rig = NewRig();
        var listener = await rig.Network.ListenAsync(rig.Anywhere, rig.Protocol, rig.Options(StreamOptions.Default), _ => throw new InvalidOperationException());
        await listener.DisposeAsync();

        var refusal = await Assert.ThrowsAsync<SocketException>(() =>
            rig.Network.ConnectAsync(listener.Local, rig.Protocol, rig.Options(StreamOptions.Default), c => new Recorder(rig.Signal, c)));
        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
    }

    [Fact]
    public async Task An_address_in_use_cannot_be_listened_at()
    {
        await using var rig = NewRig();
        var options = rig.Options(StreamOptions.Default);
        await using var listener = await rig.Network.ListenAsync(rig.Anywhere, rig.Protocol, options, c => new Recorder(rig.Signal, c));

        var refusal = await Assert.ThrowsAsync<SocketException>(() =>
            rig.Network.ListenAsync(listener.Local.ToEndPoint(), rig.Protocol, options, c => new Recorder(rig.Signal, c)));
        Assert.Equal(SocketError.AddressAlreadyInUse, refusal.SocketErrorCode);
    }

    [Fact]
    public async Task Beyond_the_connection_limit_the_next_is_closed_until_one_ends()
    {
        await using var pair = await Pair.MakeAsync(NewRig(), StreamOptions.Default with { MaxConnections = 2 });
        var (second, _) = await pair.ConnectAsync();
        Recorder? third = null;
        try
        {
            await pair.Rig.Network.ConnectAsync(pair.Listener.Local, pair.Rig.Protocol, pair.Options, c => third = new Recorder(pair.Rig.Signal, c));
            pair.Rig.Until(() => third!.IsClosed, "the third's end");
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            // Under TLS it does not even get to shake hands.
        }

        Assert.True(second.Connection.IsOpen);
        second.Connection.Close("room for another");
        pair.Rig.Until(() => second.IsClosed, "the second's end");
        var (_, served) = await pair.ConnectUntilServedAsync();
        Assert.True(served.Connection.IsOpen);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
