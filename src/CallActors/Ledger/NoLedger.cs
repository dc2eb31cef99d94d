namespace CallActors.Ledger;

/// <summary>The ledger of a node that keeps none.</summary>
internal sealed class NoLedger : ILedger
{
    /// <summary>The one there is; it holds nothing.</summary>
    public static readonly NoLedger Instance = new();

    private NoLedger() { }

    public void Living(CallSnapshot snapshot) { }

    public void Ended(CallKey key) { }

    public Task Written(CallKey key) => Task.CompletedTask;
}
