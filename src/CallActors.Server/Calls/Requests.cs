using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>What applications ask of the network outside dialogs: specification 1.5.3, 3.2.2, 3.3.</summary>
internal sealed class Requests(Partition partition)
{
    private readonly Dictionary<Octets, ApplicationRequest> _subscribing = new(OctetsComparer.Instance);

    private ServerContext Context => partition.Context;

    /// <summary>Sends a new request of an application.</summary>
    /// <param name="application">Who asks.</param>
    /// <param name="command">The frame's id.</param>
    /// <param name="asked">The command.</param>
    /// <param name="callId">The application's Call-ID, or the fresh one that chose this partition.</param>
    public void Send(ApplicationConnection application, ReadOnlySpan<byte> command, NewRequestCommand asked, ReadOnlySpan<byte> callId)
    {
        var message = asked.Sip;
        var method = SipMethods.Find(message.Method);
        Span<byte> scratch = message.Uri.Length <= 512 ? stackalloc byte[526] : new byte[message.Uri.Length + 14];
        if (!UriRewriting.TryRequestUri(message.Uri, scratch, out var length, out var uriHeaders)
            || !SipUriView.TryParse(scratch[..length], out var uri) || uri.Scheme == UriScheme.Other || (uri.IsSip && uri.Host.IsEmpty))
        {
            application.Nok(command, ControlTexts.NewRequest.InvalidRequestUri, message.Uri);
            return;
        }

        var explicitHop = !asked.RouteUrl.IsEmpty ? asked.RouteUrl : Context.OutboundProxy.Span;
        if (explicitHop.IsEmpty && uri.IsSip && !NamesLocalPlaceholder(uri) && Context.Transports.IsOurs(uri))
        {
            application.Nok(command, ControlTexts.NewRequest.ToMyself);
            return;
        }

        if (!TryTarget(method, uri.Text, explicitHop, out var target))
        {
            application.Nok(command, ControlTexts.NewRequest.TransportNotAvailable);
            return;
        }

        if (partition.Transactions.Outgoing >= Context.PartitionLimits.Transactions)
        {
            Context.Counters.RequestRefused();
            application.Nok(command, ControlTexts.NewRequest.TransactionFailed, ": too many transactions"u8);
            return;
        }

        var composed = Context.NewRequests.Compose(message, method, uri.Text, uriHeaders, target, callId);
        if (composed.Message is not { } request)
        {
            application.Nok(command, composed.Text, composed.Detail);
            return;
        }

        var viaHop = !asked.RouteUrl.IsEmpty || !Context.OutboundProxy.IsEmpty ? target : null;
        if (method == SipMethod.Invite)
        {
            var invite = new ApplicationInvite(partition, application, request, viaHop);
            var outgoing = partition.Prepare(request, target, invite);
            invite.Begin(outgoing);
            Tell(application, command, outgoing);
            Context.Cdrs.Attempt(request, isSent: true);
            outgoing.Start();
            return;
        }

        var user = new ApplicationRequest(partition, application, request, dialog: null) { ViaHop = viaHop };
        if (method == SipMethod.Subscribe) _subscribing[user.DialogId] = user;
        var sent = partition.Prepare(request, target, user);
        Tell(application, command, sent);
        sent.Start();
    }

    /// <summary>A SUBSCRIBE of ours is answered or given up.</summary>
    public void Subscribed(ApplicationRequest user) => _subscribing.Remove(user.DialogId);

    /// <summary>A NOTIFY that overtook the response to our SUBSCRIBE, or comes from another fork, makes the dialog (RFC 6665 §4.4.1).</summary>
    public bool TryNotify(SipRequest notify, in Flow flow)
    {
        if (_subscribing.Count == 0) return false;
        var id = Octets.Of([.. notify.CallId, .. ";from-tag="u8, .. notify.ToTag]);
        if (!_subscribing.TryGetValue(id, out var subscriber)) return false;
        var entry = subscriber.Overtaken(notify);
        partition.DialogRequests.Received(entry, notify, flow);
        return true;
    }

    /// <summary>The way to a URI: a registered connection, the explicit next hop, or the URI itself.</summary>
    public bool TryTarget(SipMethod method, ReadOnlySpan<byte> uriText, ReadOnlySpan<byte> explicitHop, out SipTarget target)
    {
        target = null!;
        if (method is SipMethod.Invite or SipMethod.Options or SipMethod.Notify or SipMethod.Message
            && Registrations.TryFind(Context, uriText, out var registered))
        {
            target = SipTarget.Of(registered);
            return true;
        }

        if (!SipUriView.TryParse(explicitHop.IsEmpty ? uriText : explicitHop, out var hop) || !hop.IsSip) return false;
        if (Context.Transports.Select(hop) is not { } transport) return false;
        target = SipTarget.Of(transport, hop);
        return true;
    }

    private static void Tell(ApplicationConnection application, ReadOnlySpan<byte> command, OutgoingRequest outgoing)
    {
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        outgoing.Id.Write(id);
        application.RequestSent(command, outgoing.Request, outgoing.Flow, id);
    }

    private static bool NamesLocalPlaceholder(in SipUriView uri) => uri.Host.SequenceEqual("placeholder"u8);
}
