using Akka.Actor;
using Akka.Persistence;

namespace CallActors.Ledger;

/// <summary>Writes the book of one node to disk, a row for many facts, and reads it when it starts.</summary>
/// <remarks>
/// It holds nothing that the <see cref="LedgerBook"/> does not: a failed write stops a persistent actor always, and its
/// supervisor starts another. No snapshots are kept; rows that no living call needs are deleted instead.
/// </remarks>
internal sealed class CallLedger : UntypedPersistentActor, IWithTimers
{
    /// <summary>The journal plugin that <see cref="LedgerDatabase"/> sets up.</summary>
    public const string Plugin = "akka.persistence.journal.callactors";

    // A delete is a transaction of its own, so it is not worth while for less.
    private const int RowsWorthDeleting = 8;

    private readonly LedgerBook _book;
    private readonly LedgerOptions _options;
    private readonly Action<CallSnapshot> _offer;
    private LedgerReplay? _replay = new();
    private bool _isDeleting;
    private bool _isClosing;

    public CallLedger(LedgerId id, LedgerBook book, LedgerOptions options, Action<CallSnapshot> offer)
    {
        (_book, _options, _offer) = (book, options, offer);
        PersistenceId = id.ToString();
        JournalPluginId = Plugin;
        SnapshotPluginId = "akka.persistence.no-snapshot-store";
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public override string PersistenceId { get; }

    public override Recovery Recovery { get; } = new(SnapshotSelectionCriteria.None);

    public static Props PropsFor(LedgerId id, LedgerBook book, LedgerOptions options, Action<CallSnapshot> offer) =>
        Props.Create<CallLedger>(id, book, options, offer);

    protected override void PreStart()
    {
        // Calls tell the book on threads of their own, so the actor is told by message that something is there.
        var self = Self;
        _book.WakeWith(isUrgent => self.Tell(isUrgent ? Wake.Urgently : Wake.InTime));
        base.PreStart();
    }

    protected override void PostStop()
    {
        _book.WakeWith(null);
        base.PostStop();
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case LedgerBatch batch: _replay!.Read(LastSequenceNr, batch); break;
            case RecoveryCompleted: Recovered(); break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Wake wake: Schedule(wake.IsUrgent); break;
            case Due: Write(); break;
            case GraceOver: WriteOff(); break;
            case Close: _isClosing = true; Write(); break;
            case DeleteMessagesSuccess deleted: Deleted(deleted.ToSequenceNr); break;
            // Not worth a failure: the rows are tried again with the next ones.
            case DeleteMessagesFailure: _isDeleting = false; break;
            default: Unhandled(message); break;
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Lost(cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Lost(reason);

    // Our own serializer refused it, which is our mistake. The facts are given up, or they would be refused for ever.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Parent.Tell(LedgerWritten.Instance);
        _book.Wrote(sequenceNr);
        WriteMore();
    }

    private void Recovered()
    {
        var rows = _replay!.Rows.Count;
        var orphans = _book.Recovered(_replay, out var isWholeAgain);
        _replay = null;
        Context.Parent.Tell(new LedgerRead(rows, orphans.Length));
        if (isWholeAgain) Context.Parent.Tell(LedgerWhole.Instance);
        foreach (var orphan in orphans) _offer(orphan);
        if (!orphans.IsEmpty) Timers.StartSingleTimer(GraceOver.Instance, GraceOver.Instance, _options.Grace);
        // First of all, because on a full disk nothing can be written before something is deleted.
        Delete(atLeast: 1);
        WriteMore();
    }

    private void Schedule(bool isUrgent)
    {
        if (_replay is not null) return;
        if (isUrgent) Timers.StartSingleTimer(Due.Instance, Due.Instance, _options.GroupCommit);
        else if (!Timers.IsTimerActive(Due.Instance)) Timers.StartSingleTimer(Due.Instance, Due.Instance, _options.Interval);
    }

    private void Write()
    {
        Timers.Cancel(Due.Instance);
        if (_book.Take() is { } batch)
        {
            Context.Parent.Tell(LedgerWriting.Instance);
            Persist(batch, _ => Written());
            return;
        }
        Delete(atLeast: 1);
        if (_isClosing) Context.Stop(Self);
    }

    private void Written()
    {
        Context.Parent.Tell(LedgerWritten.Instance);
        if (_book.Wrote(LastSequenceNr)) Context.Parent.Tell(LedgerWhole.Instance);
        Delete(atLeast: RowsWorthDeleting);
        WriteMore();
    }

    // What waits may be more than fits in a row, or have come while the last one was written.
    private void WriteMore()
    {
        var (queued, isUrgent) = _book.Waiting;
        if (_isClosing || queued >= _options.MostInRow) Self.Tell(Due.Instance);
        else if (queued > 0) Schedule(isUrgent);
        // Something is left to delete perhaps, and then there is nothing to do.
        else Timers.StartSingleTimer(Due.Instance, Due.Instance, 4 * _options.Interval);
    }

    private void WriteOff()
    {
        if (_book.EndOrphans() is var count and > 0) Context.Parent.Tell(new LedgerWroteOff(count));
        WriteMore();
    }

    private void Delete(int atLeast)
    {
        var (to, rows) = _book.Deletable();
        if (_isDeleting || rows < atLeast) return;
        _isDeleting = true;
        DeleteMessages(to);
    }

    private void Deleted(long to)
    {
        _isDeleting = false;
        _book.Deleted(to);
    }

    private void Lost(Exception cause)
    {
        var wasWhole = _book.Lost();
        Context.Parent.Tell(new LedgerLost(cause, wasWhole));
    }

    /// <summary>Asks for what waits to be written now, and the actor to stop.</summary>
    internal sealed record Close : INoSerializationVerificationNeeded
    {
        public static readonly Close Instance = new();
    }

    private sealed record Wake(bool IsUrgent) : INoSerializationVerificationNeeded
    {
        public static readonly Wake Urgently = new(true), InTime = new(false);
    }

    private sealed record Due : INoSerializationVerificationNeeded
    {
        public static readonly Due Instance = new();
    }

    private sealed record GraceOver : INoSerializationVerificationNeeded
    {
        public static readonly GraceOver Instance = new();
    }
}

/// <summary>A row is being written.</summary>
internal sealed record LedgerWriting : INoSerializationVerificationNeeded
{
    public static readonly LedgerWriting Instance = new();
}

/// <summary>The row has been written.</summary>
internal sealed record LedgerWritten : INoSerializationVerificationNeeded
{
    public static readonly LedgerWritten Instance = new();
}

/// <summary>The ledger has been read.</summary>
internal sealed record LedgerRead(int Rows, int Orphans) : INoSerializationVerificationNeeded;

/// <summary>Reading or writing failed, and the ledger stops.</summary>
internal sealed record LedgerLost(Exception Cause, bool WasWhole) : INoSerializationVerificationNeeded;

/// <summary>After a failure, everything is on disk again, or on its way.</summary>
internal sealed record LedgerWhole : INoSerializationVerificationNeeded
{
    public static readonly LedgerWhole Instance = new();
}

/// <summary>Calls that were found on disk were not claimed.</summary>
internal sealed record LedgerWroteOff(int Calls) : INoSerializationVerificationNeeded;
