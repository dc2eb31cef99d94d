using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Dialogs of sessions: which they are, and what comes in them until the next owner has claimed them (docs/control-protocol.md §8.2, §8.4).</summary>
internal sealed class Inheritance(Partition partition)
{
    /// <summary>How many requests that nobody has seen wait in one dialog; whoever sent another sends it again.</summary>
    private const int MostHeld = 8;

    private ServerContext Context => partition.Context;

    /// <summary>How many requests wait.</summary>
    public int Count { get; private set; }

    /// <summary>A session is about the dialog that an unanswered INVITE will make, or has made.</summary>
    public void Expect(KeptSession session, ApplicationConnection application, TransactionId transaction, Octets name)
    {
        if (partition.Transactions.FindIncoming(transaction) is not { IsInvite: true, IsInDialog: false } invite || !ReferenceEquals(invite.Owner, application)) return;
        if (invite.Dialog is { } dialog) Attach(session, application, dialog, name);
        else if (invite.Phase == RequestPhase.Offered && session.TryExpect(application, name)) invite.Kept = session;
    }

    /// <summary>It is not, after all.</summary>
    public void Forgo(KeptSession session, TransactionId transaction, Octets name)
    {
        if (partition.Transactions.FindIncoming(transaction) is { } invite && ReferenceEquals(invite.Kept, session)) invite.Kept = null;
        session.Ended(name, partition.Now);
    }

    /// <summary>A session is about a dialog.</summary>
    public void Attach(KeptSession session, ApplicationConnection application, Octets id)
    {
        if (partition.Dialogs.Find(id) is { } dialog) Attach(session, application, dialog, default);
    }

    /// <summary>A session is about a dialog no longer.</summary>
    public void Detach(KeptSession session, Octets id)
    {
        if (partition.Dialogs.Find(id) is { } dialog && ReferenceEquals(dialog.Kept, session)) (dialog.Kept, dialog.IsGivenUp) = (null, true);
        session.Ended(id, partition.Now);
    }

    /// <summary>An INVITE has made its dialog.</summary>
    public static void Made(IncomingRequest invite, DialogEntry dialog)
    {
        if (invite.Kept is not { } session) return;
        invite.Kept = null;
        if (session.IsOver) return;
        dialog.Kept = session;
        session.Made(dialog.Id, TextOf(invite.Id));

        // It may have moved before its INVITE was answered.
        if (session.Owner is { } owner) dialog.Owner = owner;
    }

    /// <summary>A dialog was given back; whoever owns the session by now has it.</summary>
    public static void Restored(KeptSession session, DialogEntry dialog)
    {
        dialog.Kept = session;
        dialog.Owner = session.Owner;
        session.Made(dialog.Id, default);
    }

    /// <summary>The server has forgotten an INVITE that made no dialog, or a request whose sender has given it up.</summary>
    public void Forgotten(IncomingRequest incoming)
    {
        if (incoming.Kept is { } session) session.Ended(TextOf(incoming.Id), partition.Now);
        if (incoming.Phase == RequestPhase.Held) Drop(incoming);
    }

    /// <summary>An unanswered request outside dialogs is offered again, as it came, first to others of the same application.</summary>
    /// <param name="incoming">The request.</param>
    /// <param name="group">That application; null where nobody is to be asked any more.</param>
    public void Offer(IncomingRequest incoming, ApplicationGroup? group)
    {
        if (incoming.Kept is not null)
        {
            Forgotten(incoming);
            incoming.Kept = null;
        }

        if (incoming.Dialog is { Kept: { } session } early)
        {
            early.Kept = null;
            session.Ended(early.Id, partition.Now);
        }

        incoming.BeginAnew();
        if (group is not null) partition.Offers.OfferWithin(incoming, group);
        else partition.Offers.TurnAway(incoming);
        if (incoming is { Phase: RequestPhase.Answered, Dialog: { } failed }) partition.Endings.Remove(failed);
    }

