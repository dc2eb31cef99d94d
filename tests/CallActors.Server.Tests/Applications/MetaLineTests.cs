using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Applications;

/// <summary>The protocol has no escaping: whatever a peer writes into a header, a frame's first line keeps its tokens, and each its meaning.</summary>
public sealed class MetaLineTests
{
    private const int TokensOfNew = 13, TokensOfOther = 11, TokensOfRefusal = 5;

    private static readonly string[] s_fields = ["Request-URI", "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Subject", "User-Agent", "Record-Route",
        "Require", "Supported", "Allow", "Reason", "Event", "Content-Disposition", "X-Own"];

    // The second %: the value as it would be; what may break a line or a token stands before, within and behind it.
    private static readonly string[] s_forms = ["%|x", "|%", "%|sip|network|1|udp|1.2.3.4|5060", "%\r\n |x", "%\r|x", "%\n|x", "%;tag=a|b", "%;tag=\"a|b\"", "%;branch=z9hG4bK|1",
        "<sip:a|b@10.0.0.1>;tag=x", "\"|\" <sip:a@10.0.0.1>;tag=x|", "a|b@c", "%#|", "0|#%", "%\0|"];

    public static TheoryData<string> Fields => [.. s_fields];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Of_a_request(string field)
    {
        var rig = new Rig();
        for (var form = 0; form < s_forms.Length; form++)
        {
            rig.Peer.Send(With(rig.Peer.Ask("INVITE", $"c{form}", headers: Others, body: Text.Sdp), field, s_forms[form]));
            rig.Pass(0.1);
            foreach (var offered in rig.App.Record!.ToList())
            {
                Assert.Equal((TokensOfNew, "sip", "network", "10.0.0.1", ""), (offered.Tokens.Length, offered.Tokens[1], offered.Tokens[2], offered.Tokens[5], offered.Tokens[9]));
                Assert.True(Guid.TryParse(offered.TransactionId, out _), $"{field} {s_forms[form]}: {offered}");
                Assert.NotNull(offered.Request);
                rig.App.Record!.Clear();
                var reply = rig.Respond(offered, 486);
                Assert.Equal($"{Text.Of(offered.Request.CallId)};from-tag={Text.Of(offered.Request.FromTag)}", reply.DialogId);
            }
        }

        Assert.Equal(0, rig.Server.Totals["faults"]);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Of_a_response(string field)
    {
        var rig = new Rig();
        var (sent, invite) = rig.Place();
        foreach (var form in s_forms)
        {
            var answer = new SipMessageBuilder().BeginResponse(invite, 183, default, "far"u8).ToResponse();
            rig.Peer.Send(With(Text.Of(answer.Bytes).Replace("\r\n\r\n", $"\r\nContact: <sip:far@10.0.0.1>\r\n{Others}\r\n", StringComparison.Ordinal), field, form));
            rig.Pass(0.1);
            foreach (var told in rig.App.Record!)
            {
                Assert.Equal((TokensOfOther, sent.TransactionId, $"{Text.Of(invite.CallId)};from-tag={Text.Of(invite.FromTag)}"), (told.Tokens.Length, told.Tokens[8], told.Tokens[9]));
                Assert.NotNull(told.Response);
            }

            rig.App.Record!.Clear();
        }

        Assert.Equal(0, rig.Server.Totals["faults"]);
    }

    [Theory]
    [InlineData("INVITE sip:a|b@10.0.0.1 SIP/2.0")]
    [InlineData("INVITE a|b\rc SIP/2.0")]
    [InlineData("INVITE sip:far@10.0.0.1:5060 SIP/2.0\r\nFrom: <sip:a@b\r|c>")]
    [InlineData("INVITE sip:far@10.0.0.1:5060 SIP/2.0\r\nCall-ID: a|b")]
    public void Of_a_refusal(string start)
    {
        var rig = new Rig();
        rig.App.Request(start + "\r\nContent-Length: 0\r\n\r\n");
        var reply = rig.Reply(ReplyVerdict.Nok);
        Assert.Equal(TokensOfRefusal, reply.Tokens.Length);
    }

    private static string Others => string.Concat(s_fields.Skip(8).Select(name => $"{name}: <sip:10.0.0.77;lr>\r\n"));

    private static string With(string message, string field, string form)
    {
        var lines = message.Split("\r\n");
        var end = Array.IndexOf(lines, "");
        for (var index = 0; index < end; index++)
        {
            if (field == "Request-URI" && index == 0)
            {
                var words = lines[0].Split(' ', 3);
                words[1] = form.Replace("%", words[1], StringComparison.Ordinal);
                lines[0] = string.Join(' ', words);
            }
            else if (lines[index].StartsWith(field + ":", StringComparison.Ordinal))
            {
                lines[index] = $"{field}: {form.Replace("%", lines[index][(field.Length + 2)..], StringComparison.Ordinal)}";
            }
        }

        return string.Join("\r\n", lines);
    }
}
