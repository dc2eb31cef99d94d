using System.Text;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;
using CallActors.Sip.Tests.Transactions;
using CsCheck;

namespace CallActors.Sip.Tests.Proxying;

public sealed class ProxyForwardingTests
{
    private const string InDialog = "<sip:bob@example.com>;tag=bob";
    private static readonly ProxyHeaders Headers = new("SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKours", 69, [], null);

    [Theory]
    [InlineData("sip:100@us", "sip:b@192.0.2.10", "sip:b@192.0.2.10", "sip:b@192.0.2.10")]
    [InlineData("sip:100@elsewhere", "sip:192.0.2.10", "sip:100@elsewhere", "sip:192.0.2.10")]
    [InlineData("tel:+4989123", "sip:192.0.2.10", "tel:+4989123", "sip:192.0.2.10")]
    public void The_target_replaces_a_request_uri_that_names_us(string uri, string target, string requestUri, string nextHop)
    {
        var request = Sample.Request("INVITE", 1, uri: uri);
        var route = ProxyRoute.ToTarget(request, Encoding.ASCII.GetBytes(target), IsOurs);
        Assert.Equal(requestUri, Sample.Text(route.RequestUri));
        Assert.Equal(nextHop, Sample.Text(route.NextHop));
    }

    /// <summary>Request-URI and routes as received; Request-URI, next hop and routes as forwarded (RFC 3261 §16.4, §16.6, §16.12.1).</summary>
    [Theory]
    // Loose routing.
    [InlineData("sip:bob@b", "<sip:us;lr>", "sip:bob@b", "sip:bob@b", "")]
    [InlineData("sip:bob@b", "<sip:us;lr>, <sip:p2;lr>", "sip:bob@b", "sip:p2;lr", "<sip:p2;lr>")]
    [InlineData("sip:bob@b", "<sip:us;lr>,<sip:us:5080;lr>,<sip:p2;lr>", "sip:bob@b", "sip:p2;lr", "<sip:p2;lr>")]
    // A strict router behind us.
    [InlineData("sip:bob@b", "<sip:us;lr>, <sip:strict>, <sip:p3;lr>", "sip:strict", "sip:strict", "<sip:p3;lr>, <sip:bob@b>")]
    // A strict router before us.
    [InlineData("sip:us;lr", "<sip:p2;lr>, <sip:bob@b>", "sip:bob@b", "sip:p2;lr", "<sip:p2;lr>")]
    [InlineData("sip:us;lr", "<sip:bob@b>", "sip:bob@b", "sip:bob@b", "")]
    [InlineData("sip:us;lr", "", "sip:us;lr", "sip:us;lr", "")]
    public void Within_a_dialog_the_routes_say_where(string uri, string routes, string requestUri, string nextHop, string left)
    {
        var more = routes.Length > 0 ? $"Route: {routes}\n" : "";
        var request = Sample.Request("BYE", 2, uri: uri, to: InDialog, more: more);
        var route = ProxyRoute.WithinDialog(request, IsOurs);

        Assert.Equal(requestUri, Sample.Text(route.RequestUri));
        Assert.Equal(nextHop, Sample.Text(route.NextHop));
        var forwarded = new SipMessageBuilder().BeginForward(request, route, Headers).ToRequest();
        Assert.Equal(left, string.Join(", ", Values(forwarded, SipHeaderId.Route)));
    }

    [Theory]
    [InlineData(InDialog, "Route: <sip:us;lr>\n", true)]
    [InlineData(InDialog, "Route: <sip:us>\n", false)]
    [InlineData(InDialog, "Route: <sip:other;lr>, <sip:us;lr>\n", false)]
    [InlineData(InDialog, "", false)]
    [InlineData("<sip:bob@example.com>", "Route: <sip:us;lr>\n", false)]
    public void A_request_goes_on_by_itself_when_its_dialog_was_recorded(string to, string routes, bool expected) =>
        Assert.Equal(expected, ProxyRoute.IsWithinDialog(Sample.Request("BYE", 2, to: to, more: routes), IsOurs));

    [Fact]
    public void A_preloaded_first_route_is_taken_off_whoever_it_names()
    {
        var request = Sample.Request("INVITE", 1, uri: "sip:bob@b", more: "Route: <sip:anybody;lr>, <sip:us;lr>\nRoute: <sip:p2;lr>\n");
        var route = ProxyRoute.ToTarget(request, "sip:t"u8, IsOurs);
        var forwarded = new SipMessageBuilder().BeginForward(request, route, Headers).ToRequest();
        Assert.Equal("<sip:p2;lr>", string.Join(", ", Values(forwarded, SipHeaderId.Route)));
        Assert.Equal("sip:t", Sample.Text(route.NextHop));
    }

