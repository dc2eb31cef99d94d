using System.Buffers.Binary;
using System.Text;

namespace CallActors.Net.Tests.Pipes;

public sealed class StreamPipeTests
{
    [Fact]
    public void A_flush_delivers_within_the_call_and_a_write_does_not()
    {
        using var pipe = new PipePair();
        pipe.Near.Connection.Write(Recorder.Frame("one"u8));
        pipe.Near.Connection.Write(Recorder.Frame("two"u8));
        Assert.Empty(pipe.Far.Messages);
        Assert.Equal(14, pipe.Near.Connection.Backlog);

        pipe.Near.Connection.Flush();

        Assert.Equal(["one", "two"], pipe.Far.Messages.Select(Encoding.UTF8.GetString));
        Assert.Equal(1, pipe.Far.BatchEnds);
        Assert.Equal(0, pipe.Near.Connection.Backlog);
        pipe.Near.Connection.Flush();
        Assert.Equal(1, pipe.Far.BatchEnds);
    }

    [Fact]
    public void What_an_end_says_while_it_is_named_is_heard_by_the_other()
    {
        var signal = new Signal();
        Recorder near = null!, far = null!;
        Recorder Greet(IStreamConnection connection)
        {
            connection.Write(Recorder.Frame("welcome"u8));
            connection.Flush();
            return new Recorder(signal, connection);
        }

        var connection = StreamPipe.Create(end => near = Greet(end), end => far = Greet(end));

        Assert.Same(connection, near.Connection);
        Assert.Single(near.Messages);
        Assert.Single(far.Messages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7_000)]
    [InlineData(20_000)]
    public void Whatever_the_pieces_the_messages_are_the_same(int piece)
    {
        using var pipe = new PipePair();
        var dice = new Random(3);
        List<byte[]> sent = [];
        List<byte> bytes = [];
        for (var i = 0; i < (piece < 10 ? 40 : 400); i++)
        {
            var body = new byte[dice.Next(0, 100) * (i % 17 == 0 ? 400 : 1)];
            dice.NextBytes(body);
            sent.Add(body);
            bytes.AddRange(Recorder.Frame(body));
        }

        foreach (var part in bytes.Chunk(piece))
        {
            Assert.True(pipe.Near.Connection.Write(part));
            pipe.Near.Connection.Flush();
        }

        Assert.Equal(sent.Count, pipe.Far.Messages.Count);
        for (var i = 0; i < sent.Count; i++) Assert.True(sent[i].AsSpan().SequenceEqual(pipe.Far.Messages[i]), $"message {i}");
    }

    [Fact]
    public void What_a_receiver_leaves_is_offered_whole_in_front_of_what_follows()
    {
        List<int> offered = [];
        Reluctant far = new(bytes =>
        {
            offered.Add(bytes.Length);
            return bytes.Length < 70_000 ? 0 : bytes.Length - 5;
        });
        var near = StreamPipe.Create(connection => new Recorder(new Signal(), connection), _ => far);
        foreach (var length in new[] { 30_000, 30_000, 20_000 })
        {
            near.Write(new byte[length]);
            near.Flush();
        }

        // Never fewer bytes than before until some were consumed.
        var consumedAt = offered.FindIndex(length => length >= 70_000);
        Assert.True(consumedAt > 0);
        Assert.Equal(offered[..consumedAt].Order(), offered[..consumedAt]);
        Assert.True(near.IsOpen);
    }

    [Fact]
    public void A_hundred_thousand_echoes_of_echoes_do_not_grow_the_stack()
    {
        const int Rounds = 100_000;
        var count = 0;
        var deepest = 0;
        var depth = 0;
        Reluctant Bounce(IStreamConnection connection) => new(bytes =>
        {
            deepest = Math.Max(deepest, ++depth);
            if (++count < Rounds)
            {
                connection.Write(bytes);
                connection.Flush();
            }

            depth--;
            return bytes.Length;
        });

        var near = StreamPipe.Create(Bounce, Bounce);
        near.Write("ball"u8);
        near.Flush();

        Assert.Equal(Rounds, count);
        Assert.InRange(deepest, 1, 2);
    }

    [Fact]
    public async Task Messages_of_several_writers_never_mix_and_keep_each_writers_order()
    {
        const int Writers = 4, Each = 5_000;
        using var pipe = new PipePair(farEchoes: true);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            var body = new byte[5 + 40 * writer];
            Array.Fill(body, (byte)writer);
            for (var i = 0; i < Each; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), i);
                Assert.True(pipe.Near.Connection.Write(Recorder.Frame(body)));
                if (i % 3 != 0) pipe.Near.Connection.Flush();
            }

            pipe.Near.Connection.Flush();
        })));

        // A writer may return before its bytes are delivered: another thread is at it.
        pipe.Signal.Until(() => pipe.Near.Messages.Count == Writers * Each, "all echoes");
        foreach (var messages in new[] { pipe.Far.Messages, pipe.Near.Messages })
        {
            var next = new int[Writers];
            foreach (var message in messages)
            {
                Assert.Equal(next[message[0]]++, BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(1)));
                Assert.Equal(-1, message.AsSpan(5).IndexOfAnyExcept(message[0]));
            }
        }

        pipe.Signal.Until(() => pipe.Near.Connection.Backlog == 0, "an empty backlog");
    }

    [Fact]
    public async Task Whatever_is_said_both_ways_while_one_end_closes_both_hear_one_end()
    {
        for (var round = 0; round < 20; round++)
        {
            var abort = round % 2 == 0;
            using var pipe = new PipePair(farEchoes: true, ownsTime: false);
            Task Speak(Recorder end) => Task.Run(() =>
            {
                while (end.Connection.Write(Recorder.Frame("talk"u8))) end.Connection.Flush();
            });
            var talk = new[] { Speak(pipe.Near), Speak(pipe.Near) };
            pipe.Signal.Until(() => pipe.Far.Messages.Count > 3, "some talk");
            if (abort) pipe.Far.Connection.Abort("enough");
            else pipe.Far.Connection.Close("enough");
            await Task.WhenAll(talk);

            pipe.Signal.Until(() => pipe.Near.IsClosed && pipe.Far.IsClosed, "both ends");
            Assert.Equal(abort ? "Connection reset by peer" : null, Assert.Single(pipe.Near.Ends));
            Assert.Equal("enough", Assert.Single(pipe.Far.Ends));
        }
    }

    private sealed class Reluctant(Func<ReadOnlySpan<byte>, int> take) : IStreamReceiver
    {
        public int OnBytes(ReadOnlySpan<byte> buffered) => take(buffered);

        public void OnBatchEnd()
        {
        }

        public void OnClosed(string? reason)
        {
        }
    }
}
