using System.Buffers;
using System.Text;
using CallActors.Headers;
using CallActors.Sip.Messages;
using CsCheck;

namespace CallActors.Tests.Headers;

public sealed class HeaderPolicyTests
{
    private const string Own =
        "Subject: hello\nX-Color: green\nP-Charging-Vector: icid=1\nx-color: red\nP-Asserted-Identity: <sip:a@b>\nUser-Agent: phone\nReason: SIP;cause=486\n";

    public static TheoryData<string, HeaderPolicy, string> Rules => new()
    {
        { "none", HeaderPolicy.None, "" },
        { "one", HeaderPolicy.None.Copy("Subject"), "Subject: hello" },
        { "any case", HeaderPolicy.None.Copy("SUBJECT"), "Subject: hello" },
        { "compact name", HeaderPolicy.None.Copy("s"), "Subject: hello" },
        { "repeated", HeaderPolicy.None.Copy("X-Color"), "X-Color: green|x-color: red" },
        { "order of the message", HeaderPolicy.None.Copy("X-Color", "Subject"), "Subject: hello|X-Color: green|x-color: red" },
        { "beginning", HeaderPolicy.None.Copy("x-*", "P-*"), "X-Color: green|P-Charging-Vector: icid=1|x-color: red|P-Asserted-Identity: <sip:a@b>" },
        { "all but", HeaderPolicy.All.Except("P-*", "X-*"), "Subject: hello|User-Agent: phone|Reason: SIP;cause=486" },
        { "all but one of them", HeaderPolicy.All.Except("P-*").Copy("P-Asserted-Identity").Except("X-*", "User-Agent", "Reason", "Subject"), "P-Asserted-Identity: <sip:a@b>" },
        { "set replaces", HeaderPolicy.None.Copy("Subject", "X-Color").Set("x-Color", "blue"), "Subject: hello|x-Color: blue" },
        { "set comes before the copy", HeaderPolicy.None.Set("s", "mine").Copy("Subject"), "s: mine" },
        { "set twice", HeaderPolicy.None.Set("X-A", "1").Set("x-a", "2"), "x-a: 2" },
        { "added", HeaderPolicy.None.Copy("X-Color").Add("X-Color", "blue").Add("X-Color", "grey"), "X-Color: green|x-color: red|X-Color: blue|X-Color: grey" },
        { "removed", HeaderPolicy.None.Copy("X-*", "Subject").Set("X-A", "1").Remove("x-a").Remove("X-Color"), "Subject: hello" },
        { "set after it was removed", HeaderPolicy.All.Remove("Subject").Set("Subject", "new").Except("P-*", "X-*", "User-Agent", "Reason"), "Subject: new" },
        { "reasons", HeaderPolicy.Reasons, "Reason: SIP;cause=486" },
    };

    [Theory, MemberData(nameof(Rules))]
    public void Rules_choose_and_the_last_one_counts(string rule, HeaderPolicy policy, string expected)
    {
        Assert.Equal(expected, Applied(policy, SipSample.Invite(Own)));
        Assert.Equal(expected, Applied(policy, SipSample.Response(200, Own)));
        Assert.NotEmpty(rule);
    }

    [Theory]
    [InlineData("s: hello", "Subject", "s: hello")]
    [InlineData("r: <sip:c@d>", "Refer-To", "r: <sip:c@d>")]
    [InlineData("Refer-To: <sip:c@d>", "r", "Refer-To: <sip:c@d>")]
    [InlineData("o: refer", "Event", "o: refer")]
    [InlineData("u: refer", "allow-events", "u: refer")]
    [InlineData("b: <sip:c@d>", "Referred-By", "b: <sip:c@d>")]
    [InlineData("x: 1800", "Session-Expires", "x: 1800")]
    [InlineData("k: timer", "Supported", "k: timer")]
    [InlineData("a: *;audio", "Accept-Contact", "a: *;audio")]
    [InlineData("j: *;video", "Reject-Contact", "j: *;video")]
    [InlineData("d: proxy", "Request-Disposition", "d: proxy")]
    [InlineData("y: x", "Identity", "y: x")]
    [InlineData("X-Mine: 1", "x-mine", "X-Mine: 1")]
    public void Compact_forms_match_and_the_spelling_stays(string line, string name, string expected) =>
        Assert.Equal(expected, Applied(HeaderPolicy.None.Copy(name), SipSample.Invite(line + "\n")));

    [Fact]
    public void What_belongs_to_the_dialog_the_hop_or_the_body_is_never_copied()
    {
        var invite = SipSample.Invite(
            "Route: <sip:p;lr>\nRecord-Route: <sip:p;lr>\nContent-Type: application/sdp\nContent-Disposition: session\nMIME-Version: 1.0\nContent-Length: 4\nX-Kept: 1\n",
            body: "v=0\n"u8.ToArray());
        Assert.Equal("X-Kept: 1", Applied(HeaderPolicy.All, invite));
        Assert.Equal("X-Kept: 1", Applied(HeaderPolicy.None.Copy("*"), invite));
        Assert.Equal("Content-Type: application/sdp|Content-Disposition: session|MIME-Version: 1.0", Applied(HeaderPolicy.Body, invite));
    }

