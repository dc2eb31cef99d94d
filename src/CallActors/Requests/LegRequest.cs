using CallActors.Calls;

namespace CallActors;

/// <summary>A request inside a leg's dialog: INFO, MESSAGE, REFER, a re-INVITE… What its handler leaves unanswered gets the default response.</summary>
public sealed class LegRequest : ReceivedRequest
{
    internal LegRequest(CallRuntime runtime, Arrived arrived, Leg leg)
        : base(runtime, arrived.Connection, arrived.TransactionId, arrived.Request)
    {
        Leg = leg;
        Core = leg.Core;
        Offer = SdpBody.In(arrived.Request);
    }

    /// <summary>The leg whose far end sent it.</summary>
    public Leg Leg { get; }

    /// <summary>The session description in it; null when there is none.</summary>
    public string? Offer { get; }
}
