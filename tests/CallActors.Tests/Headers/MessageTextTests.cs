using CallActors.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Tests.Headers;

public sealed class MessageTextTests
{
    [Fact]
    public void A_message_reads_as_text()
    {
        var invite = SipSample.Invite(
            "s: hello\nX-One: 1\nx-one: 2, 3\nDiversion: <sip:a@b>, <sip:c@d>\nDiversion: <sip:e@f>\n",
            dialog: "f: \"Al\" <sip:alice@[2001:db8::1]:5070>;tag=x\nt: <sip:bob@example.com>\n", body: "grüße"u8.ToArray());

        Assert.Equal(new SipAddress("Al", "sip:alice@[2001:db8::1]:5070", "alice", "2001:db8::1", "x"), invite.From);
        Assert.Equal(new SipAddress("", "sip:bob@example.com", "bob", "example.com", ""), invite.To);
        Assert.Equal(("hello", "hello"), (invite.Header("Subject"), invite.Header("S")));
        Assert.Equal("1", invite.Header("x-ONE"));
        Assert.Null(invite.Header("X-Two"));
        Assert.Equal<string>(["1", "2, 3"], invite.Headers("X-One"));
        Assert.Equal<string>(["<sip:a@b>", "<sip:c@d>", "<sip:e@f>"], invite.Headers("diversion"));
        Assert.Empty(invite.Headers("X-Two"));
        Assert.Equal(("grüße", "INVITE", "sip:bob@example.com", "c@d"), (invite.BodyText, invite.MethodText, invite.UriText, invite.CallIdText));
        Assert.Equal("Reason", SipSample.Response(299).ReasonText);
    }

    [Fact]
    public void An_unknown_method_and_status_have_their_words()
    {
        var result = SipParser.Parse("FROB sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 FROB\r\n\r\n"u8);
        Assert.Equal("FROB", Assert.IsType<SipRequest>(result.Message).MethodText);
        Assert.Equal(699, SipSample.Response(699).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Alice <")]
    [InlineData("\"open")]
    public void A_broken_address_is_an_empty_one(string value) => Assert.Equal(SipAddress.Empty, SipAddress.Read(value));

    [Theory]
    [InlineData("SIP/2.0 100 Trying\r\n", true, 100, "Trying")]
    [InlineData("SIP/2.0 200 OK", true, 200, "OK")]
    [InlineData("SIP/2.0 603 Not now\r\nWarning: 399 h \"x\"\r\n", true, 603, "Not now")]
    [InlineData("sip/2.0 486", true, 486, "")]
    [InlineData("SIP/2.0 99 x", false, 0, null)]
    [InlineData("SIP/2.0 7000 x", false, 0, null)]
    [InlineData("INVITE sip:a@b SIP/2.0", false, 0, null)]
    [InlineData("", false, 0, null)]
    public void A_fragment_tells_how_far_a_referred_call_has_come(string body, bool isRead, int status, string? reason)
    {
        Assert.Equal(isRead, SipFragment.TryRead(System.Text.Encoding.UTF8.GetBytes(body), out var fragment));
        Assert.Equal((status, reason), (fragment.Status, fragment.Reason));
        if (isRead) Assert.True(SipFragment.TryRead(System.Text.Encoding.UTF8.GetBytes(fragment.ToString()), out var again) && again == fragment);
    }

    [Fact]
    public void A_fragment_says_whether_the_subscription_goes_on()
    {
        Assert.Equal("SIP/2.0 180 Ringing\r\n", SipFragment.Of(180).ToString());
        Assert.Equal("active;expires=60", SipFragment.Of(180).SubscriptionState(TimeSpan.FromSeconds(60.4)));
        Assert.Equal("terminated;reason=noresource", SipFragment.Of(200).SubscriptionState(TimeSpan.FromSeconds(60)));
    }
}
