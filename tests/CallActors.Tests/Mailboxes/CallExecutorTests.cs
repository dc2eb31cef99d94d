using System.Collections.Concurrent;
using Akka.Dispatch;
using CallActors.Mailboxes;
using CallActors.TestKit;

namespace CallActors.Tests.Mailboxes;

public sealed class CallExecutorTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly AsyncLocal<string?> s_local = new();

    private readonly VirtualTime _time = new();
    private readonly ManualResetEventSlim _released = new();
    private readonly CallExecutor _executor;

    public CallExecutorTests() => _executor = new CallExecutor("test", _time);

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

    private sealed class Turned(Action turn) : IRunnable
    {
        public void Run() => turn();

        public void Execute() => turn();
    }
}
