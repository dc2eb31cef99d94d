using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>What an application's new request becomes: specification 3.2.1, 3.2.2.</summary>
public sealed class NewRequestTests
{
    private readonly Rig _rig = new();

    [Theory]
    [InlineData("sip:near@localhost", "<sip:near@10.0.0.9:5060>")]
    [InlineData("\"N\" <sip:near@localhost:99;x=1>", "\"N\" <sip:near@10.0.0.9:5060;x=1>")]
    [InlineData("\"n@localhost\" <sip:near@localhost.example.com>", "\"n@localhost\" <sip:near@localhost.example.com>")]
    [InlineData("<sip:near@elsewhere>", "<sip:near@elsewhere>")]
    public void An_address_at_localhost_is_ours(string given, string expected)
    {
        _rig.App.Request($"OPTIONS sip:far@{_rig.Peer.HostPort} SIP/2.0\r\nFrom: {given}\r\nP-Asserted-Identity: <sip:p@localhost>, {given}\r\n{Text.End("")}");
        _rig.Reply();
        var options = _rig.Request(SipMethod.Options);
        Assert.StartsWith(expected + ";tag=", options.Header(SipHeaderId.From), StringComparison.Ordinal);
        Assert.StartsWith("<sip:p@10.0.0.9:5060>, ", options.Header(SipHeaderId.PAssertedIdentity), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?Subject=hi%20you&X-A=1&Via=x&From=y", "")]
    [InlineData(";method=INVITE;x=1?Subject=hi%20you&X-A=1", ";x=1")]
    public void The_header_part_of_a_target_becomes_headers_and_its_method_goes(string part, string left)
    {
        _rig.App.Request($"OPTIONS sip:far@{_rig.Peer.HostPort}{part} SIP/2.0\r\n{Text.End("")}");
        _rig.Reply();
        var options = _rig.Request(SipMethod.Options);
        Assert.Equal($"sip:far@{_rig.Peer.HostPort}{left}", options.Uri());
        Assert.Equal($"<{options.Uri()}>", options.Header(SipHeaderId.To));
        Assert.Equal("hi you", options.Header(SipHeaderId.Subject));
        Assert.True(options.TryFind("X-A"u8, out var own));
        Assert.Equal("1", Text.Of(own));
        Assert.Equal(1, options.Count(SipHeaderId.Via));
    }

    [Theory]
    [InlineData("sip:far@10.0.0.1:5060?Bad=1%0D%0AEvil:%20y")]
    [InlineData("sip:a b@c")]
    [InlineData("sip:a#b@c")]
    [InlineData("urn:service:sos")]
    public void A_target_that_is_none_is_refused(string target)
    {
        _rig.App.Request($"OPTIONS {target} SIP/2.0\r\n{Text.End("")}");
        _rig.Reply(ReplyVerdict.Nok);
    }

    [Fact]
    public void A_bare_number_goes_where_the_next_hop_is()
    {
        _rig.App.Request($"OPTIONS +15551212 SIP/2.0\r\n{Text.End("")}", routeUrl: $"sip:{_rig.Peer.HostPort}");
        _rig.Reply();
        Assert.Equal("sip:+15551212@localhost", _rig.Request(SipMethod.Options).Uri());
    }
}
