using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Ledger;

namespace CallActors.Keeping;

/// <summary>Brings a call's dialogs back after a loss of the connection, of the server or of the node that had the call: by claims, or from the server's own memory.</summary>
internal sealed class Reclaiming(CallCore core, CallKeeping keeping, CallActor actor)
{
    // A server answers at once.
    private static readonly TimeSpan s_claimAgain = TimeSpan.FromSeconds(5);

    /// <summary>How the refusal begins that says that somebody else has the call.</summary>
    internal static readonly string Superseded = Encoding.ASCII.GetString(ControlTexts.Extension.Superseded);

    private CallSnapshot? _returning;
    private bool _mayBeElsewhere;
    private int _claims;

    /// <summary>Whether the call was built anew and has not got its dialogs yet.</summary>
    public bool IsReturning => _returning is not null;

    /// <summary>What the call was built of, until it has its dialogs; null afterwards.</summary>
    public CallSnapshot? Returning => _returning;

    /// <summary>The call was built anew of a snapshot: what belongs to it is claimed.</summary>
    /// <param name="snapshot">What it was built of.</param>
    /// <param name="mayBeElsewhere">Whether somebody else may have had the call and ended it, so that a session nobody knows is none of ours.</param>
    public void Begin(CallSnapshot snapshot, bool mayBeElsewhere)
    {
        (_returning, _mayBeElsewhere) = (snapshot, mayBeElsewhere);
        if (keeping.First is null)
        {
            Return();
            return;
        }

        ReclaimNext();
        if (IsReturning) core.After(core.Runtime.Options.DetachedFor, GiveUp);
    }

    /// <summary>A connection was lost, and with it whatever was owned over it.</summary>
    public void OnLost(ServerConnection connection)
    {
        for (var session = keeping.First; session is not null; session = session.Next)
        {
            if (session.Connection != connection || session.Stage is not (OwnershipStage.Ours or OwnershipStage.Claiming)) continue;
            // What was said last may have been lost with it.
            (session.Stage, session.IsBehind) = (OwnershipStage.Lost, true);
        }
    }

    /// <summary>A server is reached again.</summary>
    public void OnBack(ServerConnection connection)
    {
        if (keeping.Find(connection.Server) is { Stage: OwnershipStage.Lost } session && !(IsReturning && keeping.IsClaiming)) Reclaim(session, connection);
    }

    /// <summary>A server offers the call. One that is alive knows better, unless somebody else had it since.</summary>
    public void OnOffered(Adopted adopted)
    {
        if (keeping.Find(adopted.Server) is not { } session) return;
        if (session.Run == adopted.Run && session.Incarnation < adopted.Incarnation && session.Stage != OwnershipStage.Claiming)
        {
            // The offer comes again, and then the call is built anew of what it brings.
            core.Leave();
            return;
        }

        // What is offered with the incarnation that we have is nobody's, whatever we believe.
        if (session.Stage == OwnershipStage.Ours && session.Run == adopted.Run && session.Incarnation == adopted.Incarnation) session.Stage = OwnershipStage.Lost;
        if (session.Stage == OwnershipStage.Lost && !(IsReturning && keeping.IsClaiming) && core.Runtime.Traffic.Find(adopted.Server) is { } connection) Reclaim(session, connection);
    }

    /// <summary>A server asks for a dialog that it does not know.</summary>
    public void OnAsked(Asked asked)
    {
        foreach (var leg in core.Legs)
        {
            if (leg.IsOver || leg.Ownership is not { } session || session.Server != asked.Connection.Server || !asked.Dialog.Is(leg)) continue;
            if (session.Stage == OwnershipStage.Lost) Reclaim(session, asked.Connection);
            if (session is { Stage: OwnershipStage.Claiming } || leg.ServerState.IsEmpty == false && TryRestore(session, asked.Connection, leg)) return;
        }

        core.Runtime.Traffic.Submit(asked.Connection, core.Key, null, FrameWriter.Unknown(asked.Id));
        core.Touch(asked.Connection);
    }

