using CallActors.Headers;

namespace CallActors.Tests.Headers;

public sealed class CallerIdentityTests
{
    [Theory]
    [InlineData("<sip:1234@example.com>", "", "1234", "")]
    [InlineData("\"Alice Example\" <sip:1234@example.com>", "", "1234", "Alice Example")]
    [InlineData("Alice Example <sip:1234@example.com>", "", "1234", "Alice Example")]
    [InlineData("\"A \\\"Q\\\" B\" <sip:1234@example.com>", "", "1234", "A \"Q\" B")]
    [InlineData("\"\" <sip:1234@example.com>", "", "1234", "")]
    [InlineData("sip:1234@example.com", "", "1234", "")]
    [InlineData("<tel:+1-212-555>", "", "+1-212-555", "")]
    [InlineData("\"Bob\" <tel:+1212555;phone-context=x>", "", "+1212555", "Bob")]
    [InlineData("<sip:+1212555;npdi@example.com;user=phone>", "", "+1212555", "")]
    [InlineData("<sip:%2B1212555@example.com>", "", "+1212555", "")]
    [InlineData("<sip:1234:secret@example.com>", "", "1234", "")]
    [InlineData("<sip:example.com>", "", "", "")]
    [InlineData("<sip:a@example.com>", "P-Asserted-Identity: \"Carl\" <sip:+49891@ims>\n", "+49891", "Carl")]
    [InlineData("<sip:a@example.com>", "P-Asserted-Identity: \"Carl\" <sip:+49891@ims>, <tel:+49892>\n", "+49891", "Carl")]
    [InlineData("<sip:a@example.com>", "P-Asserted-Identity: <sip:ims>\nP-Asserted-Identity: \"T\" <tel:+49892>\n", "+49892", "T")]
    public void The_caller_is_who_the_network_vouches_for_or_else_from(string from, string more, string number, string name)
    {
        var invite = SipSample.Invite(more, dialog: $"From: {from};tag=f\nTo: <sip:b@c>\n");
        Assert.Equal((number, name, more.Length > 0), (invite.Caller.Number, invite.Caller.Name, invite.Caller.IsAsserted));
    }

    [Theory]
    [InlineData("sip:+498912@example.com;user=phone", "+498912")]
    [InlineData("sip:bob@example.com", "bob")]
    [InlineData("sips:bob@[2001:db8::1]:5061", "bob")]
    [InlineData("tel:+498912", "+498912")]
    [InlineData("tel:12;phone-context=example.com", "12")]
    [InlineData("sip:+498912;isub=1@example.com", "+498912")]
    [InlineData("sip:example.com", "")]
    [InlineData("urn:service:sos", "")]
    public void The_called_number_is_that_of_the_request_uri(string uri, string number) =>
        Assert.Equal(number, SipSample.Invite(uri: uri).CalledNumber);

    [Theory]
    [InlineData("id", true)]
    [InlineData("user;id", true)]
    [InlineData("header", true)]
    [InlineData("none", false)]
    [InlineData("critical", false)]
    public void Privacy_is_what_is_asked_for(string privacy, bool isPrivate) =>
        Assert.Equal(isPrivate, SipSample.Invite($"Privacy: {privacy}\n").Caller.IsPrivate);

    [Fact]
    public void The_identity_of_our_own_call_hides_where_we_are()
    {
        var alice = new CallerIdentity { Number = "+49 89", Name = "Alice \"A\"" };
        Assert.Equal("From: \"Alice \\\"A\\\"\" <sip:+49%2089@localhost>", string.Join('|', alice.Headers()));
        Assert.Equal("From: \"Alice \\\"A\\\"\" <sips:+49%2089@localhost>", string.Join('|', alice.Headers(isSecure: true)));
        Assert.Equal("From: <sip:pbx.example.com>", string.Join('|', new CallerIdentity { Number = "", Host = "pbx.example.com" }.Headers()));
    }

    [Fact]
    public void A_private_caller_is_anonymous_to_all_but_the_trusted()
    {
        var alice = new CallerIdentity { Number = "1234", IsAsserted = true };
        Assert.Equal("From: <sip:1234@localhost>|P-Asserted-Identity: <sip:1234@localhost>", string.Join('|', alice.Headers()));
        Assert.Equal(
            "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>|P-Asserted-Identity: <sip:1234@localhost>|Privacy: id",
            string.Join('|', (alice with { IsPrivate = true }).Headers()));
    }

    [Fact]
    public void A_host_that_is_none_is_our_own_mistake() =>
        Assert.Throws<InvalidOperationException>(() => new CallerIdentity { Number = "1", Host = "a b" }.Headers());
}
