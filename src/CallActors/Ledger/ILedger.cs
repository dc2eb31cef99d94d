namespace CallActors.Ledger;

/// <summary>Where a node's calls are written down, behind their backs. It never fails a call and never makes one wait that does not ask to.</summary>
internal interface ILedger
{
    /// <summary>The call lives and this is all there is to know of it; takes the place of what was said before.</summary>
    void Living(CallSnapshot snapshot);

    /// <summary>The call is over.</summary>
    void Ended(CallKey key);

    /// <summary>Completes when everything said of the call so far is on disk, or will not be: never with a fault.</summary>
    Task Written(CallKey key);
}
