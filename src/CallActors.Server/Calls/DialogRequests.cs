using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Requests within dialogs, both ways: specification 1.5.5, 3.2.4, 3.11.</summary>
internal sealed class DialogRequests(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>A request of the network in a dialog of ours.</summary>
    public void Received(DialogEntry dialog, SipRequest request, in Flow flow)
    {
        if (dialog.Kept is not null && Inheritance.IsFull(dialog))
        {
            Context.Counters.MessageDropped();
            return;
        }

        if (partition.Intake.Begin(request, flow, isInDialog: true) is not { } incoming) return;
        incoming.Dialog = dialog;
        var value = ForkOf(dialog, request);
        if (!value.TryReceive(request, out var next))
        {
            incoming.Respond(500, "CSeq Out Of Order"u8);
            return;
        }

        Replace(dialog, value, next);
        if (flow.Connection is not null) dialog.Route = SipTarget.Of(flow);
        partition.States.Tell(dialog);
        if (IsRefused(dialog, incoming)) return;

        switch (request.Method)
        {
            case SipMethod.Prack when dialog.Incoming is { IsReliable: true } invite:
                invite.TakePrack(request);
                return;
            case SipMethod.Prack when dialog is { IsServer: true, Dialog.IsConfirmed: false }:
                incoming.Respond(481);
                return;
            case SipMethod.Bye when !dialog.Dialog.IsConfirmed:
                incoming.Respond(481);
                return;
        }

        if (dialog.Kept is not null && partition.Inheritance.TryHold(dialog, incoming)) return;
        if (dialog.Owner is not { IsOpen: true })
        {
            // Nobody is there to answer: the peer may as well know (specification 2.4).
            incoming.Respond(481);
            if (request.Method == SipMethod.Bye) partition.Endings.Remove(dialog);
            return;
        }

        if (request.Method == SipMethod.Invite) dialog.Incoming = incoming;
        else if (request.Method == SipMethod.Update) dialog.Update = incoming;
        Show(dialog, incoming, isAgain: false);
    }

    /// <summary>Shows a request to the dialog's owner, after what it does to the dialog.</summary>
    public void Show(DialogEntry dialog, IncomingRequest incoming, bool isAgain)
    {
        if (incoming.Request.Method == SipMethod.Bye) Ended(dialog, incoming);
        Deliver(dialog, incoming, isAgain);
        if (EndsSubscription(dialog, incoming.Request)) partition.Endings.Remove(dialog, incoming);
    }

    /// <summary>Shows a request to the dialog's owner.</summary>
    public void Deliver(DialogEntry dialog, IncomingRequest incoming, bool isAgain = false)
    {
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        incoming.Id.Write(id);
        incoming.Owner = dialog.Owner;
        incoming.Phase = RequestPhase.Offered;
        dialog.Open++;
        dialog.Owner?.Deliver(incoming.Request, incoming.Flow, id, dialog.Id.Span, dialog.Kept, isAgain);
        var limit = incoming.IsInvite ? Context.Options.Limits.AppAnswerTimeout : Context.SipTimers.T1x64 * 0.9;
        incoming.LimitAnswer(limit);
    }

    /// <summary>The owner is about to answer a request in its dialog.</summary>
    public static void Answering(IncomingRequest incoming, SipResponse response)
    {
        var dialog = incoming.Dialog!;
        dialog.Dialog = dialog.Dialog.AfterAnswering(incoming.Request, response);
        if (TargetRefresh.Is(incoming.Request.Method) && Answers.ContactValueOf(response) is { IsEmpty: false } contact) dialog.Contact = contact;
    }

    /// <summary>The owner has answered finally.</summary>
    public static void Answered(IncomingRequest incoming, SipResponse response)
    {
        var dialog = incoming.Dialog!;
        dialog.Open--;
        if (ReferenceEquals(dialog.Update, incoming)) dialog.Update = null;
        if (ReferenceEquals(dialog.Incoming, incoming) && !response.IsSuccess) dialog.Incoming = null;
    }

    /// <summary>A response to a request that we sent in a dialog.</summary>
    public void Responded(DialogEntry dialog, SipRequest request, SipResponse response)
    {
        dialog.Gate = dialog.Gate.Received(response);
        dialog.Dialog = dialog.Dialog.AfterReceiving(response);
        if (request.Method == SipMethod.Update) partition.Sessions.Answered(dialog, request, response);
        if (!response.IsFinal)
        {
            partition.States.Tell(dialog);
            return;
        }

        if (request.Method == SipMethod.Subscribe && dialog.Method == SipMethod.Subscribe && response.IsSuccess) SubscriptionClock.Renew(partition, dialog, response);
        if (request.Method == SipMethod.Bye && response.StatusCode is 401 or 407) partition.Endings.ByeChallenged(dialog);
        var ends = request.Method == SipMethod.Bye
            ? response.StatusCode is not (401 or 407)
            : dialog.Method == SipMethod.Subscribe && (EndsSubscription(dialog, request) ? response.StatusCode is not (401 or 407) : IsGone(request.Method, response.StatusCode));
        if (ends) partition.Endings.Remove(dialog);
        else partition.States.Tell(dialog);
    }

    /// <summary>Sends a request of an application in a dialog. False when it was turned down, or was an ACK.</summary>
    public bool Send(ApplicationConnection application, ReadOnlySpan<byte> command, DialogRequestCommand asked, TransactionId? relayed)
    {
        var message = asked.Sip;
        var method = SipMethods.Find(message.Method);
        var entry = partition.Dialogs.Find(asked.DialogId);
        if (method == SipMethod.Ack)
        {
            partition.Confirmations.Send(application, command, entry, message);
            return false;
        }

        if (entry is null)
        {
            application.Nok(command, ControlTexts.InDialog.UnknownDialog);
            return false;
        }

        if (entry.Kept is { IsOver: false } session && !ReferenceEquals(session.Owner, application))
        {
            application.Nok(command, ControlTexts.InDialog.NotOwner);
            return false;
        }

        // Whoever speaks for a dialog that has lost its owner has it from now on.
        if (entry.Owner is not { IsOpen: true }) entry.Owner = application;

        var value = method == SipMethod.Prack && RseqOf(message) is var rseq && entry.Outgoing?.ForkOf(rseq) is { } fork ? fork : entry.Dialog;
        if (Target(entry, value) is not { } target)
        {
            application.Nok(command, ControlTexts.InDialog.NoRoute, entry.Id.Span);
            return false;
        }

        if (!entry.Gate.MaySend(method, hasOffer: !message.Body.IsEmpty))
        {
            application.Nok(command, ControlTexts.InDialog.TransactionFailed, ControlTexts.InDialog.SessionBusy);
            return false;
        }

        if (method == SipMethod.Bye && entry.Outgoing is { IsPending: true, IsReinvite: true } reinvite) reinvite.GiveUp(reinvite.Request.CancelFor());

        // What an earlier run of this server has sent goes out as it was, or its far end does not know it again.
        var sequence = asked.Sequence is { } before && before <= value.LocalSequence && application.Group is not null && method is not (SipMethod.Invite or SipMethod.Ack) ? before : default(uint?);
        var next = sequence is null ? value.Advance() : value;
        var composed = Compose(entry, next, target, method, message, BranchOf(application, asked, method), sequence ?? next.LocalSequence);
        if (composed.Message is not { } request)
        {
            application.Nok(command, composed.Text, composed.Detail);
            return false;
        }

        Replace(entry, value, next);
        if (TargetRefresh.Is(method) && Answers.ContactValueOf(request) is { IsEmpty: false } contact) entry.Contact = contact;
        entry.Gate = entry.Gate.Sent(request);
        partition.States.Tell(entry);
        Begin(application, command, entry, request, target, asked, relayed);
        return true;
    }

    /// <summary>Where requests in a dialog go: its registered connection, its own next hop, its first route or its target.</summary>
    public SipTarget? Target(DialogEntry entry, Dialog value)
    {
        if (Registrations.TryFind(Context, value.RemoteTarget, out var registered)) return SipTarget.Of(registered);
        if (entry.Route is { } route && route.Connection is not { IsOpen: false }) return route;
        if (!SipUriView.TryParse(value.NextHop(), out var hop) || !hop.IsSip || hop.Host.IsEmpty) return null;
        return Context.Transports.Select(hop) is { } transport ? SipTarget.Of(transport, hop) : null;
    }

    /// <summary>A request of the server's own in a dialog: a BYE, a refresh.</summary>
    /// <param name="entry">The dialog.</param>
    /// <param name="value">The dialog with the number of this request taken.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="method">The method.</param>
    /// <param name="sequence">The number: the dialog's, or for ACK that of its INVITE.</param>
    public SipMessageBuilder Open(DialogEntry entry, Dialog value, SipTarget target, ReadOnlySpan<byte> method, uint sequence)
    {
        var self = target.Transport.IdentityFor(target.Address?.Ip);
        var builder = value.BeginRequest(NewRequests.Builder, method);
        NewRequests.WriteVia(builder, target.Transport, self, Context.Identity.NewBranch().Span);
        builder.Header(SipHeaderId.MaxForwards, 70);
        return value.WriteHeaders(builder, method, sequence);
    }

    /// <summary>Writes the Contact that the dialog shows: the last one sent in it, else our own.</summary>
    public static void WriteContact(SipMessageBuilder builder, DialogEntry entry, SipTransport transport, SipTransport.Identity self)
    {
        if (entry.Contact.IsEmpty) ContactRules.WriteOwn(builder, self);
        else ContactRules.WriteCorrected(builder, entry.Contact.Span, transport, self);
    }

    private Composed<SipRequest> Compose(DialogEntry entry, Dialog value, SipTarget target, SipMethod method, AppMessage message, ReadOnlySpan<byte> branch, uint sequence)
    {
        var self = target.Transport.IdentityFor(target.Address?.Ip);
        var builder = value.BeginRequest(NewRequests.Builder, message.Method);
        NewRequests.WriteVia(builder, target.Transport, self, branch);
        builder.Header(SipHeaderId.MaxForwards, message.TryFind("Max-Forwards"u8, out var hops) ? hops : "70"u8);
        value.WriteHeaders(builder, message.Method, sequence);
        if (TargetRefresh.Is(method) && method != SipMethod.Notify && !message.TryFind("Contact"u8, out _)) WriteContact(builder, entry, target.Transport, self);
        if (!Context.HeaderRules.TryWrite(builder, message, self, static id => IsDialogs(id), out var bad))
            return Composed<SipRequest>.Refused(ControlTexts.InDialog.TransactionFailed, NewRequests.Because(bad));
        if (!BodyRules.TryWriteType(builder, message, isRequest: true)) return Composed<SipRequest>.Refused(ControlTexts.InDialog.MissingContentType);
        var request = builder.ToRequest(message.Body);
        return builder.Rejection == SipRejection.None
            ? Composed<SipRequest>.Done(request)
            : Composed<SipRequest>.Refused(ControlTexts.InDialog.TransactionFailed, NewRequests.Because(builder.RejectedHeader));
    }

    // Whoever names it says the request again, should this server be lost, and the far end knows it again (docs/control-protocol.md §8.5).
    private ReadOnlySpan<byte> BranchOf(ApplicationConnection application, DialogRequestCommand asked, SipMethod method) =>
        application.Group is not null && BranchNames.IsUsable(asked.Branch) && !partition.Transactions.HasOutgoing(asked.Branch, method) ? asked.Branch : Context.Identity.NewBranch().Span;

    private void Begin(ApplicationConnection application, ReadOnlySpan<byte> command, DialogEntry entry, SipRequest request, SipTarget target, DialogRequestCommand asked, TransactionId? relayed)
    {
        var givenId = Octets.Of(asked.TransactionId);
        OutgoingRequest outgoing;
        if (request.Method == SipMethod.Invite)
        {
            var invite = ApplicationInvite.Within(partition, entry, application, request, givenId);
            outgoing = partition.Prepare(request, target, invite);
            invite.Begin(outgoing);
            entry.Outgoing = invite;
        }
        else
        {
            outgoing = partition.Prepare(request, target, new ApplicationRequest(partition, application, request, entry) { GivenId = givenId, For = relayed });
        }

        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        outgoing.Id.Write(id);
        application.RequestSent(command, request, outgoing.Flow, givenId.IsEmpty ? id : givenId.Span);
        if (request.Method == SipMethod.Bye) Context.Cdrs.Stop(request, CdrReason.NormalRelease, isSent: true);
        outgoing.Start();
    }

    private static bool IsDialogs(SipHeaderId id) =>
        id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq or SipHeaderId.MaxForwards or SipHeaderId.ContentType;

    // RFC 3261 §14.2, RFC 3311 §5.2, RFC 4028 §6: what the owner need not see, answered.
    private bool IsRefused(DialogEntry dialog, IncomingRequest incoming)
    {
        var request = incoming.Request;
        if (request.Method is not (SipMethod.Invite or SipMethod.Update or SipMethod.Prack)) return false;
        if (request.Method == SipMethod.Invite && (!ContactView.TryParse(request.First(SipHeaderId.Contact), out var contact) || contact.IsStar))
        {
            incoming.Respond(400);
            return true;
        }

        // Until the ACK for our last 2xx is here the INVITE before is not over (RFC 5407 §3.1.5); a second one would hide it.
        if (request.Method == SipMethod.Invite && dialog.Incoming is { AwaitsAck: true })
        {
            incoming.Respond(491);
            return true;
        }

        switch (dialog.Gate.Receive(request, out var gate))
        {
            case SessionVerdict.Glare:
                incoming.Respond(491);
                return true;
            case SessionVerdict.Busy:
                Retry(Context, incoming);
                return true;
        }

        if (request.Method != SipMethod.Prack && partition.Sessions.TryRefuse(incoming)) return true;
        dialog.Gate = gate;
        return false;
    }

    // RFC 3261 §14.2: 500 with a Retry-After of 0 to 10 s by chance.
    internal static SipResponse Retry(ServerContext context, IncomingRequest incoming)
    {
        var builder = NewRequests.Builder.BeginResponse(incoming.Request, 500, default, incoming.LocalTag.Span);
        builder.Header(SipHeaderId.RetryAfter, context.Identity.Next(11));
        var response = builder.ToResponse();
        incoming.Respond(response);
        return response;
    }

    private void Ended(DialogEntry dialog, IncomingRequest bye)
    {
        partition.Endings.Remove(dialog);
        Context.Cdrs.Stop(bye.Request, CdrReason.NormalRelease, isSent: false);
    }

    private static bool EndsSubscription(DialogEntry dialog, SipRequest request) =>
        dialog.Method == SipMethod.Subscribe && request.Method == SipMethod.Notify
        && SubscriptionState.TryParse(request.First(SipHeaderId.SubscriptionState), out var state)
        && state.Status == SubscriptionStatus.Terminated;

    // The responses that end a subscription whatever was asked in it (RFC 6665 §4.1.2.2, §4.2.2); who does not answer a NOTIFY is gone as well.
    private static bool IsGone(SipMethod method, int status) => method switch
    {
        SipMethod.Subscribe or SipMethod.Notify when status is 404 or 405 or 410 or 416 or (>= 480 and <= 485) or 489 or 501 or 604 => true,
        SipMethod.Notify => status == 408,
        _ => false,
    };

    private static Dialog ForkOf(DialogEntry dialog, SipRequest request)
    {
        if (dialog.Dialog.RemoteTag.SequenceEqual(request.FromTag)) return dialog.Dialog;
        return dialog.Outgoing?.ForkOf(request.FromTag) ?? dialog.Dialog;
    }

    private static void Replace(DialogEntry entry, Dialog before, Dialog after)
    {
        if (ReferenceEquals(entry.Dialog, before)) entry.Dialog = after;
        entry.Outgoing?.Update(before, after);
    }

    private static uint RseqOf(AppMessage message) =>
        message.TryFind("RAck"u8, out var value) && RAckView.TryParse(value, out var rack) ? rack.ResponseNumber : 0;
}
