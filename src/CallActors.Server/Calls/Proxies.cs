using System.Collections.Immutable;
using System.Text;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Routing;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;

namespace CallActors.Server.Calls;

/// <summary>What an order to proxy says, whoever gives it.</summary>
internal sealed record ProxyOrder(ImmutableArray<Octets> Destinations, bool RecordRoute, bool FollowRedirects, bool Simultaneous, TimeSpan? ProvisionalTimeout, TimeSpan? FinalTimeout)
{
    /// <summary>The SIP text of the command, whose headers are added; empty from a request-handler.</summary>
    public byte[] Headers { get; init; } = [];

    /// <summary>Who is told of the outcome; null for a request-handler.</summary>
    public ApplicationConnection? Application { get; init; }

    /// <summary>The frame's id that the answers repeat.</summary>
    public Octets Command { get; init; }

    /// <summary>Whether every final response is reported, and the end, or only that a request went out.</summary>
    public bool FullResponse { get; init; }
}

/// <summary>Requests that are proxied, and those in dialogs that we stay in the path of: specification 1.5.7, 3.13.</summary>
internal sealed class Proxies(Partition partition)
{
    private static readonly TimeSpan s_challengeMemory = TimeSpan.FromSeconds(2);

    private readonly HashSet<ProxyEntry> _active = [];
    private readonly Dictionary<Octets, ProxyEntry> _settingUp = new(OctetsComparer.Instance);
    private readonly Dictionary<Octets, (Octets Target, TimeSpan Until)> _challenges = new(OctetsComparer.Instance);

    private ServerContext Context => partition.Context;

    /// <summary>How many requests are being proxied.</summary>
    public int Count => _active.Count;

    /// <summary>An application has its request proxied.</summary>
    public void Begin(ApplicationConnection application, ReadOnlySpan<byte> command, ProxyCommand asked, TransactionId id)
    {
        if (partition.Transactions.FindIncoming(id) is not { Phase: RequestPhase.Offered, HasProgressed: false, IsInDialog: false } incoming)
        {
            application.Nok(command, ControlTexts.Proxy.UnknownTransaction, asked.TransactionId);
            return;
        }

        var destinations = ImmutableArray.CreateBuilder<Octets>();
        foreach (var destination in asked.Destinations) destinations.Add(Octets.Of(destination));
        var order = new ProxyOrder(
            destinations.DrainToImmutable(), asked.RemainInDialog, asked.FollowRedirects, asked.Simultaneous, asked.ProvisionalTimeout, asked.FinalTimeout)
        {
            Headers = asked.Message.Sip.ToArray(),
            Application = application,
            Command = Octets.Of(command),
            FullResponse = asked.FullResponse,
        };
        Begin(incoming, order);
    }

    /// <summary>A request-handler has a request proxied.</summary>
    public void Begin(IncomingRequest incoming, RoutingDecision.Proxy decided) => Begin(incoming, new ProxyOrder(
        [.. decided.Destinations.Select(Absolute)], decided.RecordRoute, decided.FollowRedirects, decided.Simultaneous, decided.ProvisionalTimeout, decided.FinalTimeout));

    /// <summary>The caller gives up a proxied INVITE.</summary>
    public void Cancelled(IncomingRequest invite, SipRequest cancel)
    {
        invite.Proxy?.Cancel();
        Context.Cdrs.Stop(cancel, CdrReason.CallCanceled, isSent: false);
    }

    /// <summary>The search is over and every branch with it.</summary>
    public void Over(ProxyEntry proxy)
    {
        _active.Remove(proxy);
        Answered(proxy);
    }

    /// <summary>The caller has its final response: what follows goes by the routes.</summary>
    public void Answered(ProxyEntry proxy)
    {
        if (_settingUp.TryGetValue(proxy.CallId, out var latest) && ReferenceEquals(latest, proxy)) _settingUp.Remove(proxy.CallId);
    }

    /// <summary>A branch was challenged: the same request with credentials goes there alone (specification 3.13, item 9).</summary>
    public void Remember(SipResponse challenge, Octets target)
    {
        if (NonceOf(challenge.First(SipHeaderId.ProxyAuthenticate)) is not { IsEmpty: false } nonce) nonce = NonceOf(challenge.First(SipHeaderId.WwwAuthenticate));
        if (nonce.IsEmpty) return;
        if (_challenges.Count > 1000) _challenges.Clear();
        _challenges[nonce] = (target, partition.Now + s_challengeMemory);
    }

