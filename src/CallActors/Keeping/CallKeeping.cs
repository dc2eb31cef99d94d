using System.Buffers;
using Akka.Actor;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Ledger;
using CallActors.Sip;

namespace CallActors.Keeping;

/// <summary>What outlives a call's place: what its servers and the ledger are told of it, its move to another node and its return.</summary>
/// <remarks>
/// Servers that keep sessions are told right before whatever makes the call one that must be kept: the 200 that answers, the ACK of a 200. Both are told of the same snapshot, and again
/// only when something changed that a successor must know.
/// </remarks>
internal sealed class CallKeeping(CallCore core, CallActor actor)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_names;

    private bool _hasChanged;
    private bool _isLedgerBehind;
    private bool _isInLedger;
    private long _version;

    /// <summary>The call's sessions, one for each server that keeps one.</summary>
    public Ownership? First { get; private set; }

    /// <summary>The key as sessions bear it.</summary>
    public Octets KeyText => field.IsEmpty ? field = Octets.Of(core.KeyText) : field;

    /// <summary>What is known of the call elsewhere is no longer true; it is told when the message is done with.</summary>
    public void Changed() => _hasChanged = true;

    /// <summary>Something is news to the ledger alone: a server's own memory, an incarnation.</summary>
    public void Learned() => _isLedgerBehind = true;

    /// <summary>A leg is about to be one that must be kept: its server is told at once, so that it hears of that before the answer or ACK that follows.</summary>
    public void Keep(Leg leg)
    {
        _hasChanged = true;
        if (leg.Connection is { } connection && connection.Grants(ExtensionFeatures.Session)) WriteDown();
    }

    /// <summary>Tells what has changed. A call that was never answered leaves nothing, and neither does one whose caller is about to be: whoever is lost before an answer is offered again.</summary>
    public void WriteDown()
    {
        if (core.IsOver || !(_hasChanged || _isLedgerBehind) || core.Caller is { IsPending: true }) return;
        var isForServers = _hasChanged;
        (_hasChanged, _isLedgerBehind) = (false, false);
        // Of a call that is being hung up nobody has to know more: which dialogs are over the server knows.
        if (!HasStake()) isForServers = false;
        var isForLedger = core.Runtime.Ledger != NoLedger.Instance && (core.AnsweredAt is not null || core.Caller is { IsAnswering: true });
        if (!isForLedger && !(isForServers && First is not null)) return;
        var snapshot = CallSnapshots.Of(core, ++_version, State());
        if (isForServers) Tell(snapshot);
        if (!isForLedger) return;
        _isInLedger = true;
        core.Runtime.Ledger.Living(snapshot);
    }

    /// <summary>A leg goes over to another call, perhaps on another node: its server hears that it is none of this call's any more before anybody acts on it.</summary>
    public void GiveUp()
    {
        if (First is not null) Tell(CallSnapshots.Of(core, ++_version, State()));
        for (var session = First; session is not null; session = session.Next) session.Connection?.Flush();
    }

    /// <summary>The call's record is written: nobody needs to know anything of the call any more.</summary>
    public void LetGo()
    {
        if (_isInLedger) core.Runtime.Ledger.Ended(core.Key);
        for (var session = First; session is not null; session = session.Next)
        {
            if (!session.IsWritten || session.Stage == OwnershipStage.Over) continue;
            if (session is { Stage: OwnershipStage.Ours, Connection.IsUp: true }) Write(session, default, default);
            else core.Runtime.Sessions.Owe(session, core.Key);
        }
    }

    /// <summary>The call goes on elsewhere, and this node forgets it.</summary>
    public void Forget()
    {
        core.Runtime.Ledger.Ended(core.Key);
        First = null;
    }

    /// <summary>Builds the legs anew, none of them ours yet.</summary>
    /// <returns>False when the call is alive: it knows better than what was written of it.</returns>
    public bool Restore(CallSnapshot snapshot)
    {
        if (core.Request is not null || core.Legs.Count > 0 || _version > 0) return false;
        _version = snapshot.Version;
        _isInLedger = core.Runtime.Ledger != NoLedger.Instance;
        foreach (var leg in snapshot.Legs)
        {
            var session = leg.Run.Length == 0 ? null : Find(leg.Server) ?? Add(new Ownership(leg.Server) { Run = leg.Run, Incarnation = leg.Incarnation, Stage = OwnershipStage.Lost, IsWritten = true });
            var connection = session is null ? core.Runtime.Traffic.Find(leg.Server) : null;
            var adopted = new AdoptedLeg(core, connection, leg, leg.Id) { Ownership = session };
            if (connection is not null) adopted.Attach(connection);
            core.Add(adopted);
        }

        foreach (var leg in snapshot.Legs)
        {
            if (leg.Peer == 0 || LegOf(leg.Id) is not { } one || LegOf(leg.Peer) is not { } other) continue;
            one.Peer = other;
            one.PeerHeaders = Headers.HeaderPolicy.Read(leg.PeerHeaders);
        }

        try
        {
            actor.ReadState(snapshot.State);
        }
        catch (Exception failure)
        {
            // The legs are ended once they are ours.
            core.Note(failure);
        }

        return true;
    }

    /// <summary>Whether a server has been asked for dialogs and has not answered: what it grants is granted to this node.</summary>
    public bool IsClaiming
    {
        get
        {
            for (var session = First; session is not null; session = session.Next)
            {
                if (session.Stage == OwnershipStage.Claiming) return true;
            }

            return false;
        }
    }

    /// <summary>The call's session on a server; null when there is none.</summary>
    public Ownership? Find(string server)
    {
        for (var session = First; session is not null; session = session.Next)
        {
            if (session.Server == server) return session;
        }

        return null;
    }

    /// <summary>The session that an offer of a server is about, made where the snapshot names no leg there.</summary>
    public Ownership Offered(string server, string run, int incarnation)
    {
        var session = Find(server) ?? Add(new Ownership(server) { Stage = OwnershipStage.Lost });
        (session.Run, session.Incarnation, session.IsWritten) = (run, incarnation, true);
        return session;
    }

    /// <summary>What the call goes on with on another node.</summary>
    public Restored Successor() => new(CallSnapshots.Of(core, ++_version, State()));

    // Where it cannot be written the application has failed, once what is under way is done with.
    private ReadOnlyMemory<byte> State()
    {
        try
        {
            return actor.WriteState();
        }
        catch (Exception failure)
        {
            if (core.Failure is null) actor.Me.Tell(new CallTimerFired(() => core.Fail(failure)), ActorRefs.NoSender);
            return default;
        }
    }

    private void Tell(CallSnapshot snapshot)
    {
        ReadOnlySpan<byte> blob = default;
        for (var session = First; session is not null; session = session.Next)
        {
            if (session.Stage == OwnershipStage.Over) continue;
            if (session is not { Stage: OwnershipStage.Ours, Connection.IsUp: true })
            {
                session.IsBehind = true;
                continue;
            }

            if (blob.IsEmpty) blob = SessionBlob.Write(snapshot);
            // A server refuses what is too long for a session, and breaks with whoever sends what is too long for a frame.
            if (blob.Length > SessionKey.MaxBytes)
            {
                core.Runtime.Sessions.OnTooLong(session.Server, core.KeyText);
                return;
            }

            Write(session, Names(session), blob);
            session.IsWritten = true;
        }
    }

    private void Write(Ownership session, ReadOnlySpan<byte> names, ReadOnlySpan<byte> blob)
    {
        core.Runtime.Traffic.Submit(session.Connection!, core.Key, null, FrameWriter.Session(KeyText, session.Incarnation, names, blob));
        core.Touch(session.Connection!);
    }

    // Whether anything of the call goes on unless it is told otherwise. Every leg that does belongs to a session from here on.
    private bool HasStake()
    {
        var any = First is not null && core.Timers.AreAwaited(hadLegs: true);
        foreach (var leg in core.Legs)
        {
            if (leg.IsOver || !leg.IsKept) continue;
            if (leg.Ownership is null && leg.Connection is { } connection && connection.Grants(ExtensionFeatures.Session)) Join(leg, connection);
            any |= !leg.IsEnding;
        }

        return any;
    }

    private void Join(Leg leg, ServerConnection connection)
    {
        leg.Ownership = Begin(connection);
        // The legs that we placed carry the key, but somebody must be told when the connection is lost; with a caller the call is.
        if (core.Caller is null) core.Runtime.Traffic.TablesOf(connection).AddDialog(leg.DialogId, core.Key);
    }

    private Ownership Begin(ServerConnection connection)
    {
        if (Find(connection.Server) is { } known && known.Stage != OwnershipStage.Over) return known;
        if (Find(connection.Server) is { } over)
        {
            (over.Run, over.Incarnation, over.Connection, over.Stage, over.IsWritten) = (connection.Run, 0, connection, OwnershipStage.Ours, false);
            return over;
        }

        return Add(new Ownership(connection.Server) { Run = connection.Run, Connection = connection });
    }

    private Ownership Add(Ownership session)
    {
        session.Next = First;
        return First = session;
    }

    private Leg? LegOf(int number)
    {
        foreach (var leg in core.Legs)
        {
            if (leg.Number == number) return leg;
        }

        return null;
    }

    // The caller's dialog is named by its INVITE until that is answered.
    private ReadOnlySpan<byte> Names(Ownership session)
    {
        var names = t_names ??= new ArrayBufferWriter<byte>(256);
        names.ResetWrittenCount();
        foreach (var leg in core.Legs)
        {
            if (leg.IsOver || !leg.IsKept || leg.Ownership != session) continue;
            if (names.WrittenCount > 0) names.Write(","u8);
            names.Write((leg is IncomingCall { IsAnswered: false } caller ? caller.Invite.TransactionId : leg.DialogId).Span);
        }

        return names.WrittenSpan;
    }
}
