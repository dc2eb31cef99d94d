namespace CallActors.Bridges;

/// <summary>Connects two answered legs: one is asked for an offer, the other answers it (RFC 3725 §4.1 without a detour).</summary>
internal static class Joining
{
    public static async Task<ModifyOutcome> Join(Leg a, Leg b)
    {
        ModifyOutcome? other = null;
        var outcome = await a.ModifyWithoutOffer(async offer =>
        {
            other = await b.Modify(offer);
            return (other as ModifyOutcome.Agreed)?.Sdp;
        });
        return other is { IsAgreed: false } ? other : outcome;
    }
}
