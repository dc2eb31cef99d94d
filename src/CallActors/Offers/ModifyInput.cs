using CallActors.Sip.Transactions;

namespace CallActors.Offers;

/// <summary>Everything that can happen to the session of a dialog after its answer.</summary>
internal abstract record ModifyInput : TransactionInput
{
    /// <summary>The flow asks for a change; the number is the host's, and unlike any other.</summary>
    public sealed record Ask(int Id, Modification Change) : ModifyInput;

    /// <summary>The flow answers the offer that a 2xx of theirs made; null refuses, and as there is no refusal any more, the answer is what we would say.</summary>
    public sealed record Answer(int Id, string? Sdp) : ModifyInput;

    /// <summary>Our re-INVITE had a 2xx with this description, or none.</summary>
    public sealed record Accepted(string? Sdp) : ModifyInput;

    /// <summary>Our re-INVITE was refused.</summary>
    /// <param name="Status">The final status.</param>
    /// <param name="Reason">The reason phrase.</param>
    /// <param name="RetryAfter">Its Retry-After; null when it has none.</param>
    /// <param name="Chance">Evenly drawn from 0 (included) to 1 (excluded).</param>
    public sealed record Refused(int Status, string Reason, TimeSpan? RetryAfter, double Chance) : ModifyInput;

    /// <summary>Our re-INVITE did not get to the signalling server, or was not sent by it.</summary>
    public sealed record NotSent(string Reason) : ModifyInput;

    /// <summary>A re-INVITE of theirs arrived, or an UPDATE that offers; one that offers nothing is no change and does not come here.</summary>
    /// <param name="Exchange">The host's number for it, above 0 and unlike any other.</param>
    /// <param name="Sdp">The offer; null when a re-INVITE asks for ours.</param>
    /// <param name="IsUpdate">Whether it is an UPDATE, which has no ACK.</param>
    /// <param name="Chance">Evenly drawn from 0 (included) to 1 (excluded).</param>
    public sealed record Received(int Exchange, string? Sdp, bool IsUpdate, double Chance) : ModifyInput;

    /// <summary>The flow answers a request of theirs. A 2xx without a description has what we would say of ourselves.</summary>
    public sealed record Respond(int Exchange, int Status, string? Sdp) : ModifyInput;

    /// <summary>The ACK for our 2xx arrived.</summary>
    public sealed record Acknowledged(int Exchange, string? Sdp) : ModifyInput;

    /// <summary>A timer has run out.</summary>
    public sealed record TimerFired(ModifyTimer Timer, int Turn) : ModifyInput;

    /// <summary>The dialog is over.</summary>
    public sealed record Ended(string Reason) : ModifyInput;
}

/// <summary>The timers of the queue.</summary>
internal enum ModifyTimer : byte
{
    /// <summary>A refused re-INVITE may be tried again.</summary>
    Retry,

    /// <summary>A change has had its time.</summary>
    Limit,

    /// <summary>A re-INVITE that we cancelled had no final response all the same.</summary>
    Abandoned,
}
