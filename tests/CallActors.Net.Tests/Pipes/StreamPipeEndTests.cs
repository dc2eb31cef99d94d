namespace CallActors.Net.Tests.Pipes;

/// <summary>How a pipe ends: in order, at once, by its bounds, by a fault.</summary>
public sealed class StreamPipeEndTests
{
    [Fact]
    public void What_is_written_without_a_flush_leaves_with_the_close()
    {
        using var pipe = new PipePair();
        pipe.Near.Connection.Write(Recorder.Frame(new byte[1_000_000]));
        pipe.Near.Connection.Close("done");
        Assert.False(pipe.Near.Connection.IsOpen);
        Assert.False(pipe.Near.Connection.Write([1]));
        Assert.Empty(pipe.Far.Ends);

        pipe.RunLater();

        Assert.Equal(1_000_000, Assert.Single(pipe.Far.Messages).Length);
        Assert.Null(Assert.Single(pipe.Far.Ends));
        Assert.Equal("done", Assert.Single(pipe.Near.Ends));
        Assert.False(pipe.Far.Connection.IsOpen);
    }

    [Fact]
    public void An_abort_is_told_to_both_ends_once_and_never_within_the_call()
    {
        using var pipe = new PipePair();
        pipe.Near.Connection.Write(Recorder.Frame("lost"u8));
        pipe.Near.Connection.Abort("no more");
        Assert.Empty(pipe.Near.Ends);
        Assert.False(pipe.Far.Connection.Write([1]));

        pipe.RunLater();
        pipe.Near.Connection.Abort("again");
        pipe.Far.Connection.Close("again");
        pipe.RunLater();

        Assert.Equal("no more", Assert.Single(pipe.Near.Ends));
        Assert.Equal("Connection reset by peer", Assert.Single(pipe.Far.Ends));
        Assert.Empty(pipe.Far.Messages);
        Assert.Equal(0, pipe.Near.Connection.Backlog);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_receiver_that_ends_the_connection_is_offered_nothing_more_and_its_answer_leaves_if_it_closes(bool closes)
    {
        using var pipe = new PipePair(onFar: (far, body) =>
        {
            if (body is not [1]) return;
            far.Write(Recorder.Frame("bye"u8));
            if (closes) far.Close("asked to");
            else far.Abort("asked to");
        });
        pipe.Near.Connection.Write(Recorder.Frame([1]));
        pipe.Say([2]);
        pipe.Near.Connection.Write(Recorder.Frame([3]));
        pipe.Near.Connection.Flush();
        pipe.RunLater();

        // One piece was offered with both messages in it, and that the receiver took to the end.
        Assert.Equal([[1], [2]], pipe.Far.Messages);
        Assert.Equal("asked to", Assert.Single(pipe.Far.Ends));
        Assert.Equal(closes ? 1 : 0, pipe.Near.Messages.Count);
        Assert.Equal(closes ? null : "Connection reset by peer", Assert.Single(pipe.Near.Ends));
    }

    [Fact]
    public void Both_ends_may_close_each_for_its_own_reason()
    {
        using var pipe = new PipePair();
        pipe.Near.Connection.Close("near");
        pipe.Far.Connection.Close("far");
        pipe.RunLater();
        Assert.Equal("near", Assert.Single(pipe.Near.Ends));
        Assert.Equal("far", Assert.Single(pipe.Far.Ends));
    }

    [Fact]
    public void A_close_that_is_aborted_keeps_its_reason()
    {
        using var pipe = new PipePair();
        pipe.Near.Connection.Write(Recorder.Frame([1]));
        pipe.Near.Connection.Close("first");
        pipe.Near.Connection.Abort("second");
        pipe.RunLater();
        Assert.Equal("first", Assert.Single(pipe.Near.Ends));
        Assert.Single(pipe.Far.Ends);
    }

    [Fact]
    public void A_write_beyond_the_backlog_is_refused_whole_and_ends_the_connection()
    {
        using var pipe = new PipePair(StreamOptions.Default with { MaxBacklog = 100 });
        Assert.True(pipe.Near.Connection.Write(new byte[60]));
        Assert.False(pipe.Near.Connection.Write(new byte[41]));
        pipe.RunLater();
        Assert.Contains("100 bytes", Assert.Single(pipe.Near.Ends), StringComparison.Ordinal);
        Assert.Single(pipe.Far.Ends);
    }

    [Fact]
    public async Task A_receiver_that_is_slow_on_another_thread_fills_the_backlog_to_its_bound()
    {
        const int Bound = 300_000;
        using var entered = new ManualResetEventSlim();
        using var mayLeave = new ManualResetEventSlim();
        using var pipe = new PipePair(StreamOptions.Default with { MaxBacklog = Bound }, onFar: (_, _) =>
        {
            entered.Set();
            Assert.True(mayLeave.Wait(TimeSpan.FromSeconds(30)));
        });
        var slow = Task.Run(() => pipe.Say([1]));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30)));

        var most = 0L;
        var chunk = Recorder.Frame(new byte[60_000]);
        while (pipe.Near.Connection.Write(chunk))
        {
            // The other thread delivers: this one returns at once.
            pipe.Near.Connection.Flush();
            most = Math.Max(most, pipe.Near.Connection.Backlog);
        }

        mayLeave.Set();
        Assert.InRange(most, Bound - 60_005, Bound);
        await slow;
        pipe.RunLater();
        pipe.Signal.Until(() => pipe.Near.IsClosed && pipe.Far.IsClosed, "both ends");
    }

    [Fact]
    public void A_message_without_end_is_cut_off_at_the_bound()
    {
        using var pipe = new PipePair(StreamOptions.Default with { MaxReceiveBuffer = 100_000 });
        pipe.Say(new byte[200_000]);
        Assert.Single(pipe.Far.Messages);
        pipe.Near.Connection.Write(Recorder.Frame(new byte[200_000]).AsSpan(0, 150_000));
        pipe.Near.Connection.Flush();
        pipe.RunLater();
        Assert.Single(pipe.Far.Messages);
        Assert.Contains("100000 bytes", Assert.Single(pipe.Far.Ends), StringComparison.Ordinal);
        Assert.Single(pipe.Near.Ends);
    }

    [Fact]
    public void A_receiver_that_throws_ends_the_connection_and_never_meets_the_flusher()
    {
        List<Exception> faults = [];
        using var pipe = new PipePair(StreamOptions.Default with { OnFault = faults.Add }, onFar: (_, _) => throw new InvalidOperationException("ours"));
        pipe.Say([1]);
        pipe.RunLater();
        Assert.Equal("ours", Assert.Single(faults).Message);
        Assert.Equal("The receiver failed.", Assert.Single(pipe.Far.Ends));
        Assert.Equal("Connection reset by peer", Assert.Single(pipe.Near.Ends));
    }

    [Fact]
    public void Where_nobody_receives_the_other_end_hears_of_the_end()
    {
        List<Exception> faults = [];
        Recorder near = null!;
        var connection = StreamPipe.Create(
            end => near = new Recorder(new Signal(), end),
            _ => throw new InvalidOperationException("not yet"),
            StreamOptions.Default with { OnFault = faults.Add });
        Assert.False(connection.IsOpen);
        Assert.Single(faults);
        Assert.Equal("Connection reset by peer", Assert.Single(near.Ends));
    }
}
