using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Messages as others write them, right or wrong: row N24. None of them is dropped without a word.</summary>
public sealed class TextTests
{
    private readonly Dictionary<string, string?> _seen = [];

    private Script Reader(params string[] names) => new()
    {
        Invited = (_, call) =>
        {
            foreach (var name in names) _seen[name] = call.Invite.Header(name);
            _seen["body"] = call.Invite.Body;
            _seen["count:Subject"] = Count(call.Invite.Message).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return call.Reject(486);
        },
    };

    [Fact]
    public async Task N24_every_compact_form_is_read_by_its_long_name()
    {
        string[] names =
        [
            "From", "To", "Call-ID", "Contact", "Content-Type", "Content-Encoding", "Subject", "Supported", "Event", "Refer-To", "Referred-By", "Allow-Events", "Accept-Contact",
            "Reject-Contact", "Request-Disposition", "Session-Expires", "Identity", "Identity-Info",
        ];
        await using var net = new TestNet();
        var node = Reader(names).On(net);
        Assert.Equal(486, Play(net, """
            f: <sip:alice@10.1.0.1>;tag=c1
            t: <sip:bob@10.0.0.1>
            i: compact@10.1.0.1
            CSeq: 1 INVITE
            m: <sip:alice@10.1.0.1>
            c: application/sdp
            e: identity
            s: a compact subject
            k: timer
            o: presence
            r: <sip:carol@example.org>
            b: <sip:dave@example.org>
            u: dialog
            a: *;audio
            j: *;video
            d: fork
            x: 1800
            y: abc
            n: <https://example.org/cert>
            """, "v=0\n"));
        Assert.All(names, name => Assert.False(string.IsNullOrEmpty(_seen[name]), name));
        Assert.Equal("a compact subject", _seen["Subject"]);
        Assert.Equal("1800", _seen["Session-Expires"]);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N24_folded_and_repeated_headers_arrive()
    {
        await using var net = new TestNet();
        var node = Reader("Subject", "X-Folded").On(net);
        Assert.Equal(486, Play(net, """
            From: <sip:alice@10.1.0.1>;tag=f1
            To: <sip:bob@10.0.0.1>
            Call-ID: folded@10.1.0.1
            CSeq: 1 INVITE
            Contact: <sip:alice@10.1.0.1>
            Subject: one
            SUBJECT: two
            s:three
            X-Folded: begins
              and goes on
            """, ""));
        Assert.Equal("one", _seen["Subject"]);
        Assert.Equal("3", _seen["count:Subject"]);
        Assert.StartsWith("begins", _seen["X-Folded"], StringComparison.Ordinal);
        Assert.EndsWith("and goes on", _seen["X-Folded"], StringComparison.Ordinal);
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData("this line has no colon")]
    [InlineData(": no name")]
    [InlineData("Max-Forwards: many")]
    [InlineData("Contact: <sip:alice@10.1.0.1")]
    [InlineData("CSeq: 1 INVITE")]
    [InlineData("From: <sip:other@10.1.0.1>;tag=second")]
    [InlineData("Content-Length: 9999")]
    [InlineData("Expires: 99999999999999999999")]
    [InlineData("Date: whenever")]
    [InlineData("Unknown-Header: \u0001\u0002")]
    public async Task N24_a_strange_header_is_delivered_or_answered_400(string line)
    {
        await using var net = new TestNet();
        var node = Reader("From").On(net);
        var status = Play(net, $"""
            From: <sip:alice@10.1.0.1>;tag=s1
            To: <sip:bob@10.0.0.1>
            Call-ID: strange@10.1.0.1
            CSeq: 1 INVITE
            Contact: <sip:alice@10.1.0.1>
            {line}
            """, "");
        Assert.True(status == 400 ? _seen.Count == 0 : status == 486 && _seen.Count > 0, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        node.AssertNothingLeft();
    }

    private static int Count(Sip.Messages.SipMessage message)
    {
        var count = 0;
        foreach (var _ in message.Values(Sip.Messages.SipHeaderId.Subject)) count++;
        return count;
    }

    /// <summary>Sends an INVITE as it stands here and gives its final status.</summary>
    private static int Play(TestNet net, string headers, string body)
    {
        var alice = net.Phone("alice");
        var lines = headers.ReplaceLineEndings("\r\n");
        var length = lines.Contains("Content-Length", StringComparison.Ordinal) ? "" : $"Content-Length: {body.Length}\r\n";
        alice.SendsRaw($"INVITE sip:bob@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {alice.Address};branch=z9hG4bKraw1\r\nMax-Forwards: 70\r\n{lines}\r\n{length}\r\n{body}");
        while (true)
        {
            var response = Assert.IsType<Sip.Messages.SipResponse>(alice.ReceivesStray());
            if (response.StatusCode < 200) continue;
            // No phone of this name placed the call, so its rejection is acknowledged by hand (RFC 3261 §17.1.1.3).
            var call = headers.ReplaceLineEndings("\n").Split('\n').First(line => line.StartsWith('i') || line.StartsWith("Call-ID", StringComparison.Ordinal));
            alice.SendsRaw($"ACK sip:bob@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {alice.Address};branch=z9hG4bKraw1\r\nMax-Forwards: 70\r\nFrom: {response.TextOf("From")}\r\nTo: {response.TextOf("To")}\r\n{call}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n");
            return response.StatusCode;
        }
    }
}