    // Each server may have offered its part of the call to another node. All of them ask the servers one after the other, in one order: who comes too late at the first has taken nothing yet.
    private void ReclaimNext()
    {
        (Ownership Session, ServerConnection Connection)? first = null;
        for (var session = keeping.First; session is not null; session = session.Next)
        {
            if (session.Stage != OwnershipStage.Lost || core.Runtime.Traffic.Find(session.Server) is not { } connection) continue;
            if (first is null || string.CompareOrdinal(session.Server, first.Value.Session.Server) < 0) first = (session, connection);
        }

        if (first is { } next) Reclaim(next.Session, next.Connection);
    }

    private void Reclaim(Ownership session, ServerConnection connection)
    {
        if (!connection.Grants(ExtensionFeatures.Adopt)) Detach(session, connection);
        else if (session.Run == connection.Run) Claim(session, connection);
        else Restore(session, connection);
    }

    private void Claim(Ownership session, ServerConnection connection)
    {
        (session.Stage, session.Connection) = (OwnershipStage.Claiming, connection);
        var attempt = ++_claims;
        if (!Submit(connection, new Claiming(this, session, connection), FrameWriter.Claim(keeping.KeyText, session.Incarnation), session)) return;
        core.After(s_claimAgain, () =>
        {
            if (attempt == _claims && session.Stage == OwnershipStage.Claiming && session.Connection == connection && connection.IsUp) Claim(session, connection);
        });
    }

    // A server that was started anew knows nothing: it is told what the one before it told us.
    private void Restore(Ownership session, ServerConnection connection)
    {
        (session.Stage, session.Connection) = (OwnershipStage.Claiming, connection);
        var restoring = new Restoring(this, session, connection);
        foreach (var leg in core.Legs)
        {
            if (leg.IsOver || leg.Ownership != session) continue;
            if (leg.ServerState.IsEmpty || leg is Subscription || !connection.Grants(ExtensionFeatures.Restore)) continue;
            restoring.Add(leg);
            if (!Submit(connection, restoring.Of(leg), FrameWriter.Restore(keeping.KeyText, session.Incarnation, leg.DialogId, leg.ServerState), session)) return;
        }

        restoring.Sent();
    }

    private bool TryRestore(Ownership session, ServerConnection connection, Leg leg)
    {
        if (session.Stage != OwnershipStage.Ours || session.Connection != connection) return false;
        var restoring = new Restoring(this, session, connection);
        restoring.Add(leg);
        if (!Submit(connection, restoring.Of(leg), FrameWriter.Restore(keeping.KeyText, session.Incarnation, leg.DialogId, leg.ServerState), session)) return false;
        restoring.Sent();
        return true;
    }

    // The server came back as one that keeps nothing: its dialogs are asked whether they live, as ever.
    private void Detach(Ownership session, ServerConnection connection)
    {
        session.Stage = OwnershipStage.Over;
        foreach (var leg in core.Legs)
        {
            if (leg.Ownership != session) continue;
            // While it is the session's leg it knows its server.
            if (!leg.IsOver) leg.OnConnectionBack(connection);
            leg.Ownership = null;
        }

        Return();
        ReclaimNext();
    }

    private bool Submit(ServerConnection connection, ICommand command, FrameWriter frame, Ownership session)
    {
        if (core.Runtime.Traffic.Submit(connection, core.Key, command, frame))
        {
            core.Touch(connection);
            return true;
        }

        session.Stage = OwnershipStage.Lost;
        return false;
    }

    private void OnClaimed(Ownership session, ServerConnection connection, Replied reply)
    {
        if (session.Connection != connection || session.Stage != OwnershipStage.Claiming || core.IsOver) return;
        if (reply.Refusal is { } refusal)
        {
            if (refusal.StartsWith(Superseded, StringComparison.Ordinal)) core.Leave();
            else OnUnknown(session);
            return;
        }

        (session.Stage, session.Incarnation, session.IsConfirmed) = (OwnershipStage.Ours, reply.Granted!.Incarnation, true);
        var named = reply.Granted.Names;
        foreach (var leg in core.Legs)
        {
            if (!leg.IsOver && leg.Ownership == session && named.Contains(leg.DialogId)) leg.Attach(connection);
        }

        keeping.Learned();
        // What each of several servers keeps says what the others are to be asked with.
        if (keeping.First is not { Next: null }) session.IsBehind = true;
        Arrive(session, "the dialog ended while the connection was lost");
    }

