using System.Collections.Concurrent;
using System.Net;
using Akka.Dispatch;
using CallActors.Mailboxes;
using CallActors.Net;
using CallActors.TestKit;

namespace CallActors.Tests.Mailboxes;

public sealed class CallExecutorTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly AsyncLocal<string?> s_local = new();

    private readonly VirtualTime _time = new();
    private readonly ManualResetEventSlim _released = new();
    private readonly CallExecutor _executor;

    public CallExecutorTests() => _executor = new CallExecutor("test", _time, borrows: true);

    public void Dispose()
    {
        _released.Set();
        _executor.Shutdown();
    }

    [Fact]
    public async Task What_a_turn_leads_to_runs_on_the_thread_of_that_turn()
    {
        var threads = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource();
        Execute(() =>
        {
            threads.Enqueue(Environment.CurrentManagedThreadId);
            Execute(() =>
            {
                threads.Enqueue(Environment.CurrentManagedThreadId);
                Execute(() =>
                {
                    threads.Enqueue(Environment.CurrentManagedThreadId);
                    done.SetResult();
                });
            });
        });
        await done.Task.WaitAsync(s_limit);
        Assert.Equal(3, threads.Count);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task A_turn_that_blocks_its_thread_does_not_hold_up_what_comes_next()
    {
        await Block();
        _time.Advance(TimeSpan.FromMilliseconds(21));
        var done = new TaskCompletionSource();
        Execute(done.SetResult);
        await done.Task.WaitAsync(s_limit);
    }

    [Fact]
    public async Task A_turn_that_blocks_its_thread_does_not_hold_up_what_waits_already_though_nothing_comes_any_more()
    {
        await Block();
        var done = new TaskCompletionSource();
        Execute(done.SetResult);
        Assert.False(done.Task.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await done.Task.WaitAsync(s_limit);
    }

    [Fact]
    public async Task The_watch_rests_when_nothing_happens_and_comes_back()
    {
        var first = new TaskCompletionSource();
        Execute(first.SetResult);
        await first.Task.WaitAsync(s_limit);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_time.UntilNext);
        await A_turn_that_blocks_its_thread_does_not_hold_up_what_waits_already_though_nothing_comes_any_more();
    }

    [Fact]
    public async Task What_a_turn_leaves_in_its_context_is_not_the_next_ones()
    {
        var seen = new TaskCompletionSource<string?>();
        Execute(() =>
        {
            s_local.Value = "of another call";
            Execute(() => seen.SetResult(s_local.Value));
        });
        Assert.Null(await seen.Task.WaitAsync(s_limit));
    }

    [Fact]
    public async Task What_the_network_brings_has_its_turn_on_the_networks_thread()
    {
        await using var network = new Bringing(_executor);
        var (turn, bringer) = await network.Bring();
        Assert.Same(bringer, turn);
        (turn, bringer) = await network.Bring();
        Assert.Same(bringer, turn);
    }

    [Fact]
    public async Task Where_the_networks_threads_may_not_be_borrowed_the_pool_takes_its_turns()
    {
        await using var network = new Bringing(new CallExecutor("test", _time, borrows: false));
        var (turn, bringer) = await network.Bring();
        Assert.NotSame(bringer, turn);
        Assert.True(turn.IsThreadPoolThread);
    }

    [Fact]
    public async Task A_networks_thread_is_kept_for_five_milliseconds_of_turns()
    {
        await using var network = new Bringing(_executor);
        var threads = new ConcurrentQueue<Thread>();
        var done = new TaskCompletionSource();
        network.Send(() =>
        {
            for (var turn = 0; turn < 3; turn++)
            {
                Execute(() =>
                {
                    threads.Enqueue(Thread.CurrentThread);
                    _time.Advance(TimeSpan.FromMilliseconds(3));
                    if (threads.Count == 3) done.SetResult();
                });
            }
        });
        await done.Task.WaitAsync(s_limit);
        Assert.Equal([false, false, true], threads.Select(thread => thread.IsThreadPoolThread));
    }

    [Fact]
    public async Task Whoever_has_kept_the_networks_thread_too_long_has_the_pool_next_also_when_nobody_saw_it()
    {
        await using var network = new Bringing(_executor);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        network.Send(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(90));
            done.SetResult();
        });
        await done.Task.WaitAsync(s_limit);
        Thread turn, bringer;
        do (turn, bringer) = await network.Bring();
        while (turn == bringer);
        Assert.True(turn.IsThreadPoolThread);
    }

    [Fact]
    public async Task A_turn_that_blocks_the_networks_thread_holds_up_neither_the_network_nor_what_comes_next()
    {
        await using var network = new Bringing(_executor);
        var blocked = new TaskCompletionSource<Thread>();
        network.Send(() =>
        {
            blocked.SetResult(Thread.CurrentThread);
            _released.Wait(s_limit);
        });
        var first = await blocked.Task.WaitAsync(s_limit);
        // The watch sees it, for nobody else comes by.
        _time.Advance(TimeSpan.FromMilliseconds(100));
        var (turn, bringer) = await network.Bring();
        Assert.NotSame(first, bringer);
        // Once bitten, for a second.
        Assert.True(turn.IsThreadPoolThread);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        // The pool's thread takes what comes while it is still there.
        for (var tries = 0; tries < 100 && turn != bringer; tries++) (turn, bringer) = await network.Bring();
        Assert.Same(bringer, turn);
        _released.Set();
        Assert.True(first.Join(s_limit));
    }

    [Fact]
    public async Task Whatever_comes_from_many_threads_at_once_every_turn_is_taken()
    {
        const int Threads = 4, Each = 20_000;
        var left = 2 * Threads * Each;
        var done = new TaskCompletionSource();
        void Turn()
        {
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        }

        var posting = Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var count = 0; count < Each; count++)
            {
                Execute(() =>
                {
                    Execute(Turn);
                    Turn();
                });
                // Threads stop in between, so that stopping and coming meet.
                if (count % 100 == 0) Thread.Yield();
            }
        })).ToArray();
        await Task.WhenAll(posting).WaitAsync(s_limit);
        await done.Task.WaitAsync(s_limit);
    }

    // Every thread that the executor takes for itself.
    private async Task Block()
    {
        var blocked = new TaskCompletionSource();
        Execute(() =>
        {
            blocked.SetResult();
            _released.Wait(s_limit);
        });
        await blocked.Task.WaitAsync(s_limit);
    }

    private void Execute(Action turn) => _executor.Execute(new Turned(turn));

    // A socket whose datagrams lead to turns.
    private sealed class Bringing : IDatagramReceiver, IAsyncDisposable
    {
        private readonly SystemNetwork _network = new();
        private readonly CallExecutor _executor;
        private readonly IDatagramSocket _socket;
        private volatile Action _turn = () => { };
        private volatile Thread? _bringer;

        public Bringing(CallExecutor executor)
        {
            _executor = executor;
            _socket = _network.OpenDatagram(new IPEndPoint(IPAddress.Loopback, 0), DatagramOptions.Default, this);
        }

        public void Send(Action turn)
        {
            _turn = turn;
            _socket.Send([1], _socket.Local);
        }

        /// <summary>The threads of one turn and of what brought it.</summary>
        public async Task<(Thread Turn, Thread Bringer)> Bring()
        {
            var done = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
            Send(() => done.SetResult(Thread.CurrentThread));
            var turn = await done.Task.WaitAsync(s_limit);
            return (turn, _bringer!);
        }

        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
        {
            _bringer = Thread.CurrentThread;
            _executor.Execute(new Turned(_turn));
        }

        public void OnBatchEnd(IDatagramSocket socket)
        {
        }

        public async ValueTask DisposeAsync()
        {
            _executor.Shutdown();
            await _socket.DisposeAsync();
            await _network.DisposeAsync();
        }
    }

    private sealed class Turned(Action turn) : IRunnable
    {
        public void Run() => turn();

        public void Execute() => turn();
    }
}
