namespace CallActors.Ledger;

/// <summary>What the ledger has done, and where it stands.</summary>
public readonly record struct LedgerCounts
{
    /// <summary>Facts that calls told.</summary>
    public long Facts { get; init; }

    /// <summary>Facts that never went to disk, because a later one of the same call took their place.</summary>
    public long Superseded { get; init; }

    /// <summary>Facts lost because too many waited.</summary>
    public long Dropped { get; init; }

    /// <summary>Rows written.</summary>
    public long Batches { get; init; }

    /// <summary>Facts written, those written again included.</summary>
    public long Written { get; init; }

    /// <summary>Facts written again to free an old row.</summary>
    public long Rewritten { get; init; }

    /// <summary>How often writing or reading failed.</summary>
    public long Failures { get; init; }

    /// <summary>Facts that are not on disk yet: those that wait and those that are being written.</summary>
    public int Queued { get; init; }

    /// <summary>Calls that live.</summary>
    public int Living { get; init; }

    /// <summary>Rows on disk.</summary>
    public int Rows { get; init; }

    /// <summary>Whether the disk has, or soon will have, what is true.</summary>
    public bool IsWhole { get; init; }
}