    [Fact]
    public void What_need_not_change_does_not()
    {
        var request = Sample.Request(
            "INVITE", 1, uri: "sip:100@us", via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKbranch, SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKfirst",
            more: "Record-Route: <sip:before;lr>\nx-OdD: \"a  b\" ;c\nMax-Breadth: 40\nRoute: <sip:us;lr>\ns: Lunch\n", body: Sample.Sdp);
        var headers = Headers with { Records = ProxyForwarding.Records("sip:us;transport=tcp"u8, "sip:us"u8), Breadth = 20 };
        var forwarded = new SipMessageBuilder().BeginForward(request, ProxyRoute.ToTarget(request, "sip:b@192.0.2.10"u8, IsOurs), headers);

        Assert.Equal(
            """
            INVITE sip:b@192.0.2.10 SIP/2.0
            Via: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKours
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKbranch, SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKfirst
            Max-Forwards: 69
            From: "Alice" <sip:alice@example.com>;tag=alice
            To: <sip:bob@example.com>
            Call-ID: call@192.0.2.1
            CSeq: 1 INVITE
            Record-Route: <sip:us;lr>
            Record-Route: <sip:us;transport=tcp;lr>
            Record-Route: <sip:before;lr>
            x-OdD: "a  b" ;c
            Max-Breadth: 20
            s: Lunch
            Content-Type: application/sdp
            Content-Length: 43

            """ + "\n" + Sample.Sdp.Replace("\r\n", "\n", StringComparison.Ordinal),
            Lines(forwarded.ToRequest(request.Body)));
    }