    /// <summary>Passes on a request, ACK included, of a dialog that went through us. False when its first Route is not ours.</summary>
    public bool TryForward(SipRequest request, in Flow flow)
    {
        if (!ProxyRoute.IsWithinDialog(request, IsOwnHost)) return false;
        var isAck = request.Method == SipMethod.Ack;
        if (!ProxyForwarding.TryTakeHop(request, out var hops))
        {
            if (!isAck) partition.Intake.Refuse(request, flow, 483);
            return true;
        }

        var route = ProxyRoute.WithinDialog(request, IsOwnHost);
        if (!partition.Requests.TryTarget(SipMethod.Invite, route.NextHop, default, out var target))
        {
            if (!isAck) partition.Intake.Refuse(request, flow, 404);
            return true;
        }

        if (isAck) partition.Confirmations.Send(Context.Forwarded.Forward(request, route, hops, flow.Transport, target, recordRoute: false, null, default), target);
        else Relayed(request, flow, route, hops, target);
        return true;
    }

    /// <summary>
    /// Passes on an INFO that comes while a proxied call is being set up, and names no route because the INVITE's answer has not recorded one yet: to the
    /// branch whose tag it bears, or back to the caller (specification 3.13, item 15). False when no such call is there.
    /// </summary>
    public bool TryForwardInSetUp(SipRequest request, in Flow flow)
    {
        if (_settingUp.Count == 0 || request.Method != SipMethod.Info || request.Has(SipHeaderId.Route)) return false;
        if (!_settingUp.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(request.CallId, out var proxy)) return false;
        if (!proxy.TryPartner(request, out var target, out var uri)) return false;
        if (ProxyForwarding.TryTakeHop(request, out var hops)) Relayed(request, flow, ProxyRoute.ToTarget(request, uri, Context.Forwarded.IsOurs), hops, target);
        else partition.Intake.Refuse(request, flow, 483);
        return true;
    }

    private void Relayed(SipRequest request, in Flow flow, in ProxyRoute route, int hops, SipTarget target)
    {
        var forwarded = Context.Forwarded.Forward(request, route, hops, flow.Transport, target, recordRoute: false, null, default);
        if (partition.Intake.Begin(request, flow) is not { } incoming) return;
        incoming.Phase = RequestPhase.Proxied;
        if (request.Method == SipMethod.Bye) Context.Cdrs.Stop(request, CdrReason.NormalRelease, isSent: false);
        partition.Begin(forwarded, target, new Relay(incoming));
    }

    private void Begin(IncomingRequest incoming, ProxyOrder order)
    {
        var request = incoming.Request;
        if (!ProxyForwarding.TryTakeHop(request, out var hops))
        {
            partition.Offers.Reject(incoming, 483);
            order.Application?.Nok(order.Command.Span, ControlTexts.Proxy.TooManyHops);
            return;
        }

        if (Context.Forwarded.IsLoop(request))
        {
            partition.Offers.Reject(incoming, 482);
            order.Application?.Nok(order.Command.Span, ControlTexts.Proxy.Failed);
            return;
        }

        incoming.Owner = null;
        incoming.Phase = RequestPhase.Proxied;
        if (KnownTarget(request) is { IsEmpty: false } target) order = order with { Destinations = [target] };
        var proxy = new ProxyEntry(partition, incoming, order, hops);
        incoming.Proxy = proxy;
        _active.Add(proxy);
        if (incoming.IsInvite) _settingUp[proxy.CallId] = proxy;
        proxy.Start();
    }

    // The target that asked for the credentials which this request carries.
    private Octets KnownTarget(SipRequest request)
    {
        if (_challenges.Count == 0) return default;
        var nonce = NonceOf(request.First(SipHeaderId.ProxyAuthorization));
        if (nonce.IsEmpty) nonce = NonceOf(request.First(SipHeaderId.Authorization));
        return !nonce.IsEmpty && _challenges.Remove(nonce, out var known) && known.Until >= partition.Now ? known.Target : default;
    }

    private static Octets NonceOf(ReadOnlySpan<byte> value)
    {
        var at = value.IndexOf("nonce=\""u8);
        if (at < 0) return default;
        var rest = value[(at + 7)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0 ? default : Octets.Of(rest[..end]);
    }

    // The port is not compared: what we record-routed may have been seen through a NAT (specification 3.1, item 6d).
    private bool IsOwnHost(ReadOnlySpan<byte> uri) => SipUriView.TryParse(uri, out var view) && view.IsSip && Context.Transports.IsOwnHost(view.Host);

    private static Octets Absolute(string destination) =>
        destination.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || destination.StartsWith("sips:", StringComparison.OrdinalIgnoreCase)
        || destination.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? destination : "sip:" + destination;

    /// <summary>A request in a dialog on its way through us: responses go back as they come.</summary>
    private sealed class Relay(IncomingRequest incoming) : IOutgoingUser
    {
        public void Responded(OutgoingRequest request, SipResponse response, in Flow flow)
        {
            if (!incoming.IsInvite && response.IsProvisional) return;
            var builder = NewRequests.Builder;
            if (builder.TryBeginUpstream(response, [])) incoming.Respond(builder.ToResponse(response.Body));
        }

        public void Failed(OutgoingRequest request, int status, string phrase) => incoming.Respond(status, Encoding.UTF8.GetBytes(phrase));
    }
}
