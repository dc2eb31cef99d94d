using System.Net;
using CallActors.Net.Tests.Datagrams;
using CallActors.Net.Tests.Streams;
using CallActors.Net.Udp;

namespace CallActors.Net.Tests;

/// <summary>What a network's thread is lent for.</summary>
public sealed class NetworkThreadTests
{
    private static readonly IPEndPoint s_anywhere = new(IPAddress.Loopback, 0);

    private readonly Signal _signal = new();
    private readonly List<Thread> _worked = [];
    private NetworkThread? _lender;
    private Work _kept = null!;
    private bool _isReleased;

    [Fact]
    public void Other_threads_are_none_of_the_networks() => Assert.Null(NetworkThread.Current);

    [Fact]
    public async Task Work_that_a_datagram_leads_to_is_done_on_its_thread_once_the_batch_is_delivered()
    {
        var batchEnds = -1;
        Ear ear = null!;
        ear = new Ear(_signal) { OnHeard = (_, _, _) => Assert.True(NetworkThread.Current!.TryLend(new Work(() => Done(() => batchEnds = ear.BatchEnds)))) };
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        there.Send([1], here.Local);

        _signal.Until(() => _worked.Count == 1, "the work");
        Assert.Equal(1, batchEnds);
        Assert.Equal(Assert.Single(ear.Threads), _worked[0]);
    }

    [Fact]
    public async Task A_thread_takes_one_work_at_a_time_and_is_not_replaced_while_it_receives()
    {
        var seen = (First: false, Second: true, Replaced: true);
        var ear = new Ear(_signal)
        {
            OnHeard = (_, _, _) =>
            {
                var here = NetworkThread.Current!;
                var work = new Work(() => Done());
                seen = (here.TryLend(work), here.TryLend(new Work(() => Done())), here.Replace(work));
            },
        };
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        there.Send([1], here.Local);

        _signal.Until(() => _worked.Count == 1, "the work");
        Assert.Equal((true, false, false), seen);
    }