    [Fact]
    public void Our_Via_stands_right_before_the_others_wherever_they_are()
    {
        var text = "INVITE sip:us SIP/2.0\nFrom: <sip:a@b>;tag=f\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nTo: <sip:c@d>\nv: SIP/2.0/UDP 192.0.2.2\nCall-ID: c\nCSeq: 1 INVITE\n\n";
        var request = (SipRequest)SipParser.Parse(Encoding.ASCII.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))).Message!;
        var headers = Headers with { MaxForwards = 70, Records = ProxyForwarding.Records("sip:us"u8, "sip:us"u8), Breadth = 60 };
        var forwarded = new SipMessageBuilder().BeginForward(request, ProxyRoute.ToTarget(request, "sip:t"u8, IsOurs), headers).ToRequest();
        Assert.Equal(
            """
            INVITE sip:t SIP/2.0
            From: <sip:a@b>;tag=f
            Via: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKours
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
            To: <sip:c@d>
            v: SIP/2.0/UDP 192.0.2.2
            Record-Route: <sip:us;lr>
            Max-Forwards: 70
            Max-Breadth: 60
            Call-ID: c
            CSeq: 1 INVITE
            Content-Length: 0

            """ + "\n",
            Lines(forwarded));
    }

    [Fact]
    public void A_register_that_is_to_stay_gets_a_path()
    {
        var register = Sample.Request("REGISTER", 1, uri: "sip:us", more: "Path: <sip:edge;lr>\n");
        var headers = Headers with { Records = ProxyForwarding.Records("sip:us"u8, "sip:us"u8) };
        var forwarded = new SipMessageBuilder().BeginForward(register, ProxyRoute.ToTarget(register, "sip:r"u8, IsOurs), headers).ToRequest();
        Assert.Equal(["<sip:us;lr>", "<sip:edge;lr>"], Values(forwarded, SipHeaderId.Path));
        Assert.Equal(["path"], Values(forwarded, SipHeaderId.Require));
        Assert.False(forwarded.Has(SipHeaderId.RecordRoute));
    }

    [Fact]
    public void One_interface_is_recorded_once_and_two_twice()
    {
        Assert.Equal(["<sip:us;lr>"], ProxyForwarding.Records("sip:us"u8, "sip:us"u8).Select(value => value.ToString()));
        Assert.Equal(["<sip:out;lr>", "<sip:in;lr>"], ProxyForwarding.Records("sip:in"u8, "sip:out"u8).Select(value => value.ToString()));
    }

    [Theory]
    [InlineData("70", 69, true)]
    [InlineData("1", 0, true)]
    [InlineData("0", -1, false)]
    [InlineData(null, 70, true)]
    public void Max_forwards_counts_down(string? value, int hops, bool mayGo)
    {
        var text = $"OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\n{(value is null ? "" : $"Max-Forwards: {value}\n")}From: <sip:a@b>;tag=f\nTo: <sip:b@c>\nCall-ID: c\nCSeq: 1 OPTIONS\n\n";
        Assert.Equal(mayGo, ProxyForwarding.TryTakeHop(Messages.SipText.Request(text), out var left));
        Assert.Equal(hops, left);
    }

    [Fact]
    public void A_response_goes_upstream_without_our_via()
    {
        var response = Messages.SipText.Response(
            "SIP/2.0 407 Who Are You\nVia: SIP/2.0/UDP us;branch=z9hG4bKours, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKb\n" +
            "From: <sip:a@b>;tag=f\nTo: <sip:b@c>;tag=t\nCall-ID: c\nCSeq: 1 INVITE\nProxy-Authenticate: Digest realm=\"r1\"\nx-Odd: v\n\n");
        var other = Messages.SipText.Response(
            "SIP/2.0 401 X\nVia: SIP/2.0/UDP us;branch=z9hG4bKours\nFrom: <sip:a@b>;tag=f\nTo: <sip:b@c>;tag=t\nCall-ID: c\nCSeq: 1 INVITE\nWWW-Authenticate: Digest realm=\"r2\"\n\n");
        var builder = new SipMessageBuilder();

        Assert.True(builder.TryBeginUpstream(response, [other]));
        Assert.Equal(
            """
            SIP/2.0 407 Who Are You
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa
            Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKb
            From: <sip:a@b>;tag=f
            To: <sip:b@c>;tag=t
            Call-ID: c
            CSeq: 1 INVITE
            Proxy-Authenticate: Digest realm="r1"
            x-Odd: v
            WWW-Authenticate: Digest realm="r2"
            Content-Length: 0


            """,
            Lines(builder.ToResponse()));
        Assert.False(builder.TryBeginUpstream(other, []));
    }

    [Fact]
    public void A_request_that_comes_back_unchanged_is_a_loop_and_a_changed_one_a_spiral()
    {
        var request = Sample.Request("INVITE", 1);
        var fingerprint = LoopCheck.Fingerprint(request);
        var ending = new byte[LoopCheck.Length];
        LoopCheck.Write(fingerprint, ending);
        var vias = $"SIP/2.0/UDP next;branch=z9hG4bKx, SIP/2.0/UDP us:5060;branch=z9hG4bK17{Sample.Text(ending)}";

        var looped = Sample.Request("INVITE", 1, via: vias);
        Assert.True(LoopCheck.IsLoop(looped, LoopCheck.Fingerprint(looped), IsOurSender));
        Assert.False(LoopCheck.IsLoop(looped, LoopCheck.Fingerprint(looped), static (_, _) => false));
        var spiral = Sample.Request("INVITE", 1, uri: "sip:bob@elsewhere", via: vias);
        Assert.False(LoopCheck.IsLoop(spiral, LoopCheck.Fingerprint(spiral), IsOurSender));
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData("Max-Breadth: 7\n", 7)]
    [InlineData("Max-Breadth: 7000\n", 60)]
    [InlineData("Max-Breadth: 0\n", 0)]
    [InlineData("Max-Breadth: seven\n", 60)]
    public void Max_breadth_bounds_the_fork(string header, int breadth) => Assert.Equal(breadth, MaxBreadth.Of(Sample.Request("INVITE", 1, more: header)));

    [Fact]
    public void Whatever_the_routes_forwarding_within_a_dialog_keeps_the_way_to_the_end()
    {
        // Own routes in front, others behind; somewhere the last hop is the target: nothing may be lost and nothing invented.
        var hop = Gen.OneOf("<sip:p1;lr>", "<sip:p2;lr>", "<sip:strict>", "<sip:us;lr>");
        hop.Array[0, 5].Sample(hops =>
        {
            var routes = new[] { "<sip:us;lr>" }.Concat(hops).ToArray();
            var request = Sample.Request("BYE", 2, uri: "sip:bob@b", to: InDialog, more: $"Route: {string.Join(", ", routes)}\n");
            var route = ProxyRoute.WithinDialog(request, IsOurs);
            var forwarded = new SipMessageBuilder().BeginForward(request, route, Headers).ToRequest();

            var way = Values(forwarded, SipHeaderId.Route);
            if (Sample.Text(route.RequestUri) == "sip:strict") way.Insert(0, "<sip:strict>");
            else way.Add("<sip:bob@b>");
            var expected = routes.SkipWhile(value => value == "<sip:us;lr>").Append("<sip:bob@b>");
            return way.SequenceEqual(expected);
        });
    }

    private static bool IsOurs(ReadOnlySpan<byte> uri) => Sample.Text(uri) is var text && (text.EndsWith("us", StringComparison.Ordinal) || text.Contains("us;", StringComparison.Ordinal) || text.Contains("us:", StringComparison.Ordinal));

    private static bool IsOurSender(ReadOnlySpan<byte> host, int port) => host.SequenceEqual("us"u8) && port == 5060;

    private static List<string> Values(SipMessage message, SipHeaderId id)
    {
        var values = new List<string>();
        foreach (var value in message.Values(id)) values.Add(Sample.Text(value));
        return values;
    }

    private static string Lines(SipMessage message) => Sample.Text(message.Bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
}
