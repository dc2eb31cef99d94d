namespace CallActors.Ledger;

/// <summary>Adds up the rows on disk, oldest first, to the calls that they say live.</summary>
internal sealed class LedgerReplay
{
    private readonly Dictionary<CallKey, (CallSnapshot Snapshot, LedgerRow Row)> _living = [];

    /// <summary>The rows that are there.</summary>
    public List<LedgerRow> Rows { get; } = [];

    /// <summary>The calls that live, and the row that says so.</summary>
    public IReadOnlyDictionary<CallKey, (CallSnapshot Snapshot, LedgerRow Row)> Living => _living;

    /// <summary>Reads one row.</summary>
    public void Read(long number, LedgerBatch batch)
    {
        var row = new LedgerRow(number, batch.Living.Length + batch.Ended.Length);
        Rows.Add(row);
        foreach (var snapshot in batch.Living) _living[snapshot.Key] = (snapshot, row);
        foreach (var key in batch.Ended) _living.Remove(key);
    }
}