    [Fact]
    public async Task While_work_keeps_the_thread_of_a_socket_another_one_receives()
    {
        var faults = new List<Exception>();
        var ear = new Ear(_signal) { OnHeard = (_, bytes, _) => LendFor(bytes[0]) };
        var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default with { OnFault = fault => _signal.Record(() => faults.Add(fault)) }, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        there.Send([1], here.Local);
        _signal.Until(() => _lender is not null, "the work to block");
        var first = Assert.Single(ear.Threads);

        Assert.True(_lender!.Replace(_kept));
        Assert.False(_lender.Replace(_kept));
        there.Send([2], here.Local);
        _signal.Until(() => ear.Datagrams.Count == 2, "the second datagram");
        Assert.Equal(2, ear.Threads.Count);

        _signal.Record(() => _isReleased = true);
        Assert.True(first.Join(TimeSpan.FromSeconds(30)));
        there.Send([3], here.Local);
        _signal.Until(() => ear.Datagrams.Count == 3, "the third datagram");
        Assert.Equal(2, ear.Threads.Count);
        await here.DisposeAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task So_it_is_with_a_connection_and_no_byte_is_lost()
    {
        await using var pair = await Pair.MakeAsync(new OwnThreadRig(), onServerMessage: (_, body) => LendFor(body[0]));
        var second = Recorder.Frame([2, 2, 2]);
        pair.Client.Connection.Write([.. Recorder.Frame([1]), .. second.AsSpan(0, 5)]);
        pair.Client.Connection.Flush();
        _signal.Until(() => _lender is not null, "the work to block");

        Assert.True(_lender!.Replace(_kept));
        pair.Client.Connection.Write(second.AsSpan(5));
        pair.Client.Connection.Flush();
        pair.Rig.Until(() => pair.Server.Messages.Count == 2, "the second message");
        _signal.Record(() => _isReleased = true);
        pair.Client.Connection.Close("bye");
        pair.Rig.Until(() => pair.Server.IsClosed && pair.Client.IsClosed, "both ends");
    }

    [Fact]
    public async Task What_is_left_to_a_thread_that_was_replaced_meanwhile_is_done_elsewhere()
    {
        var ear = new Ear(_signal)
        {
            OnHeard = (_, _, _) => NetworkThread.Current!.TryLend(_kept = new Work(() =>
            {
                Assert.True(NetworkThread.Current!.TryLend(new Work(() => Done())));
                Block();
                Assert.False(NetworkThread.Current!.TryLend(new Work(() => Done())));
            })),
        };
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        there.Send([1], here.Local);
        _signal.Until(() => _lender is not null, "the work to block");
        Assert.True(_lender!.Replace(_kept));
        _signal.Record(() => _isReleased = true);

        _signal.Until(() => _worked.Count == 1, "the work");
        Assert.NotEqual(Assert.Single(ear.Threads), _worked[0]);
    }

    [Fact]
    public async Task Only_who_has_borrowed_the_thread_may_give_it_up()
    {
        await While_work_keeps_the_thread(lender => Assert.False(lender.Replace(new Work(() => { }))));
        Assert.Empty(_worked);
    }

    [Fact]
    public async Task What_is_left_to_a_connections_thread_in_its_last_moment_is_done_elsewhere()
    {
        await using var rig = new OwnThreadRig();
        var options = rig.Options(StreamOptions.Default);
        await using var listener = await rig.Network.ListenAsync(rig.Anywhere, rig.Protocol, options, connection => new Recorder(_signal, connection));
        var connection = await rig.Network.ConnectAsync(listener.Local, rig.Protocol, options, _ => new Leaving(() => Assert.True(NetworkThread.Current!.TryLend(new Work(() => Done())))));
        connection.Close("bye");
        _signal.Until(() => _worked.Count == 1, "the work");
    }

    [Fact]
    public async Task Work_that_throws_is_a_fault_and_the_thread_goes_on()
    {
        var faults = new List<Exception>();
        var ear = new Ear(_signal) { OnHeard = (_, _, _) => NetworkThread.Current!.TryLend(new Work(() => throw new InvalidOperationException("no"))) };
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default with { OnFault = fault => _signal.Record(() => faults.Add(fault)) }, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        there.Send([1], here.Local);
        _signal.Until(() => faults.Count == 1, "the fault");
        there.Send([2], here.Local);
        _signal.Until(() => faults.Count == 2, "the second fault");
        Assert.Single(ear.Threads);
    }

    private async Task While_work_keeps_the_thread(Action<NetworkThread> then)
    {
        var ear = new Ear(_signal) { OnHeard = (_, bytes, _) => LendFor(bytes[0]) };
        await using var here = UdpSocket.Open(s_anywhere, DatagramOptions.Default, ear);
        await using var there = UdpSocket.Open(s_anywhere, DatagramOptions.Default, new Ear(_signal));
        there.Send([1], here.Local);
        _signal.Until(() => _lender is not null, "the work to block");
        then(_lender!);
        _signal.Record(() => _isReleased = true);
        there.Send([2], here.Local);
        _signal.Until(() => ear.Datagrams.Count == 2, "the second datagram");
        Assert.Single(ear.Threads);
    }

    // The first keeps the thread.
    private void LendFor(byte number)
    {
        if (number == 1) Assert.True(NetworkThread.Current!.TryLend(_kept = new Work(Block)));
    }

    private void Block()
    {
        _signal.Record(() => _lender = NetworkThread.Current);
        _signal.Until(() => _isReleased, "the test to let go");
    }

    private void Done(Action? also = null) => _signal.Record(() =>
    {
        also?.Invoke();
        _worked.Add(Thread.CurrentThread);
    });

    private sealed class Leaving(Action onClosed) : IStreamReceiver
    {
        public int OnBytes(ReadOnlySpan<byte> buffered) => buffered.Length;

        public void OnBatchEnd()
        {
        }

        public void OnClosed(string? reason) => onClosed();
    }

    private sealed class Work(Action work) : IThreadPoolWorkItem
    {
        public void Execute() => work();
    }
}