    /// <summary>
    /// A request in the early dialog of an INVITE that is offered again: whoever gets that knows nothing of what was said before. A PRACK has done its work, the others may be
    /// tried again; 481 would make the caller think that the call is over (RFC 3261 §12.2.1.2).
    /// </summary>
    public void Interrupted(IncomingRequest incoming)
    {
        incoming.Owner = null;
        incoming.Dialog!.Open--;
        if (ReferenceEquals(incoming.Dialog.Update, incoming)) incoming.Dialog.Update = null;
        if (incoming.Request.Method == SipMethod.Prack) partition.Endings.InviteFailed(incoming, incoming.Respond(200));
        else partition.Endings.InviteFailed(incoming, DialogRequests.Retry(Context, incoming));
    }

    /// <summary>Whether a request may not even be begun: so many wait in this dialog that its sender has to try again.</summary>
    public static bool IsFull(DialogEntry dialog) => dialog.Held is { Count: >= MostHeld } && IsWaiting(dialog);

    /// <summary>Keeps a request in a dialog that waits for its next owner. False when it has one, or when none can come.</summary>
    public bool TryHold(DialogEntry dialog, IncomingRequest incoming)
    {
        if (!IsWaiting(dialog)) return false;
        if (incoming.IsInvite) dialog.Incoming = incoming;
        else if (incoming.Request.Method == SipMethod.Update) dialog.Update = incoming;
        Hold(dialog, incoming, isAgain: false);
        return true;
    }

    /// <summary>The same for an ACK.</summary>
    public bool TryHold(DialogEntry dialog, SipRequest ack, in Flow flow, TransactionId id)
    {
        if (!IsWaiting(dialog)) return false;
        if (!IsFull(dialog)) Hold(dialog, new HeldRequest(this, dialog, ack, flow, id, request: null, isAgain: false));
        return true;
    }

    /// <summary>A request that its owner had not answered: the next one is shown it, unless it was relayed.</summary>
    public void Lost(IncomingRequest incoming)
    {
        var dialog = incoming.Dialog!;
        var session = dialog.Kept!;
        var isRelayed = incoming.Relay is not null;
        if (dialog.IsOver && !isRelayed && !TryRevive(dialog)) return;
        incoming.Owner = null;
        incoming.Before = null;
        incoming.Phase = RequestPhase.Held;
        dialog.Open--;
        if (incoming.IsInvite) incoming.BeginAnew();
        if (incoming.Relay is { Response: { } response, Pending: 0 }) Answer(incoming, response);
        else if (!dialog.IsOver) Hold(dialog, incoming, isAgain: true);

        // Somebody may have been quicker than the news of the loss.
        if (session.Owner is { IsOpen: true } claimed) Show(dialog, claimed);
    }

    /// <summary>A session was claimed: the dialog is the claimant's, and what waited in it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">The dialog.</param>
    /// <param name="owner">The claimant.</param>
    /// <param name="previous">Who had it before; null when that was lost.</param>
    public void Take(KeptSession session, Octets id, ApplicationConnection owner, ApplicationConnection? previous)
    {
        if (partition.Dialogs.Find(id) is not { } dialog || !ReferenceEquals(dialog.Kept, session) || !ReferenceEquals(session.Owner, owner)) return;
        var isMove = previous is { IsOpen: true };
        foreach (var open in partition.Transactions.OpenIn(dialog))
        {
            if (ReferenceEquals(open.Owner, owner)) continue;
            if (isMove) (open.Before, open.Owner) = (open.Owner, owner);
            else Lost(open);
        }

        // What one that is lost has asked, the next one knows nothing of.
        if (isMove)
        {
            partition.Transactions.Pass(dialog, owner);
            dialog.Outgoing?.Pass(owner);
        }

        dialog.Owner = owner;
        partition.States.Tell(dialog);
        Show(dialog, owner);
    }

