using CallActors.Descriptions;
using CallActors.Sip.Transactions;

namespace CallActors.Offers;

/// <summary>Everything the queue asks of its host.</summary>
internal abstract record ModifyEffect : TransactionEffect
{
    /// <summary>Send a re-INVITE with this offer, or without one.</summary>
    public sealed record SendInvite(int Id, string? Sdp) : ModifyEffect;

    /// <summary>Acknowledge the 2xx, with this answer when it made the offer.</summary>
    public sealed record SendAck(int Id, string? Sdp) : ModifyEffect;

    /// <summary>Cancel the re-INVITE: its time is over.</summary>
    public sealed record CancelInvite(int Id) : ModifyEffect;

    /// <summary>Ask the flow for the answer to the offer of a 2xx.</summary>
    public sealed record AskForAnswer(int Id, string Offer) : ModifyEffect;

    /// <summary>Give a request of theirs to the flow, with what its offer means. Nothing of it holds before it is answered.</summary>
    public sealed record Present(int Exchange, string? Sdp, RemoteHold Meaning) : ModifyEffect;

    /// <summary>Answer a request of theirs.</summary>
    public sealed record Reply(int Exchange, int Status, string? Sdp = null, TimeSpan? RetryAfter = null) : ModifyEffect;

    /// <summary>Hand <see cref="Fired"/> back when the time is over.</summary>
    public sealed record StartTimer(ModifyTimer Timer, int Turn, TimeSpan After) : ModifyEffect
    {
        /// <summary>The input to hand back.</summary>
        public ModifyInput.TimerFired Fired => new(Timer, Turn);
    }

    /// <summary>Tell the flow what became of its change. Exactly once for each.</summary>
    public sealed record Settle(int Id, ModifyOutcome Outcome) : ModifyEffect;
}