    /// <summary>What was given back to a server is answered.</summary>
    public void OnRestored(Ownership session, ServerConnection connection, int incarnation)
    {
        if (session.Connection != connection || core.IsOver) return;
        (session.Stage, session.Run, session.IsBehind) = (OwnershipStage.Ours, connection.Run, true);
        // A server that was given nothing back has no session of ours yet.
        (session.Incarnation, session.IsConfirmed) = (incarnation, false);
        Arrive(session, "the server was started anew and does not know the dialog");
    }

    // What is ours again goes on, and what did not come back is over.
    private void Arrive(Ownership session, string reason)
    {
        if (session.IsBehind) keeping.Changed();
        session.IsBehind = false;
        Return();
        foreach (var leg in core.Legs.ToArray())
        {
            if (leg.Ownership != session || leg.IsOver || leg.Connection == session.Connection) continue;
            Lose(leg, EndedBy.FarEnd, reason);
        }

        ReclaimNext();
    }

    // A caller whose answer did not get out is offered to somebody again.
    private static void Lose(Leg leg, EndedBy by, string reason) => leg.Finish(leg.IsAnswered ? new LegEnd(by, reason) : new LegEnd(EndedBy.ServerLost, reason, 503));

    // Nobody has such a session: it was let go, so its call has its record, or the server gave it up.
    private void OnUnknown(Ownership session)
    {
        (session.Stage, session.IsWritten) = (OwnershipStage.Over, false);
        if (IsReturning ? _mayBeElsewhere && IsAllOver() : session.IsConfirmed)
        {
            core.Leave();
            return;
        }

        Return();
        foreach (var leg in core.Legs.ToArray())
        {
            if (leg.Ownership == session && !leg.IsOver) Lose(leg, EndedBy.Server, "the server knows the dialog no more");
        }

        ReclaimNext();
    }

    private bool IsAllOver()
    {
        for (var session = keeping.First; session is not null; session = session.Next)
        {
            if (session.Stage != OwnershipStage.Over) return false;
        }

        return true;
    }

    // From here on the call is ours, and alive.
    private void Return()
    {
        if (_returning is not { } snapshot) return;
        _returning = null;
        foreach (var timer in snapshot.Timers) core.Timers.Restore(timer);
        if (core.Failure is null) core.Run(actor.Relocated);
        else core.Abort("the application failed");
    }

    // Nobody let us have it: whoever has it keeps its record too.
    private void GiveUp()
    {
        if (!IsReturning || core.IsOver) return;
        if (_mayBeElsewhere)
        {
            core.Leave();
            return;
        }

        Return();
        foreach (var leg in core.Legs.ToArray())
        {
            if (!leg.IsOver && leg.Connection is not { IsUp: true }) leg.Finish(new LegEnd(EndedBy.ServerLost, "the signalling server is not reached"));
        }
    }

    /// <summary>A claim, until its answer.</summary>
    private sealed class Claiming(Reclaiming reclaiming, Ownership session, ServerConnection connection) : ICommand
    {
        public bool WantsSent => false;

        public bool WantsGrant => true;

        public void OnReply(Replied reply) => reclaiming.OnClaimed(session, connection, reply);

        public void OnLost(string reason)
        {
            if (session.Connection == connection && session.Stage == OwnershipStage.Claiming) session.Stage = OwnershipStage.Lost;
        }
    }

    /// <inheritdoc cref="CallCore.IsOver"/>
    public bool IsOver => core.IsOver;

    /// <inheritdoc cref="CallCore.Leave"/>
    public void Leave() => core.Leave();
}