    /// <summary>Nobody has claimed the session.</summary>
    public void End(KeptSession session, Octets id)
    {
        if (partition.Dialogs.Find(id) is not { } dialog || !ReferenceEquals(dialog.Kept, session) || session.Owner is not null) return;
        if (HasBye(dialog)) partition.Endings.Remove(dialog);
        else partition.Endings.End(dialog, Endings.ApplicationGone);
    }

    /// <summary>The dialog is over: what waits in it is answered.</summary>
    public void Release(DialogEntry dialog)
    {
        if (dialog.Held is not { } held) return;
        dialog.Held = null;
        Count -= held.Count;
        foreach (var waiting in held)
            if (IsUnanswered(waiting.Request)) waiting.Request!.Respond(waiting.Message.Method == SipMethod.Bye ? 200 : 487);
    }

    /// <summary>A BYE has waited too long: the far end shall not think that we are not there.</summary>
    public void Overdue(DialogEntry dialog, HeldRequest bye)
    {
        if (dialog.Held?.Contains(bye) == true) partition.Endings.Remove(dialog);
    }

    /// <summary>An application is about to send a request because of one that it received. False when it has not got that.</summary>
    public bool TryLink(ApplicationConnection application, TransactionId received)
    {
        if (partition.Transactions.FindIncoming(received) is not { IsInvite: false, IsInDialog: true, Phase: RequestPhase.Offered } incoming
            || !ReferenceEquals(incoming.Owner, application)) return false;
        incoming.Before = null;
        (incoming.Relay ??= new Relay()).Pending++;
        return true;
    }

    /// <summary>It was not sent after all.</summary>
    public void Unlink(TransactionId received)
    {
        if (partition.Transactions.FindIncoming(received) is { Relay: { } relay } incoming && --relay.Pending == 0 && relay.Response is null) incoming.Relay = null;
    }

    /// <summary>That request was answered.</summary>
    public void Answered(TransactionId received, SipResponse response)
    {
        if (partition.Transactions.FindIncoming(received) is not { Relay: { } relay } incoming || !IsUnanswered(incoming)) return;
        relay.Response = response;
        if (--relay.Pending > 0) return;
        if (incoming.Phase != RequestPhase.Held || incoming.Dialog is null) return;
        Drop(incoming);
        Answer(incoming, response);
    }

    private void Drop(IncomingRequest incoming) => Count -= incoming.Dialog?.Held?.RemoveAll(waiting => ReferenceEquals(waiting.Request, incoming)) ?? 0;

    private static bool IsUnanswered(IncomingRequest? request) => request is { Phase: not RequestPhase.Answered, FinalStatus: 0 };

    // Its session has no owner, or one that this dialog has not been told of yet.
    private static bool IsWaiting(DialogEntry dialog) =>
        dialog.Kept is { IsOver: false } session && (dialog.Owner is not { IsOpen: true } || !ReferenceEquals(dialog.Owner, session.Owner));

    private static bool HasBye(DialogEntry dialog)
    {
        foreach (var waiting in dialog.Held ?? [])
            if (waiting.Message.Method == SipMethod.Bye) return true;
        return false;
    }

    private static Octets TextOf(TransactionId id)
    {
        Span<byte> text = stackalloc byte[TransactionId.TextLength];
        id.Write(text);
        return Octets.Of(text);
    }

    private void Attach(KeptSession session, ApplicationConnection application, DialogEntry dialog, Octets transaction)
    {
        if (ReferenceEquals(dialog.Kept, session)) return;
        // What one process of an application has given up another may have: a leg that goes over to a call elsewhere.
        var isGiven = dialog is { IsGivenUp: true, Kept: null or { IsOver: true }, Owner: { IsOpen: true, Group: { } group } } && ReferenceEquals(group, application.Group);
        if (!ReferenceEquals(dialog.Owner, application) && dialog.Owner is { IsOpen: true } && !isGiven) return;
        var other = dialog.Kept;
        if (other is { IsOver: false } && !ReferenceEquals(other.Owner, application)) return;
        if (!session.TryAttach(application, dialog.Id, transaction)) return;
        other?.Ended(dialog.Id, partition.Now);
        if (isGiven)
        {
            foreach (var open in partition.Transactions.OpenIn(dialog)) open.Owner = application;
            partition.Transactions.Pass(dialog, application);
            dialog.Outgoing?.Pass(application);
        }

        (dialog.Kept, dialog.IsGivenUp) = (session, false);
        dialog.Owner = application;
        partition.States.Tell(dialog);
    }

