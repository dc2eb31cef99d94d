using System.Net;
using CallActors.Server.Configuration;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>What the network asks: the order of checks of specification 3.1 and the table of 2.1.</summary>
internal sealed class Intake(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>A well-formed request.</summary>
    public void Request(SipRequest request, in Flow flow)
    {
        Context.Counters.RequestReceived();
        if (request.Method == SipMethod.Ack)
        {
            if (!partition.Confirmations.TryAck(request, flow)) Stray(request, flow);
            return;
        }

        if (partition.Transactions.Find(request) is { } known)
        {
            Context.Counters.RetransmissionReceived();
            known.Repeated(request);
            return;
        }

        if (request.Method == SipMethod.Cancel) partition.Cancellations.Received(request, flow);
        else if (!request.ToTag.IsEmpty) InDialog(request, flow, wasAsked: false);
        else New(request, flow);
    }

    /// <summary>A request with a To tag that is no repetition.</summary>
    /// <param name="request">The request.</param>
    /// <param name="flow">The way it came.</param>
    /// <param name="wasAsked">Whether the applications were asked for its dialog already.</param>
    public void InDialog(SipRequest request, in Flow flow, bool wasAsked)
    {
        if (partition.Dialogs.Find(request) is { } dialog) partition.DialogRequests.Received(dialog, request, flow);
        else WithoutDialog(request, flow, wasAsked);
    }

    /// <summary>A well-formed response.</summary>
    public void Response(SipResponse response, in Flow flow)
    {
        Context.Counters.ResponseReceived();
        Context.Silent.Answered(flow.Connection);
        if (partition.Transactions.Find(response) is { } outgoing) outgoing.Received(response, flow);
        else if (!partition.Confirmations.TryAcknowledge(response)) Context.Counters.MessageDropped();
    }

    /// <summary>Answers without remembering anything: for requests that will not be served.</summary>
    public void Refuse(SipRequest request, in Flow flow, int status, ReadOnlySpan<byte> reason = default) =>
        Context.Output.Send(request.RespondTo(status, reason, Context.Identity.NewTag().Span), flow, null);

    // A To tag, but no dialog of ours: a call that went through us as a proxy, one that is over, or one that another server had (RFC 3261 §12.2.2).
    // OPTIONS are asked of us all the same, and NOTIFY may belong to a REFER or a SUBSCRIBE that its application keeps itself.
    private void WithoutDialog(SipRequest request, in Flow flow, bool wasAsked)
    {
        if (partition.Proxies.TryForward(request, flow) || partition.Proxies.TryForwardInSetUp(request, flow)) return;
        if (request.Method == SipMethod.Notify && partition.Requests.TryNotify(request, flow)) return;
        if (!wasAsked && partition.Asking.TryHold(request, flow)) return;
        switch (request.Method)
        {
            case SipMethod.Bye when Context.Options.OfferUnknownBye:
                New(request, flow);
                break;
            case SipMethod.Invite or SipMethod.Bye or SipMethod.Update or SipMethod.Prack or SipMethod.Info or SipMethod.Message:
                Begin(request, flow)?.Respond(481);
                break;
            default:
                New(request, flow);
                break;
        }
    }

    /// <summary>A request outside all dialogs that we know.</summary>
    public void New(SipRequest request, in Flow flow)
    {
        switch (request.Method)
        {
            case SipMethod.Bye when Context.Options.OfferUnknownBye: break;
            case SipMethod.Bye or SipMethod.Update or SipMethod.Prack:
                Begin(request, flow)?.Respond(481);
                return;
        }

        if (Spammers.Match(Context.Options.Spammers, request))
        {
            var action = flow.Transport.IsReliable ? Context.Options.Spammers!.TcpAction : Context.Options.Spammers!.Action;
            if (action == SpammerAction.Reject) Refuse(request, flow, 603);
            return;
        }

        if (!UriIsKnown(request))
        {
            Refuse(request, flow, 416);
            return;
        }

        if (IsMerged(request))
        {
            Refuse(request, flow, 482);
            return;
        }

        if (request.Method == SipMethod.Register && RegisterFault(request) is var status && status != 0)
        {
            Refuse(request, flow, status);
            return;
        }

        if (IsFull(request))
        {
            Context.Counters.RequestRefused();
            var retryAfter = Context.IsDraining ? Context.Options.Drain.RetryAfter : Context.Options.Limits.RetryAfter;
            Context.Output.Send(Composition.Responses.Unavailable(request, Context.Identity.NewTag().Span, retryAfter), flow, null);
            return;
        }

        if (partition.Early.TryHold(request, flow)) return;
        if (Begin(request, flow) is not { } incoming) return;
        if (incoming.IsInvite)
        {
            Context.Cdrs.Attempt(request, isSent: false);
            if (Context.Options.AlwaysSend180)
            {
                incoming.LocalTag = Context.Identity.NewTag();
                incoming.Respond(request.RespondTo(180, default, incoming.LocalTag.Span));
            }
        }
        else if (request.Method == SipMethod.Options && Context.Options.UserAgentOptionsAutoRespond is { } agent
            && System.Text.Ascii.Equals(request.First(SipHeaderId.UserAgent), agent))
        {
            incoming.Respond(200);
            return;
        }

        partition.Offers.Route(incoming);
    }

    /// <summary>Begins the server transaction of a request; null when one with its key exists.</summary>
    /// <param name="request">The request.</param>
    /// <param name="flow">The way it came.</param>
    /// <param name="isInDialog">Whether it came within a dialog, rather than outside any.</param>
    public IncomingRequest? Begin(SipRequest request, in Flow flow, bool isInDialog = false)
    {
        var incoming = new IncomingRequest(partition, partition.NewId(), request, flow) { IsInDialog = isInDialog };
        if (!partition.Transactions.TryAdd(incoming)) return null;
        incoming.Start();
        return incoming;
    }

    // At a bound, or on the way out, new work is turned away; calls and registrations that live go on.
    private bool IsFull(SipRequest request) =>
        (Context.IsDraining && request.Method != SipMethod.Options)
        || partition.Waiting >= Context.PartitionLimits.Waiting
        || partition.Transactions.Incoming >= Context.PartitionLimits.Transactions
        || (request.Method is SipMethod.Invite or SipMethod.Subscribe && partition.Dialogs.Count >= Context.PartitionLimits.Dialogs);

    // RFC 3261 §8.2.2.2: the same request by another way. Only where an application has answered the first (specification 3.5 b, c).
    private bool IsMerged(SipRequest request) => request.Method == SipMethod.Invite && partition.Dialogs.Sibling(request) is not null;

    // RFC 3261 §8.2.2.1: a scheme that nobody here can make anything of. Applications may know tel: and its kin.
    private static bool UriIsKnown(SipRequest request) =>
        SipUriView.TryParse(request.RequestUri, out var uri) && uri.Scheme is UriScheme.Sip or UriScheme.Sips or UriScheme.Tel;

    // Specification 3.1, item 6f.
    private int RegisterFault(SipRequest request)
    {
        if (Context.Options.RejectRegisterWithNoRealm && SipUriView.TryParse(request.RequestUri, out var realm)
            && IPAddress.TryParse(realm.Host, out _)) return 403;
        var isStar = false;
        var contacts = 0;
        foreach (var value in request.Values(SipHeaderId.Contact))
        {
            contacts++;
            if (!ContactView.TryParse(value, out var contact)) return 400;
            if (contact.IsStar) isStar = true;
            else if (contact.Uri.IndexOf((byte)':') <= 0) return 400;
        }

        if (!isStar) return 0;
        return contacts == 1 && request.First(SipHeaderId.Expires).SequenceEqual("0"u8) ? 0 : 400;
    }

    private void Stray(SipRequest ack, in Flow flow)
    {
        if (!partition.Proxies.TryForward(ack, flow)) Context.Counters.MessageDropped();
    }
}