    [Theory]
    [InlineData("Require: 100rel")]
    [InlineData("Supported: timer")]
    [InlineData("Session-Expires: 1800")]
    [InlineData("Authorization: Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\"")]
    [InlineData("Replaces: a;to-tag=b;from-tag=c")]
    public void What_belongs_to_one_side_is_copied_by_its_full_name_alone(string line)
    {
        var invite = SipSample.Invite(line + "\n");
        Assert.Equal("", Applied(HeaderPolicy.All, invite));
        Assert.Equal("", Applied(HeaderPolicy.None.Copy(line[..3] + "*"), invite));
        Assert.Equal(line, Applied(HeaderPolicy.None.Copy(line[..line.IndexOf(':', StringComparison.Ordinal)]), invite));
        Assert.Equal(line, Applied(HeaderPolicy.All.Copy(line[..line.IndexOf(':', StringComparison.Ordinal)]).CopyAll(), invite));
    }

    [Fact]
    public void The_message_stays_as_it_was()
    {
        var invite = SipSample.Invite(Own);
        var before = invite.Bytes.ToArray();

        Assert.DoesNotContain("P-", Applied(HeaderPolicy.All.Except("P-*"), invite), StringComparison.Ordinal);
        Assert.Equal("icid=1", invite.Header("P-Charging-Vector"));
        Assert.Equal(before, invite.Bytes.ToArray());
    }

    [Fact]
    public void A_policy_stays_as_it_was_and_serves_one_direction_alone()
    {
        var there = HeaderPolicy.All.Except("Subject");
        var back = there.Copy("Subject").Except("User-Agent").Set("X-Back", "1");
        var message = "Subject: hello\nUser-Agent: phone\n";
        Assert.Equal("User-Agent: phone", Applied(there, SipSample.Invite(message)));
        Assert.Equal("Subject: hello|X-Back: 1", Applied(back, SipSample.Response(200, message)));
    }

    [Fact]
    public void A_folded_value_is_copied_on_one_line() =>
        Assert.Equal("X-Long: one two three", Applied(HeaderPolicy.None.Copy("X-Long"), SipSample.Invite("X-Long: one\n two\n\tthree\n")));

    [Theory]
    [InlineData("Via")]
    [InlineData("v")]
    [InlineData("From")]
    [InlineData("contact")]
    [InlineData("Content-Type")]
    [InlineData("c")]
    [InlineData("Route")]
    [InlineData("X Y")]
    [InlineData("")]
    [InlineData("X-Ü")]
    public void A_name_that_cannot_be_copied_is_refused_at_once(string name) =>
        Assert.Throws<ArgumentException>(() => HeaderPolicy.None.Copy(name));

    [Theory]
    [InlineData("X-A", "1\r\nX-B: 2")]
    [InlineData("X-A", "1\n")]
    [InlineData("X-A", "\0")]
    [InlineData("X-A:", "1")]
    [InlineData("Via", "SIP/2.0/UDP h")]
    [InlineData("l", "7")]
    public void A_value_that_cannot_stand_in_a_message_is_refused_at_once(string name, string value)
    {
        Assert.Throws<ArgumentException>(() => HeaderPolicy.None.Set(name, value));
        Assert.Throws<ArgumentException>(() => HeaderPolicy.None.Add(name, value));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_copied_as_they_are()
    {
        var builder = new SipMessageBuilder().Request(SipMethod.Invite, "sip:b@c"u8).Header("X-Old"u8, new byte[] { (byte)'M', 0xFC });
        var output = new ArrayBufferWriter<byte>();
        HeaderPolicy.All.Write(builder.ToRequest(), output);
        Assert.Equal([.. "X-Old: M"u8, 0xFC, .. "\r\n"u8], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Whatever_the_rules_what_is_written_is_what_is_applied_and_nothing_bound() =>
        Gen.Select(Gen.OneOf("Subject", "X-*", "P-*", "X-Color", "User-Agent", "*", "k", "Require"), Gen.Int[0, 4]).Array[0, 8].Sample(steps =>
        {
            var policy = HeaderPolicy.None;
            foreach (var (name, step) in steps)
            {
                policy = (step, name.EndsWith('*')) switch
                {
                    (0, _) => policy.Copy(name),
                    (1, _) => policy.Except(name),
                    (2, false) => policy.Set(name, "set"),
                    (3, false) => policy.Add(name, "added"),
                    (4, false) => policy.Remove(name),
                    _ => policy.CopyAll(),
                };
            }
            var invite = SipSample.Invite(Own + "Require: 100rel\nSupported: timer\n");
            var output = new ArrayBufferWriter<byte>();
            policy.Write(invite, output);
            var text = Encoding.UTF8.GetString(output.WrittenSpan);
            return text == string.Concat(policy.Apply(invite).Select(line => line + "\r\n"))
                && !text.Contains("Via", StringComparison.Ordinal) && !text.Contains("Contact", StringComparison.Ordinal);
        });

    private static string Applied(HeaderPolicy policy, SipMessage message) => string.Join('|', policy.Apply(message));
}
