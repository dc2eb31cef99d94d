using CallActors.Control.Commands;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>What passes between caller and callee of a proxied call: specification 3.13, and what is left of a dialog that is over: RFC 3261 §12.2.2.</summary>
public sealed class ProxiedCallTests
{
    private readonly Rig _rig = new();
    private readonly Peer _callee;

    public ProxiedCallTests() => _callee = new Peer(_rig.World, "10.0.0.2");

    [Fact]
    public void An_INFO_during_the_set_up_goes_to_the_branch_whose_tag_it_bears()
    {
        var other = new Peer(_rig.World, "10.0.0.3");
        var first = Proxied(new ProxyOptions { Simultaneous = true }, _callee, other);
        var second = _rig.Request(SipMethod.Invite, peer: other);
        _callee.Answer(first, 183, tag: "one");
        other.Answer(second, 183, tag: "two");
        _rig.Response(183);
        _rig.Response(183);

        _rig.Peer.Send(_rig.Peer.Ask("INFO", "p1", 2, toTag: "two", headers: "X-Digit: 5\r\n"));
        var info = _rig.Request(SipMethod.Info, peer: other);
        Assert.Equal($"sip:far@{other.HostPort}", info.Uri());
        Assert.StartsWith("SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK", info.Header(SipHeaderId.Via), StringComparison.Ordinal);
        other.Answer(info, 200, tag: "two");
        Assert.StartsWith(_rig.Peer.Via, _rig.Response(200).Header(SipHeaderId.Via), StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.App.Record!, frame => frame.Request?.Method == SipMethod.Info);
    }

    [Fact]
    public void An_INFO_of_the_callee_during_the_set_up_goes_back_to_the_caller()
    {
        _callee.Answer(Proxied(new ProxyOptions(), _callee), 183, tag: "one");
        _rig.Response(183);
        _callee.Send(_callee.Ask("INFO", "p1", 1, toTag: "far", fromTag: "one"));
        var info = _rig.Request(SipMethod.Info);
        Assert.Equal($"sip:far@{_rig.Peer.HostPort}", info.Uri());
        _rig.Peer.Answer(info, 200);
        _rig.Response(200, peer: _callee);
    }

    [Fact]
    public void An_INFO_without_a_route_after_the_set_up_or_with_a_strange_tag_gets_481()
    {
        var invite = Proxied(new ProxyOptions(), _callee);
        _callee.Answer(invite, 183, tag: "one");
        _rig.Response(183);
        _rig.Peer.Send(_rig.Peer.Ask("INFO", "p1", 2, toTag: "strange"));
        _rig.Response(481);
        _callee.Answer(invite, 200, tag: "one");
        _rig.Response(200);
        _rig.Peer.Send(_rig.Peer.Ask("INFO", "p1", 3, toTag: "one"));
        _rig.Response(481);
        _rig.IsClean();
    }

    [Theory]
    [InlineData("INFO")]
    [InlineData("MESSAGE")]
    public void A_request_of_a_dialog_that_is_over_gets_481_and_no_application_sees_it(string method)
    {
        _rig.Join(method.ToLowerInvariant());
        var (_, tag) = _rig.CallFromPeer();
        _rig.Peer.Send(_rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        _rig.Respond(_rig.HearsRequest(SipMethod.Bye), 200);
        _rig.Peer.Send(_rig.Peer.Ask(method, "c1", 3, toTag: tag));
        _rig.Response(481);
        _rig.Peer.Send(_rig.Peer.Ask(method, "c2"));
        _rig.Pass(0.1);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { StatusCode: 481 or 503 });
    }

    private SipRequest Proxied(ProxyOptions options, params Peer[] targets)
    {
        var offered = _rig.Offer("p1");
        _rig.App.Proxy(offered.TransactionId, options, string.Join('|', targets.Select(target => $"sip:far@{target.HostPort}")), "INVITE sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n");
        return _rig.Request(SipMethod.Invite, peer: targets[0]);
    }
}
