namespace CallActors.Ledger;

/// <summary>The rows on disk, oldest first, and which of them nobody needs.</summary>
internal sealed class LedgerRows
{
    private readonly LinkedList<LedgerRow> _rows = [];

    /// <summary>How many there are.</summary>
    public int Count => _rows.Count;

    /// <summary>How many facts stand in them, true or superseded.</summary>
    public long Facts { get; private set; }

    /// <summary>Every row up to this one is no more.</summary>
    public long DeletedTo { get; private set; }

    /// <summary>The oldest.</summary>
    public LinkedListNode<LedgerRow>? Oldest => _rows.First;

    public void Add(LedgerRow row)
    {
        _rows.AddLast(row);
        Facts += row.Facts;
    }

    /// <summary>These are the rows, whatever was thought before.</summary>
    public void Replace(IEnumerable<LedgerRow> rows)
    {
        _rows.Clear();
        Facts = 0;
        foreach (var row in rows) Add(row);
    }

    /// <summary>The last of the oldest rows that no living call needs, or 0. The newest row always stays: it holds the count of rows.</summary>
    /// <remarks>Only the oldest may go, never one between: a later row may say that a call of an earlier one is over.</remarks>
    public (long To, int Rows) Deletable()
    {
        var (to, rows) = (0L, 0);
        for (var row = _rows.First; row?.Next is not null && row.Value.Living == 0; row = row.Next) (to, rows) = (row.Value.Number, rows + 1);
        return (to, rows);
    }

    public void Deleted(long to)
    {
        DeletedTo = Math.Max(DeletedTo, to);
        while (_rows.First is { } row && row.Value.Number <= to)
        {
            Facts -= row.Value.Facts;
            _rows.RemoveFirst();
        }
    }
}
