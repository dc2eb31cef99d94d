namespace CallActors.Sip.Dialogs;

/// <summary>What the receiver of a reliable provisional response thinks of its RSeq (RFC 3262 §4).</summary>
public enum ProvisionalOrder
{
    /// <summary>The next one: for the user, who acknowledges it with a PRACK.</summary>
    Next,

    /// <summary>One seen before: its PRACK is on the way or was lost, and repeats itself.</summary>
    Repeated,

    /// <summary>One before it is missing: it must not be acknowledged, and comes again.</summary>
    OutOfOrder,
}

/// <summary>
/// The last RSeq of one early dialog, as the receiver of reliable provisional responses keeps it (RFC 3262 §4). Every fork counts for itself.
/// </summary>
/// <param name="Last">The RSeq of the last response accepted; 0 before the first, which may carry any.</param>
public readonly record struct ReceivedProvisionals(uint Last)
{
    /// <summary>Judges a response by its RSeq.</summary>
    public ProvisionalOrder Judge(uint rseq) =>
        Last == 0 || rseq == Last + 1 ? ProvisionalOrder.Next
        : rseq <= Last ? ProvisionalOrder.Repeated
        : ProvisionalOrder.OutOfOrder;

    /// <summary>After a response was accepted; others change nothing.</summary>
    public ReceivedProvisionals After(uint rseq) => Judge(rseq) == ProvisionalOrder.Next ? new(rseq) : this;
}
