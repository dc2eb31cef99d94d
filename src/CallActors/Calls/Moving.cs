using CallActors.Cluster;
using CallActors.Control;

namespace CallActors.Calls;

/// <summary>Waits for a moment at which a call can go to another node without anybody on the phone noticing, and for not longer than it may.</summary>
internal sealed class Moving(CallCore core, CallActor actor, RunningFlows flows, Action go, Action<string> hangUp)
{
    // A flow that awaits the end of its call never comes to rest: what it waits for is told to its successor.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // By then every call of the shard has been at rest once, and the others wait.
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(1);

    private bool _isPressed;
    private bool _hasTold;
    private bool _mustGo;

    /// <summary>The shard is to move: tells when the call rests.</summary>
    public void Prepare()
    {
        core.After(s_patience, () => _isPressed = true);
        Look();
    }

    /// <summary>The shard moves now.</summary>
    public void Go()
    {
        if (_mustGo) return;
        _mustGo = true;
        core.After(s_last, LeaveAnyway);
        Look();
    }

    /// <summary>Looks whether the time has come; after every message.</summary>
    public void Look()
    {
        if (core.IsOver) return;
        if (_mustGo)
        {
            if (IsIdle) Leave();
        }
        else if (!_hasTold && (IsIdle || (_isPressed && MayGo)))
        {
            _hasTold = true;
            actor.TellParent(new CallIsIdle(core.Key));
        }
    }

    private bool MayGo => core.AnsweredAt is not null || IsWaiting;

    // Nobody is on the line, or about to be: what the call waits for is a timer.
    private bool IsWaiting
    {
        get
        {
            if (core.Timers.Named.Count == 0 || core.Request is { IsAnswered: false }) return false;
            foreach (var leg in core.Legs)
            {
                if (!leg.IsOver) return false;
            }

            return true;
        }
    }

    private bool IsIdle
    {
        get
        {
            if (!MayGo || flows.IsAny || core.IsClaiming) return false;
            foreach (var leg in core.Legs)
            {
                if (!leg.IsOver && !leg.IsAtRest) return false;
            }

            return true;
        }
    }

    private void LeaveAnyway()
    {
        if (core.IsClaiming) core.After(s_last, Leave);
        else Leave();
    }

    // Who is still ringing by then cannot go on elsewhere: the INVITE belongs to this node's connection. When that is closed, a server that knows of others offers it to them.
    private void Leave()
    {
        if (core.IsOver) return;
        if (MayGo) go();
        else if (core.Runtime.IsLeaving && core.Caller is { IsAnswered: false } caller && caller.Invite.Connection.Grants(ExtensionFeatures.Adopt))
        {
            // Whom we were calling for him is still being called until the connection is closed.
            if (IsAlone(caller)) core.Runtime.TryDecline(caller.Invite);
            core.Leave();
        }
        else
        {
            hangUp("the node stops");
        }
    }

    private bool IsAlone(IncomingCall caller)
    {
        foreach (var leg in core.Legs)
        {
            if (leg != caller && !leg.IsOver) return false;
        }

        return true;
    }
}
