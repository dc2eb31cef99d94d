using CallActors.Ledger;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Tests.Ledger;

public sealed class LedgerBookTests
{
    private static readonly LedgerOptions Options = new() { Slack = 4, MostInRow = 50, Mode = LedgerMode.BeforeAnswer };

    private readonly FakeTimeProvider _time = new();
    private readonly LedgerBook _book;
    private long _row;

    public LedgerBookTests() => _book = new(Options, _time);

    [Fact]
    public void Facts_are_taken_as_one_batch()
    {
        foreach (var call in Snapshots.Calls(1, 2, 3)) _book.Living(call);
        var batch = _book.Take()!;
        Assert.Equal([1, 2, 3], batch.Living.Select(call => (int)call.Key.Shard));
        Assert.Empty(batch.Ended);
        Assert.Null(_book.Take());
    }

    [Fact]
    public void A_call_that_ends_before_it_was_written_leaves_nothing()
    {
        _book.Living(Snapshots.Call(1));
        _book.Ended(Snapshots.Key(1));
        Assert.Null(_book.Take());
        Assert.Equal(0, _book.Counts.Living);
    }

    [Fact]
    public void A_later_fact_takes_the_place_of_the_one_that_waits()
    {
        _book.Living(Snapshots.Call(1, version: 1));
        _book.Living(Snapshots.Call(1, version: 2));
        _book.Living(Snapshots.Call(1, version: 1));
        Assert.Equal(2, Assert.Single(_book.Take()!.Living).Version);
        Assert.Equal(2, _book.Counts.Superseded);
    }

    [Fact]
    public void A_call_that_ends_while_it_is_written_is_taken_back_with_the_next_row()
    {
        _book.Living(Snapshots.Call(1));
        _book.Take();
        _book.Ended(Snapshots.Key(1));
        _book.Wrote(++_row);
        _book.Living(Snapshots.Call(2));
        var next = _book.Take()!;
        Assert.Equal(Snapshots.Key(1), Assert.Single(next.Ended));
        _book.Wrote(++_row);
        Assert.Equal((1, 1), _book.Deletable());
    }

    [Fact]
    public void Only_the_first_fact_wakes_the_writer()
    {
        List<bool> woken = [];
        _book.WakeWith(woken.Add);
        _book.Living(Snapshots.Call(1));
        _book.Living(Snapshots.Call(2));
        Assert.Equal([false], woken);
        _book.Written(Snapshots.Key(2));
        Assert.Equal([false, true], woken);
    }

    [Fact]
    public async Task Written_is_done_when_the_row_is_on_disk()
    {
        _book.Living(Snapshots.Call(1));
        var written = _book.Written(Snapshots.Key(1));
        Assert.Equal((1, true), _book.Waiting);
        _book.Take();
        Assert.False(written.IsCompleted);
        _book.Wrote(++_row);
        await written;
        Assert.True(_book.Written(Snapshots.Key(1)).IsCompleted);
        Assert.True(_book.Written(Snapshots.Key(9)).IsCompleted);
        Assert.Equal((0, false), _book.Waiting);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_longest_wait()
    {
        _book.Living(Snapshots.Call(1));
        var written = _book.Written(Snapshots.Key(1));
        _time.Advance(Options.LongestWait);
        await written;
    }

    [Fact]
    public async Task Nobody_waits_for_a_ledger_that_is_broken()
    {
        _book.Living(Snapshots.Call(1));
        var written = _book.Written(Snapshots.Key(1));
        _book.Take();
        Assert.True(_book.Lost());
        Assert.False(_book.Lost());
        await written;
        Assert.True(_book.Written(Snapshots.Key(1)).IsCompleted);
        Assert.False(_book.Counts.IsWhole);
    }

    [Fact]
    public void Behind_nobody_waits()
    {
        var book = new LedgerBook(Options with { Mode = LedgerMode.Behind }, _time);
        book.Living(Snapshots.Call(1));
        Assert.True(book.Written(Snapshots.Key(1)).IsCompleted);
    }

    [Fact]
    public void What_was_in_a_lost_batch_is_written_anew_unless_it_is_there_after_all()
    {
        foreach (var call in Snapshots.Calls(1, 2)) _book.Living(call);
        _book.Take();
        _book.Lost();
        var replay = new LedgerReplay();
        replay.Read(1, new([Snapshots.Call(1)], []));
        Assert.Empty(_book.Recovered(replay, out _));
        Assert.Equal(Snapshots.Key(2), Assert.Single(_book.Take()!.Living).Key);
        Assert.True(_book.Wrote(2));
        Assert.True(_book.Counts.IsWhole);
    }

    [Fact]
    public void What_the_disk_has_living_at_the_start_is_offered_and_written_off_unless_claimed()
    {
        var replay = new LedgerReplay();
        replay.Read(4, new([.. Snapshots.Calls(1, 2, 3)], []));
        replay.Read(5, new([Snapshots.Call(1, 2)], [Snapshots.Key(3)]));
        var offers = _book.Recovered(replay, out _);
        Assert.Equal([(1, 2L), (2, 1L)], offers.Select(call => ((int)call.Key.Shard, call.Version)).Order());
        Assert.Null(_book.Take());

        _book.Living(Snapshots.Call(1, 2));         // the same again: it is here, and there is nothing to write
        Assert.Null(_book.Take());
        Assert.Equal(1, _book.EndOrphans());
        Assert.Equal(Snapshots.Key(2), Assert.Single(_book.Take()!.Ended));
    }

    [Fact]
    public void Too_many_facts_drop_the_oldest()
    {
        var book = new LedgerBook(Options with { MostQueued = 2 }, _time);
        foreach (var call in Snapshots.Calls(1, 2, 3)) book.Living(call);
        Assert.Equal([2, 3], book.Take()!.Living.Select(call => (int)call.Key.Shard));
        Assert.Equal(1, book.Counts.Dropped);
        Assert.Equal(2, book.Counts.Living);
    }

    [Fact]
    public void A_row_is_no_larger_than_it_may_be()
    {
        var book = new LedgerBook(Options with { MostInRow = 10, MostBytesInRow = 3 * Snapshots.Call(1).Size }, _time);
        foreach (var call in Snapshots.Calls([.. Enumerable.Range(0, 7)])) book.Living(call);
        List<int> sizes = [];
        for (; book.Take() is { } batch; book.Wrote(++_row)) sizes.Add(batch.Living.Length);
        Assert.Equal([3, 3, 1], sizes);
    }

    private abstract record Step
    {
        public sealed record Living(int Call) : Step;
        public sealed record Ended(int Call) : Step;
        public sealed record Write : Step;
        public sealed record Delete : Step;
        public sealed record Lose(bool IsOnDisk) : Step;
        public sealed record Restart : Step;
    }

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (6, Gen.Int[0, 30].Select(call => (Step)new Step.Living(call))),
        (5, Gen.Int[0, 30].Select(call => (Step)new Step.Ended(call))),
        (4, Gen.Const((Step)new Step.Write())),
        (2, Gen.Const((Step)new Step.Delete())),
        (1, Gen.Bool.Select(isOnDisk => (Step)new Step.Lose(isOnDisk))),
        (1, Gen.Const((Step)new Step.Restart())));

