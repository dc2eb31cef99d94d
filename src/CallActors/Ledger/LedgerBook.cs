using System.Collections.Immutable;

namespace CallActors.Ledger;

/// <summary>What the ledger knows: the living calls, what of them waits to be written, and which row on disk holds the rest.</summary>
/// <remarks>
/// Calls tell it on their own threads; one <see cref="CallLedger"/> at a time takes batches from it and says what became of them.
/// It outlives those actors, because a persistent actor does not survive a failed write, and what calls told must. One fact of a
/// call waits at most: a later one takes its place, so that however long the database is away the queue is no longer than the
/// calls are many. Everything under one lock, and nothing slow in it.
/// </remarks>
internal sealed class LedgerBook(LedgerOptions options, TimeProvider time) : ILedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CallKey, LedgerEntry> _entries = [];
    private readonly LinkedList<LedgerEntry> _queue = [];
    private readonly LedgerRows _rows = new();
    private readonly List<(LedgerEntry Entry, CallSnapshot? Written)> _inFlight = [];
    private LedgerCounts _counts = new() { IsWhole = true };
    private int _living;
    private int _waiting;
    private bool _hasRecovered;
    private Action<bool>? _wake;

    /// <summary>What it has done so far.</summary>
    public LedgerCounts Counts
    {
        get
        {
            lock (_lock) return _counts with { Queued = _queue.Count + _inFlight.Count, Living = _living, Rows = _rows.Count };
        }
    }

    /// <summary>Whether anything waits, and whether a call waits for it.</summary>
    public (int Queued, bool IsUrgent) Waiting
    {
        get
        {
            lock (_lock) return (_queue.Count, _waiting > 0);
        }
    }

    /// <inheritdoc />
    public void Living(CallSnapshot snapshot)
    {
        bool isFirst;
        lock (_lock)
        {
            _counts = _counts with { Facts = _counts.Facts + 1 };
            if (!_entries.TryGetValue(snapshot.Key, out var entry)) _entries.Add(snapshot.Key, entry = new(snapshot.Key));
            entry.IsOrphan = false;
            if (entry.Snapshot is { } known && known.Version >= snapshot.Version)
            {
                _counts = _counts with { Superseded = _counts.Superseded + 1 };
                return;
            }
            // A call that was moved away and came back lives again.
            var isBack = entry.Snapshot is null;
            if (isBack) _living++;
            entry.Snapshot = snapshot;
            if (isBack) entry.Place(entry.Row);
            isFirst = Enqueue(entry);
        }
        if (isFirst) Volatile.Read(ref _wake)?.Invoke(false);
    }

    /// <inheritdoc />
    public void Ended(CallKey key)
    {
        bool isFirst;
        lock (_lock)
        {
            _counts = _counts with { Facts = _counts.Facts + 1 };
            if (!_entries.TryGetValue(key, out var entry) || entry.Snapshot is null) return;
            isFirst = End(entry);
        }
        if (isFirst) Volatile.Read(ref _wake)?.Invoke(false);
    }

    /// <inheritdoc />
    public Task Written(CallKey key)
    {
        if (options.Mode != LedgerMode.BeforeAnswer) return Task.CompletedTask;
        Task written;
        lock (_lock)
        {
            // Nobody waits for a disk that is not there.
            if (!_counts.IsWhole || !_entries.TryGetValue(key, out var entry) || !(entry.IsQueued || entry.IsInFlight)) return Task.CompletedTask;
            if (entry.Waiter is null) _waiting++;
            entry.Waiter ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            written = entry.Waiter.Task;
        }
        Volatile.Read(ref _wake)?.Invoke(true);
        return AtMost(written);
    }

    /// <summary>Whom to wake when something waits; the argument says that a call waits for it.</summary>
    public void WakeWith(Action<bool>? wake) => Volatile.Write(ref _wake, wake);

    /// <summary>The next row, or null when there is nothing to write. It is in flight until <see cref="Wrote"/> or <see cref="Lost"/>.</summary>
    public LedgerBatch? Take()
    {
        lock (_lock)
        {
            if (_inFlight.Count > 0) return null;
            var living = ImmutableArray.CreateBuilder<CallSnapshot>();
            var ended = ImmutableArray.CreateBuilder<CallKey>();
            var bytes = 0;
            while (_queue.First is { } first && HasRoom(living.Count + ended.Count, bytes))
            {
                _queue.RemoveFirst();
                var entry = first.Value;
                if (entry.Snapshot is { } snapshot)
                {
                    living.Add(snapshot);
                    bytes += snapshot.Size;
                }
                else if (entry.Row is null || entry.Row.Number <= _rows.DeletedTo)
                {
                    // The rows that had it living are gone, and with them the need to say that it is over.
                    Forget(entry);
                    continue;
                }
                else
                {
                    ended.Add(entry.Key);
                }
                Fly(entry);
            }
            if (_inFlight.Count == 0) return null;
            Rewrite(living, ended.Count, ref bytes);
            return new(living.ToImmutable(), ended.ToImmutable());
        }
    }

    /// <summary>The batch is on disk as this row.</summary>
    /// <returns>Whether the ledger was broken and is whole again with it.</returns>
    public bool Wrote(long number)
    {
        lock (_lock)
        {
            var row = new LedgerRow(number, _inFlight.Count);
            _rows.Add(row);
            foreach (var (entry, written) in _inFlight)
            {
                entry.IsInFlight = false;
                entry.Place(written is null ? null : row);
                if (entry.IsQueued) continue;           // it changed, ended or came back while it was being written
                if (entry.Snapshot is null) Forget(entry);
                else Release(entry);
            }
            _counts = _counts with { Batches = _counts.Batches + 1, Written = _counts.Written + _inFlight.Count };
            _inFlight.Clear();
            return BecomesWhole();
        }
    }

    /// <summary>Writing or reading failed. What was in flight may or may not be on disk, and waits until <see cref="Recovered"/> knows.</summary>
    /// <returns>Whether the ledger was whole before.</returns>
    public bool Lost()
    {
        lock (_lock)
        {
            foreach (var (entry, _) in _inFlight) Enqueue(entry);
            _inFlight.Clear();
            foreach (var entry in _entries.Values) Release(entry);
            var wasWhole = _counts.IsWhole;
            _counts = _counts with { Failures = _counts.Failures + 1, IsWhole = false };
            return wasWhole;
        }
    }

    /// <summary>This is what the disk holds.</summary>
    /// <param name="replay">All its rows.</param>
    /// <param name="isWholeAgain">Whether the ledger was broken, and nothing is left to write.</param>
    /// <returns>The calls that the disk has living and this process never heard of; at the start of a node these are to be offered.</returns>
    public ImmutableArray<CallSnapshot> Recovered(LedgerReplay replay, out bool isWholeAgain)
    {
        lock (_lock)
        {
            _rows.Replace(replay.Rows);
            var orphans = ImmutableArray.CreateBuilder<CallSnapshot>();
            foreach (var entry in _entries.Values.ToArray()) Reconcile(entry, replay);
            foreach (var (key, (snapshot, row)) in replay.Living)
            {
                if (_entries.ContainsKey(key)) continue;
                var entry = new LedgerEntry(key);
                _entries.Add(key, entry);
                if (_hasRecovered)
                {
                    // It ended here, and its end was dropped or lost.
                    entry.Place(row);
                    Enqueue(entry);
                    continue;
                }
                entry.Snapshot = snapshot;
                entry.IsOrphan = true;
                entry.Place(row);
                _living++;
                orphans.Add(snapshot);
            }
            _hasRecovered = true;
            isWholeAgain = _queue.Count == 0 && BecomesWhole();
            return orphans.ToImmutable();
        }
    }

    /// <summary>Writes off what was found on disk and nobody claimed.</summary>
    /// <returns>How many calls that were.</returns>
    public int EndOrphans()
    {
        lock (_lock)
        {
            var orphans = _entries.Values.Where(entry => entry.IsOrphan).ToArray();
            foreach (var orphan in orphans) End(orphan);
            return orphans.Length;
        }
    }

    /// <inheritdoc cref="LedgerRows.Deletable"/>
    public (long To, int Rows) Deletable()
    {
        lock (_lock) return _rows.Deletable();
    }

    /// <summary>The rows up to this one are no more.</summary>
    public void Deleted(long to)
    {
        lock (_lock) _rows.Deleted(to);
    }

    // The oldest rows' living calls ride along when the disk holds twice what is true: so each call is written twice at most for
    // as long as it lives, on average, and no idle call keeps a thousand rows alive that came after it.
    private void Rewrite(ImmutableArray<CallSnapshot>.Builder living, int ended, ref int bytes)
    {
        var excess = _rows.Facts + living.Count + ended - (2L * _living + options.Slack);
        for (var row = _rows.Oldest; row is not null && excess > 0; row = row.Next)
        {
            excess -= row.Value.Facts;
            foreach (var entry in row.Value.Calls)
            {
                if (entry.Row != row.Value || entry.IsInFlight || entry.Snapshot is not { } snapshot) continue;
                if (!HasRoom(living.Count + ended, bytes)) return;
                if (entry.IsQueued) _queue.Remove(entry.Node);
                living.Add(snapshot);
                bytes += snapshot.Size;
                Fly(entry);
                excess++;
                _counts = _counts with { Rewritten = _counts.Rewritten + 1 };
            }
        }
    }

    private void Reconcile(LedgerEntry entry, LedgerReplay replay)
    {
        entry.IsInFlight = false;
        var isOnDisk = replay.Living.TryGetValue(entry.Key, out var there);
        entry.Place(isOnDisk ? there.Row : null);
        var isTrueOnDisk = entry.Snapshot is { } snapshot ? isOnDisk && there.Snapshot.Version >= snapshot.Version : !isOnDisk;
        if (!isTrueOnDisk)
        {
            Enqueue(entry);
            return;
        }
        if (entry.IsQueued) _queue.Remove(entry.Node);
        if (entry.Snapshot is null) Forget(entry);
    }

    private bool End(LedgerEntry entry)
    {
        _living--;
        entry.End();
        if (entry.Row is not null || entry.IsInFlight) return Enqueue(entry);
        // The disk never heard of it, so there is nothing to take back.
        if (entry.IsQueued) _queue.Remove(entry.Node);
        _counts = _counts with { Superseded = _counts.Superseded + 1 };
        Forget(entry);
        return false;
    }

    /// <summary>Puts the entry in the queue, once; answers whether the queue was empty.</summary>
    private bool Enqueue(LedgerEntry entry)
    {
        if (entry.IsQueued)
        {
            _counts = _counts with { Superseded = _counts.Superseded + 1 };
            return false;
        }
        if (_queue.Count >= options.MostQueued) DropOldest();
        _queue.AddLast(entry.Node);
        return _queue.Count == 1;
    }

    // What the disk has of the call stays as it is. If it has nothing, the call runs on unwritten until something changes.
    private void DropOldest()
    {
        var oldest = _queue.First!.Value;
        _queue.RemoveFirst();
        _counts = _counts with { Dropped = _counts.Dropped + 1 };
        Release(oldest);
        if (oldest.IsInFlight || (oldest.Row is not null && oldest.Snapshot is not null)) return;
        if (oldest.Snapshot is not null) _living--;
        Forget(oldest);
    }

    private void Fly(LedgerEntry entry)
    {
        entry.IsInFlight = true;
        _inFlight.Add((entry, entry.Snapshot));
    }

    private void Forget(LedgerEntry entry)
    {
        Release(entry);
        _entries.Remove(entry.Key);
    }

    private void Release(LedgerEntry entry)
    {
        if (entry.Waiter is null) return;
        _waiting--;
        entry.Waiter.TrySetResult();
        entry.Waiter = null;
    }

    private bool BecomesWhole()
    {
        var becomes = !_counts.IsWhole;
        _counts = _counts with { IsWhole = true };
        return becomes;
    }

    private bool HasRoom(int facts, int bytes) => facts < options.MostInRow && bytes < options.MostBytesInRow;

    private async Task AtMost(Task written)
    {
        try
        {
            await written.WaitAsync(options.LongestWait, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The disk is slow; the call is not.
        }
    }
}