    private void Hold(DialogEntry dialog, IncomingRequest incoming, bool isAgain)
    {
        incoming.Phase = RequestPhase.Held;
        var waiting = new HeldRequest(this, dialog, incoming.Request, incoming.Flow, incoming.Id, incoming, isAgain);
        Hold(dialog, waiting);
        if (incoming.Request.Method == SipMethod.Bye) partition.SetTimer(Context.SipTimers.T1x64, waiting, 0);
    }

    // In the order of their numbers: what the lost owner had seen came first.
    private void Hold(DialogEntry dialog, HeldRequest waiting)
    {
        var held = dialog.Held ??= [];
        var at = held.Count;
        while (at > 0 && held[at - 1].Message.CSeq > waiting.Message.CSeq) at--;
        held.Insert(at, waiting);
        Count++;
    }

    // A BYE takes its dialog out of the tables before it is answered; nobody has answered this one.
    private bool TryRevive(DialogEntry dialog)
    {
        if (!partition.Dialogs.TryIndex(dialog.Dialog.Key, dialog)) return false;
        dialog.IsOver = false;
        partition.Dialogs.Add(dialog);
        dialog.Kept!.Made(dialog.Id, default);
        return true;
    }

    private void Show(DialogEntry dialog, ApplicationConnection owner)
    {
        dialog.Owner = owner;
        if (dialog.Held is not { } held) return;
        dialog.Held = null;
        Count -= held.Count;
        List<HeldRequest>? relayed = null;
        foreach (var waiting in held)
        {
            if (waiting.Request is not { } incoming) owner.Deliver(waiting.Message, waiting.Flow, TextOf(waiting.Id), dialog.Id, dialog.Kept);
            else if (!IsUnanswered(incoming)) continue;
            else if (waiting.IsRelayed) (relayed ??= []).Add(waiting);
            else partition.DialogRequests.Show(dialog, incoming, waiting.IsAgain);
        }

        if (relayed is null) return;
        dialog.Held = relayed;
        Count += relayed.Count;
    }

    private void Answer(IncomingRequest incoming, SipResponse answer)
    {
        var body = answer.Body;
        var builder = NewRequests.Builder.BeginResponse(incoming.Request, answer.StatusCode, answer.ReasonPhrase, incoming.LocalTag.Span);
        var dialog = incoming.Dialog!;
        var isRefresh = answer.IsSuccess && incoming.Request.Method == SipMethod.Update;
        var session = isRefresh ? partition.Sessions.ForAnswer(incoming, own: default) : default;
        if (isRefresh)
        {
            DialogRequests.WriteContact(builder, dialog, incoming.Flow.Transport, incoming.Flow.Transport.IdentityFor(incoming.Flow.Peer.Ip));
            Sessions.Write(builder, session);
        }

        if (!body.IsEmpty) builder.CopyFirst(answer, SipHeaderId.ContentType);
        var response = builder.ToResponse(body);
        DialogRequests.Answering(incoming, response);
        dialog.Gate = dialog.Gate.Sent(response);
        if (ReferenceEquals(dialog.Update, incoming)) dialog.Update = null;
        if (isRefresh) partition.Sessions.Accepted(dialog, response, session);
        incoming.Say(response);
        if (incoming.Request.Method == SipMethod.Bye) partition.Endings.Remove(dialog);
        incoming.LetGo();
    }
}
