using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>What applications answer to requests of the network: specification 1.5.6, 3.2.3, 3.5, 3.6.</summary>
internal sealed class Answers(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>A response of an application.</summary>
    public void Respond(ApplicationConnection application, ReadOnlySpan<byte> command, TransactionId id, AppMessage message)
    {
        var incoming = partition.Transactions.FindIncoming(id);
        if (incoming is { IsInvite: true, Dialog.Update: { } update } && AnswersUpdate(message)) incoming = update;
        if (incoming?.Owner is null || incoming.Phase is RequestPhase.Routing or RequestPhase.Proxied
            || (application.Group is not null && !ReferenceEquals(incoming.Owner, application) && !HasClaimed(application, incoming)))
        {
            application.Nok(command, AnswersCancel(message) ? ControlTexts.Response.CancelAnswered : ControlTexts.Response.UnknownTransaction);
            return;
        }

        if (incoming.Phase == RequestPhase.Answered)
        {
            // What was said first stands; the application is shown that (specification 1.6).
            if (incoming.Said is { } said) application.ResponseSent(command, said, incoming.Flow, incoming.Id, IdOf(incoming).Span);
            else application.Nok(command, ControlTexts.Response.UnknownTransaction);
            return;
        }

        if (incoming.Flow.Connection is { IsOpen: false })
        {
            application.Nok(command, ControlTexts.Response.TransportClosed);
            incoming.Respond(503);
            incoming.Owner = null;
            return;
        }

        Answer(application, command, incoming, message);
    }

    // A BYE has taken its dialog out of the tables before it is answered, and a claim from one that lives finds no dialog there.
    private static bool HasClaimed(ApplicationConnection application, IncomingRequest incoming) =>
        incoming is { IsInDialog: true, Dialog: { IsOver: true, Kept: { IsOver: false } session } } && ReferenceEquals(session.Owner, application);

    private void Answer(ApplicationConnection application, ReadOnlySpan<byte> command, IncomingRequest incoming, AppMessage message)
    {
        var request = incoming.Request;
        var status = message.Status;
        if (incoming.LocalTag.IsEmpty && request.ToTag.IsEmpty && status > 100) incoming.LocalTag = AppTag(message) is { IsEmpty: false } tag ? tag : Context.Identity.NewTag();

        if (incoming is { IsInvite: true, Dialog: null } && status is > 100 and < 300 && HasAnsweredSibling(request))
        {
            partition.Offers.Reject(incoming, 480);
            application.Nok(command, ControlTexts.Response.DialogExists);
            return;
        }

        var reliable = incoming.IsInvite && status is > 100 and < 200;
        var wanted = reliable && Asks100Rel(message);
        var automatic = reliable && !wanted && Sip.Headers.TokenList.Contains(request, SipHeaderId.Require, "100rel"u8);
        if (wanted && !Sip.Headers.TokenList.Contains(request, SipHeaderId.Require, "100rel"u8) && !Sip.Headers.TokenList.Contains(request, SipHeaderId.Supported, "100rel"u8))
        {
            application.Nok(command, ControlTexts.Response.No100Rel);
            return;
        }

        reliable = wanted || automatic;
        var session = status is >= 200 and < 300 && request.Method is SipMethod.Invite or SipMethod.Update
            ? partition.Sessions.ForAnswer(incoming, message) : default;
        Action<SipMessageBuilder>? extra = null;
        if (reliable)
        {
            var rseq = (int)incoming.NextRSeq;
            extra = builder =>
            {
                if (automatic) builder.Header(SipHeaderId.Require, "100rel"u8);
                builder.Header(SipHeaderId.RSeq, rseq);
            };
        }
        else if (session.Header is not null)
        {
            extra = builder => Sessions.Write(builder, session);
        }

        var composed = Context.Responses.Compose(
            message, request, incoming.Flow.Transport, incoming.Flow.Peer, incoming.LocalTag.Span, ContactOf(incoming, status), Context.Options.BestEffortTls, extra);
        if (composed.Message is not { } response)
        {
            application.Nok(command, composed.Text, composed.Detail);
            return;
        }

        incoming.Before = null;
        Apply(incoming, response, application);
        if (incoming.Dialog is { } dialog)
        {
            dialog.Gate = dialog.Gate.Sent(response);
            if (response.IsSuccess && request.Method == SipMethod.Subscribe && dialog.Method == SipMethod.Subscribe) SubscriptionClock.Renew(partition, dialog, response);
            if (response.IsSuccess && request.Method is SipMethod.Invite or SipMethod.Update) partition.Sessions.Accepted(dialog, response, session);
        }

        incoming.Said = response;
        if (reliable) incoming.SayReliably(response, automatic);
        else incoming.Say(response);

        if (incoming.Dialog is { } told) partition.States.Tell(told);
        if (incoming.SendFault is null) application.ResponseSent(command, response, incoming.Flow, incoming.Id, IdOf(incoming).Span);
        else application.Nok(command, ControlTexts.Response.SendFailed);
        Finish(incoming, response);
        incoming.LetGo();
    }

    // What a response does to the dialog, before it leaves: the answer to it may come back at once.
    private void Apply(IncomingRequest incoming, SipResponse response, ApplicationConnection application)
    {
        if (response.StatusCode > 100 && !response.IsFinal) incoming.HasProgressed = true;
        if (incoming.IsInDialog)
        {
            DialogRequests.Answering(incoming, response);
            return;
        }

        var makesDialog = incoming.Request.Method switch
        {
            SipMethod.Invite => response.StatusCode is > 100 and < 300,
            SipMethod.Subscribe => response.IsSuccess,
            _ => false,
        };
        if (!makesDialog) return;

        if (incoming.Dialog is { } early) early.Dialog = early.Dialog.Confirm(response);
        else incoming.Dialog = Make(incoming, response, application);
        if (ContactValueOf(response) is { IsEmpty: false } contact) incoming.Dialog.Contact = contact;
    }

    private DialogEntry Make(IncomingRequest incoming, SipResponse response, ApplicationConnection application)
    {
        var request = incoming.Request;
        var value = Dialog.ForServer(request, response, (uint)Context.Identity.Next(1 << 20), incoming.Flow.Transport.Protocol == Net.NetProtocol.Tls);
        var entry = new DialogEntry(partition.Dialogs.NewId(request.CallId, request.FromTag), request.Method, isServer: true, value, application)
        {
            Route = Nat.ForServer(request, incoming.Flow, Context.Options),
            Incoming = incoming.IsInvite ? incoming : null,
        };
        entry.Gate.Receive(request, out var gate);
        entry.Gate = gate;
        partition.Dialogs.Add(entry);
        partition.Dialogs.TryIndex(value.Key, entry);
        Inheritance.Made(incoming, entry);
        return entry;
    }

    private void Finish(IncomingRequest incoming, SipResponse response)
    {
        if (!response.IsFinal) return;
        if (incoming.IsInDialog)
        {
            DialogRequests.Answered(incoming, response);
            return;
        }

        switch (incoming.Request.Method)
        {
            case SipMethod.Invite when response.IsSuccess:
                Context.Cdrs.Start(response, CdrRole.Uas, isSent: true);
                break;
            case SipMethod.Invite:
                if (incoming.Dialog is { } early) partition.Endings.Remove(early);
                Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: true);
                break;
            case SipMethod.Register or SipMethod.Subscribe when response.IsSuccess:
                Registrations.Remember(Context, incoming.Request, response, incoming.Flow);
                break;
        }
    }

    // Two INVITEs of one fork: once one is answered, the other is refused (specification 3.5 a).
    private bool HasAnsweredSibling(SipRequest request) => partition.Dialogs.Sibling(request) is { Dialog.IsConfirmed: true };

    private static ContactUse ContactOf(IncomingRequest incoming, int status) => incoming.Request.Method switch
    {
        SipMethod.Invite or SipMethod.Subscribe when incoming.IsInDialog => status > 100 ? ContactUse.Automatic : ContactUse.None,
        SipMethod.Invite => status is > 100 and < 300 ? ContactUse.Automatic : ContactUse.None,
        SipMethod.Subscribe => status is >= 200 and < 300 ? ContactUse.Automatic : ContactUse.None,
        SipMethod.Update => status is >= 200 and < 300 ? ContactUse.Automatic : ContactUse.None,
        _ => ContactUse.None,
    };

    /// <summary>The dialog id of a response's answer: for INVITE and SUBSCRIBE always, and within dialogs.</summary>
    public static Octets IdOf(IncomingRequest incoming)
    {
        if (incoming.Dialog is { } dialog) return dialog.Id;
        return incoming.Request.Method is SipMethod.Invite or SipMethod.Subscribe
            ? Octets.Of([.. incoming.Request.CallId, .. ";from-tag="u8, .. incoming.Request.FromTag])
            : default;
    }

    /// <summary>The Contact value that a message of ours carries.</summary>
    public static Octets ContactValueOf(SipMessage message) => Octets.Of(message.First(SipHeaderId.Contact));

    private static bool Asks100Rel(AppMessage message)
    {
        foreach (var header in message.Headers)
        {
            if (SipHeaderNames.Find(header.Name) != SipHeaderId.Require) continue;
            if (Sip.Headers.TokenList.Contains(header.Value, "100rel"u8)) return true;
        }

        return false;
    }

    private static Octets AppTag(AppMessage message)
    {
        if (!message.TryFind("To"u8, out var to)) return default;
        return NameAddrView.TryParse(to, out var address) ? Octets.Of(address.Tag) : default;
    }

    private static bool AnswersUpdate(AppMessage message) => CSeqMethod(message).SequenceEqual("UPDATE"u8);

    private static bool AnswersCancel(AppMessage message) => CSeqMethod(message).SequenceEqual("CANCEL"u8);

    private static ReadOnlySpan<byte> CSeqMethod(AppMessage message) =>
        message.TryFind("CSeq"u8, out var value) && CSeqView.TryParse(value, out var cseq) ? cseq.Method : default;
}
