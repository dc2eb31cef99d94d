using System.Collections.Immutable;

namespace CallActors.Ledger;

/// <summary>One row of the ledger: what became known of the node's calls since the row before.</summary>
/// <param name="Living">Calls that live; each takes the place of what earlier rows say of it.</param>
/// <param name="Ended">Calls that earlier rows say live, and that are over.</param>
internal sealed record LedgerBatch(ImmutableArray<CallSnapshot> Living, ImmutableArray<CallKey> Ended);
