using CallActors.Ledger;

namespace CallActors.Transfers;

/// <summary>A call wants the leg that is bridged with a certain dialog of another call: an attended transfer joins the two.</summary>
internal sealed record LegWanted(CallKey Call, CallKey By, long Number, DialogName Dialog) : ICallMessage;

/// <summary>The leg that was wanted, now the asker's; null when there is none.</summary>
internal sealed record LegGiven(CallKey Call, long Number, LegSnapshot? Leg) : ICallMessage;
