using CallActors.Cluster;
using CallActors.Headers;
using CallActors.Keeping;
using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>When and how a call ends: without a living leg, a running flow or a timer; or at once, when the application failed.</summary>
internal sealed partial class CallEnding(CallCore core, CallActor actor, RunningFlows flows)
{
    // Long enough for every leg to end, so that a flow that waits for one comes to its own end.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(32);

    private bool _isEnding;

    /// <summary>Whether nothing comes any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Ends a call without living legs, whose flow has come to its end and has set no timer to be waited for.</summary>
    public void EndIfOver()
    {
        if (IsOver || flows.IsAny) return;
        if (core.Timers.Named.Count == 0 && core.Request is { IsAnswered: false } request && (!request.HasResponded || core.Caller is { LastOutcome: not null }) && IsAlone()) Conclude();
        foreach (var leg in core.Legs)
        {
            if (!leg.IsOver) return;
        }

        if (core.Timers.AreAwaited(hadLegs: core.Legs.Count > 0)) return;
        if (!_isEnding)
        {
            _isEnding = true;
            core.Run(() => actor.Over(new CallEnded(core.Key, core.StartedAt, core.AnsweredAt, core.Runtime.Time.GetUtcNow(), core.Legs, core.Failure)));
            if (flows.IsAny) return;
        }

        IsOver = true;
        core.Runtime.Over(core);
        actor.Stop();
    }

    /// <summary>Whether the call has gone after its shard: what it is still told is for its successor.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>The call is no more here; it goes on elsewhere.</summary>
    /// <param name="keeping">What is known of it here.</param>
    /// <param name="successor">What it goes on with where its shard goes; the parent takes that there, and stops the actor. Null where others have it already.</param>
    public void Leave(CallKeeping keeping, ICallStart? successor = null)
    {
        if (IsOver) return;
        core.Dialogs.GiveUp();
        foreach (var leg in core.Legs) leg.Vanish();
        core.Timers.Off();
        keeping.Forget();
        core.Runtime.Left(core);
        IsOver = true;
        if (successor is null)
        {
            actor.Stop();
            return;
        }

        HasMoved = true;
        actor.TellParent(new CallHasGone(successor));
    }

    /// <summary>Answers whoever waits with 500 and ends every leg.</summary>
    public void Abort(string reason)
    {
        core.Request?.Send(500);
        if (core.Caller is { IsOver: false, IsAnswered: false }) core.Caller.Finish(new LegEnd(EndedBy.Us, reason, 500));
        HangUpAll(reason);
    }

    public void HangUpAll(string reason)
    {
        core.Timers.Clear();
        foreach (var leg in core.Legs.ToArray()) _ = leg.Hangup(reason);
    }

    /// <summary>The flow has had its time to answer.</summary>
    public void GiveUp()
    {
        if (IsOver || core.Request is not { IsAnswered: false }) return;
        if (core.Caller is not { IsOver: true })
        {
            LogUnanswered(core.Runtime.Logger, core.Key, core.Flow.Name, core.Runtime.Options.UnansweredAfter);
            Abort("the application did not answer");
        }

        core.After(s_grace, Abandon);
    }

    // A flow that waits for what never comes would keep its call for ever, the caller long gone.
    private void Abandon()
    {
        foreach (var leg in core.Legs)
        {
            if (!leg.IsOver) return;
        }

        if (IsOver || !flows.IsAny) return;
        LogAbandoned(core.Runtime.Logger, core.Key, core.Flow.Name);
        flows.Abandon();
    }

    // The flow has ended, and nothing is under way that could still answer: a caller who could not be connected hears why, any other that we failed.
    private void Conclude()
    {
        var outcome = core.Caller?.LastOutcome;
        if (outcome is null) LogForgotten(core.Runtime.Logger, core.Key, core.Flow.Name);
        var status = outcome?.Status ?? 500;
        var response = (outcome as InviteOutcome.Rejected)?.Response;
        // What a redirection or challenge names is between the callee and us.
        if (status is < 400 or 401 or 407) status = 480;
        var isTheirs = status == response?.StatusCode;
        core.Request!.Send(status, isTheirs ? response!.ReasonText : null, null, isTheirs ? core.Caller?.LastHeaders : null);
        var by = core.Caller is { Connection.IsUp: false } ? EndedBy.ServerLost : EndedBy.Us;
        core.Caller?.Finish(new LegEnd(by, outcome is null ? "the application did not answer" : "nobody could be reached", status));
    }

    private bool IsAlone()
    {
        foreach (var leg in core.Legs)
        {
            if (leg.IsOver ? leg == core.Caller : leg != core.Caller) return false;
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "call {Key}: the flow {Flow} did not answer within {After}; its caller gets 500")]
    private static partial void LogUnanswered(ILogger logger, CallKey key, string flow, TimeSpan after);

    [LoggerMessage(Level = LogLevel.Warning, Message = "call {Key}: the flow {Flow} waits for something although its caller has gone; it is given up")]
    private static partial void LogAbandoned(ILogger logger, CallKey key, string flow);

    [LoggerMessage(Level = LogLevel.Warning, Message = "call {Key}: the flow {Flow} ended without an answer; its caller gets 500")]
    private static partial void LogForgotten(ILogger logger, CallKey key, string flow);
}
