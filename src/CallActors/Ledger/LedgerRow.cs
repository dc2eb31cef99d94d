namespace CallActors.Ledger;

/// <summary>A row on disk, as the book knows it.</summary>
internal sealed class LedgerRow(long number, int facts)
{
    /// <summary>Its sequence number.</summary>
    public long Number => number;

    /// <summary>How many facts it holds, true or superseded.</summary>
    public int Facts => facts;

    /// <summary>How many living calls have their last word in it. A row with none is not needed once it is the oldest.</summary>
    public int Living { get; set; }

    /// <summary>The calls that were written in it as living; some have moved to later rows or ended since.</summary>
    public List<LedgerEntry> Calls { get; } = [];
}

/// <summary>A call, as the book knows it.</summary>
internal sealed class LedgerEntry
{
    private LedgerRow? _counted;

    public LedgerEntry(CallKey key)
    {
        Key = key;
        Node = new(this);
    }

    public CallKey Key { get; }

    /// <summary>What is true of it now; null when it is over.</summary>
    public CallSnapshot? Snapshot { get; set; }

    /// <summary>The last row on disk that has it living.</summary>
    public LedgerRow? Row { get; private set; }

    /// <summary>In the batch that is being written, or in one that nobody knows the fate of.</summary>
    public bool IsInFlight { get; set; }

    /// <summary>Found on disk at the start of the node, and nothing has been heard of it since.</summary>
    public bool IsOrphan { get; set; }

    /// <summary>Its place in the queue, made once, because most calls queue twice.</summary>
    public LinkedListNode<LedgerEntry> Node { get; }

    public bool IsQueued => Node.List is not null;

    /// <summary>Who waits for it to be on disk.</summary>
    public TaskCompletionSource? Waiter { get; set; }

    /// <summary>Notes where it is on disk, and that the row is needed for it while it lives.</summary>
    public void Place(LedgerRow? row)
    {
        if (_counted is not null) _counted.Living--;
        _counted = null;
        Row = row;
        if (row is null || Snapshot is null) return;
        row.Living++;
        row.Calls.Add(this);
        _counted = row;
    }

    /// <summary>It is over: its row is not needed for it any more.</summary>
    public void End()
    {
        Snapshot = null;
        IsOrphan = false;
        Place(Row);
    }
}
