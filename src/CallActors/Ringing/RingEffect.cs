using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CallActors.Targets;

namespace CallActors.Ringing;

/// <summary>Everything a ringing plan asks of its host.</summary>
internal abstract record RingEffect : TransactionEffect
{
    /// <summary>Place a call to this target, which has this number from now on.</summary>
    public sealed record Dial(int Number, CallTarget Target) : RingEffect;

    /// <summary>Cancel the call to a target, with this Reason; null for none. At most once for each.</summary>
    public sealed record Cancel(int Number, string? Reason) : RingEffect;

    /// <summary>A target answered too late: hang up (RFC 3261 §9.1: a 2xx may cross the CANCEL).</summary>
    public sealed record Release(int Number, string? Reason) : RingEffect;

    /// <summary>Hand <see cref="Fired"/> back when the time is over. Nothing stops a timer: a late one finds nothing to do.</summary>
    public sealed record StartTimer(RingTimer Timer, int Node, TimeSpan After) : RingEffect
    {
        /// <summary>The input to hand back.</summary>
        public RingInput.TimedOut Fired => new(Timer, Node);
    }

    /// <summary>The plan has its outcome. Exactly once; nothing but <see cref="Release"/> follows.</summary>
    public sealed record Finish(RingOutcome Outcome) : RingEffect;
}

/// <summary>What became of a ringing plan.</summary>
public abstract record RingOutcome
{
    /// <summary>A target answered.</summary>
    /// <param name="Number">Its number.</param>
    public sealed record Won(int Number) : RingOutcome;

    /// <summary>Nobody did.</summary>
    /// <param name="Status">The status for the caller: the best of what the targets said (RFC 3261 §16.7), or our own word where none said any.</param>
    /// <param name="Response">The response that it is from; null when it is our own word.</param>
    public sealed record Failed(int Status, SipResponse? Response) : RingOutcome;

    /// <summary>The caller hung up first.</summary>
    public sealed record CallerGone : RingOutcome;
}

/// <summary>The Reason values that tell a phone why its ringing ended (RFC 3326).</summary>
public static class RingReasons
{
    /// <summary>Somebody else answered: no missed call.</summary>
    public const string CompletedElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    /// <summary>It rang, or was silent, for as long as it should.</summary>
    public const string TimedOut = "SIP;cause=408;text=\"No answer in time\"";

    internal static string Rejected(int status) => $"SIP;cause={status};text=\"{System.Text.Encoding.UTF8.GetString(SipReasonPhrases.Of(status))}\"";
}