    [Fact]
    public void Whatever_happens_the_disk_ends_with_the_calls_that_live_and_little_else() => AnyStep.Array[0, 300].Sample(steps =>
    {
        var disk = new SortedDictionary<long, LedgerBatch>();
        Dictionary<int, long> truth = [];
        var (row, version) = (0L, 0L);
        var book = new LedgerBook(Options, TimeProvider.System);
        book.Recovered(new(), out _);

        void Replay()
        {
            var replay = new LedgerReplay();
            foreach (var (number, batch) in disk) replay.Read(number, batch);
            book.Recovered(replay, out _);
        }

        foreach (var step in (Step[])[.. steps, .. Enumerable.Repeat(new Step.Write(), 3), new Step.Delete()])
        {
            switch (step)
            {
                case Step.Living living:
                    truth[living.Call] = ++version;
                    book.Living(Snapshots.Call(living.Call, version));
                    break;
                case Step.Ended ended:
                    truth.Remove(ended.Call);
                    book.Ended(Snapshots.Key(ended.Call));
                    break;
                case Step.Write when book.Take() is { } batch:
                    disk.Add(++row, batch);
                    book.Wrote(row);
                    break;
                case Step.Delete:
                    var (to, _) = book.Deletable();
                    foreach (var gone in disk.Keys.Where(number => number <= to).ToArray()) disk.Remove(gone);
                    book.Deleted(to);
                    break;
                case Step.Lose lose:
                    if (book.Take() is { } lost && lose.IsOnDisk) disk.Add(++row, lost);
                    book.Lost();
                    Replay();
                    break;
                case Step.Restart:
                    // A new process: it knows what the disk does, and what it finds there is claimed by calls that are back.
                    while (book.Take() is { } last)
                    {
                        disk.Add(++row, last);
                        book.Wrote(row);
                    }
                    book = new(Options, TimeProvider.System);
                    Replay();
                    foreach (var (call, at) in truth) book.Living(Snapshots.Call(call, at));
                    if (book.EndOrphans() != 0) return false;
                    break;
            }
        }

        var seen = new LedgerReplay();
        foreach (var (number, batch) in disk) seen.Read(number, batch);
        var isTrue = seen.Living.Values.Select(there => (there.Snapshot.Key, there.Snapshot.Version)).ToHashSet()
            .SetEquals(truth.Select(call => (Snapshots.Key(call.Key), call.Value)));
        return isTrue && book.Counts.Rows == disk.Count && book.Counts.Living == truth.Count;
    }, iter: 2_000);
}
