namespace CallActors.Ledger;

/// <summary>A timer of a call that has not fired.</summary>
/// <param name="Name">What the flow calls it.</param>
/// <param name="Due">When it fires; a moment that has passed fires it as soon as the call is back.</param>
/// <param name="KeepsCall">Whether the call waits for it when nobody is on the line any more.</param>
internal sealed record TimerSnapshot(string Name, DateTimeOffset Due, bool KeepsCall = false);
