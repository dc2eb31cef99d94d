using CallActors.Calls;
using CallActors.Connections;
using CallActors.Descriptions;
using CallActors.Ledger;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A dialog that began elsewhere: in another call that gave it away, or in this one before it moved to another node.</summary>
public sealed class AdoptedLeg : Leg
{
    internal AdoptedLeg(CallCore core, ServerConnection? connection, LegSnapshot snapshot, int? number = null)
        : base(core, connection, number)
    {
        IsIncoming = snapshot.IsIncoming;
        IsAnswered = true;
        DialogId = Octets.Of(snapshot.DialogId);
        CallId = snapshot.CallId;
        LocalTag = snapshot.LocalTag;
        RemoteTag = snapshot.RemoteTag;
        LocalUri = snapshot.LocalUri;
        RemoteUri = snapshot.RemoteUri;
        LocalSdp = snapshot.LocalSdp;
        RemoteSdp = snapshot.RemoteSdp;
        ServerState = snapshot.State;
        Session.Begin(snapshot.Hold == 0 ? null : (HoldMode)(snapshot.Hold - 1), snapshot.BeforeHold);
        State = core.Runtime.DialogStates.Resume(this, IsIncoming ? Presence.DialogDirection.Initiator : Presence.DialogDirection.Recipient);
    }

    /// <summary>Whether the far end had called.</summary>
    public bool IsIncoming { get; }

    /// <summary>Whether the leg came from a call on another node, which knows it still.</summary>
    internal bool IsFromElsewhere { get; set; }

    /// <inheritdoc/>
    internal override void Forget()
    {
        base.Forget();
        if (!IsFromElsewhere) return;
        IsFromElsewhere = false;
        Core.Runtime.ForgetElsewhere(new Cluster.DialogOver(Server, DialogId));
    }

    /// <inheritdoc/>
    internal override void OnArrived(Arrived arrived)
    {
        if (arrived.Request.Method == SipMethod.Ack) Session.Acknowledge(arrived.Request);
        else Core.Dialogs.OnRequest(this, arrived);
    }
}
