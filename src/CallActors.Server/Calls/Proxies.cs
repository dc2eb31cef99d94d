using System.Collections.Immutable;
using System.Text;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Routing;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

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
        Context.Cdrs.Stop(cancel, Control.Events.CdrReason.CallCanceled, isSent: false);
    }

    /// <summary>The search is over and every branch with it.</summary>
    public void Over(ProxyEntry proxy) => _active.Remove(proxy);

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
        var own = OwnRoutes(request);
        if (own == 0) return false;
        if (ForwardedRequests.HopsOf(request) <= 0)
        {
            if (request.Method != SipMethod.Ack) partition.Intake.Refuse(request, flow, 483);
            return true;
        }

        if (NextTarget(request, own) is not { } target)
        {
            if (request.Method != SipMethod.Ack) partition.Intake.Refuse(request, flow, 404);
            return true;
        }

        if (request.Method == SipMethod.Ack)
        {
            partition.Confirmations.Send(ForwardedRequests.PassOn(request, target, own, Context.Identity.NewBranch()), target);
            return true;
        }

        var incoming = partition.Intake.Begin(request, flow);
        if (incoming is null) return true;
        incoming.Phase = RequestPhase.Proxied;
        if (request.Method == SipMethod.Bye) Context.Cdrs.Stop(request, Control.Events.CdrReason.NormalRelease, isSent: false);
        partition.Begin(ForwardedRequests.PassOn(request, target, own, Context.Identity.NewBranch()), target, new Relay(incoming));
        return true;
    }

    private void Begin(IncomingRequest incoming, ProxyOrder order)
    {
        var request = incoming.Request;
        if (ForwardedRequests.HopsOf(request) <= 0)
        {
            partition.Offers.Reject(incoming, 483);
            order.Application?.Nok(order.Command.Span, ControlTexts.Proxy.TooManyHops);
            return;
        }

        incoming.Owner = null;
        incoming.Phase = RequestPhase.Proxied;
        if (KnownTarget(request) is { IsEmpty: false } target) order = order with { Destinations = [target] };
        var proxy = new ProxyEntry(partition, incoming, order);
        incoming.Proxy = proxy;
        _active.Add(proxy);
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

    // One, or two where we record-routed for two interfaces.
    private int OwnRoutes(SipRequest request)
    {
        var own = 0;
        foreach (var value in request.Values(SipHeaderId.Route))
        {
            if (own == 2 || !NameAddrView.TryParse(value, out var route) || !route.TryUri(out var uri) || !uri.Lr || !Context.Transports.IsOwnHost(uri.Host)) break;
            own++;
        }

        return own;
    }

    private SipTarget? NextTarget(SipRequest request, int own)
    {
        var index = 0;
        foreach (var value in request.Values(SipHeaderId.Route))
        {
            if (index++ < own) continue;
            return NameAddrView.TryParse(value, out var route) && partition.Requests.TryTarget(SipMethod.Unknown, route.Uri, default, out var next) ? next : null;
        }

        return partition.Requests.TryTarget(SipMethod.Invite, request.RequestUri, default, out var last) ? last : null;
    }

    private static Octets Absolute(string destination) =>
        destination.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || destination.StartsWith("sips:", StringComparison.OrdinalIgnoreCase)
        || destination.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? destination : "sip:" + destination;

    /// <summary>A request in a dialog on its way through us: responses go back as they come.</summary>
    private sealed class Relay(IncomingRequest incoming) : IOutgoingUser
    {
        public void Responded(OutgoingRequest request, SipResponse response, in Flow flow)
        {
            if (!incoming.IsInvite && response.IsProvisional) return;
            incoming.Respond(ForwardedRequests.Back(response, []));
        }

        public void Failed(OutgoingRequest request, int status, string phrase) => incoming.Respond(status, Encoding.UTF8.GetBytes(phrase));
    }
}
