using CallActors.Headers;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Bodies and headers that must arrive as they were sent: rows N23, N24, N32, N33 and N37.</summary>
public sealed class BodyTests
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 10.0.2.1\r\ns=-\r\nc=IN IP4 10.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

    // Every octet there is, line ends and what looks like a boundary among them: an ISUP message is no text (RFC 3204).
    private static readonly byte[] s_isup = [.. "\r\n--\r\n\0"u8, .. Enumerable.Range(0, 256).Select(octet => (byte)octet), .. "\r\n\r\n"u8];

    private static PhoneBody SdpAndIsup(string sdp) => Body(MultipartBody.Of(
        BodyPart.Of("application/sdp", sdp),
        BodyPart.Of("application/isup;version=itu-t92+", s_isup, HeaderLine.Of("Content-Disposition", "signal;handling=optional"))));

    private static PhoneBody Body(MultipartBody body) => new(body.ContentType, body.ToBytes());

    [Fact]
    public async Task N23_a_flow_reads_the_parts_of_a_body_byte_by_byte()
    {
        var parts = new List<BodyPart>();
        string? offer = null;
        var script = new Script
        {
            Invited = async (_, call) =>
            {
                parts.AddRange(call.Invite.Message.BodyParts);
                offer = call.Offer;
                await call.Reject(486);
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        await net.Phone("alice").Invites("bob", SdpAndIsup(Sdp)).Receives(486);
        Assert.Equal(2, parts.Count);
        Assert.Equal(s_isup, parts[1].Content.ToArray());
        // The offer is the description alone.
        Assert.Equal(Sdp, offer);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N23_a_bridge_passes_ISUP_on_beside_the_description()
    {
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob", SdpAndIsup(Sdp));
        var bob = await net.Phone("bob").ReceivesInvite();
        Assert.True(MultipartBody.TryRead(System.Text.Encoding.ASCII.GetBytes(bob.Body.Type), bob.Body.Bytes, out var body), bob.Body.Type);
        Assert.Equal(Sdp, body.Parts[0].Text);
        Assert.Equal(s_isup, body.Parts[1].Content.ToArray());
        Assert.Equal("signal;handling=optional", body.Parts[1].Header("Content-Disposition"));
        await bob.Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N23_a_media_relay_changes_the_description_and_nothing_else()
    {
        var script = new Script
        {
            Invited = static (flow, call) => flow.Connects(call, new BridgeOptions { Offer = static offer => Task.FromResult(offer?.Replace("4000", "5000", StringComparison.Ordinal)) }),
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob", SdpAndIsup(Sdp));
        var bob = await net.Phone("bob").ReceivesInvite();
        Assert.True(MultipartBody.TryRead(System.Text.Encoding.ASCII.GetBytes(bob.Body.Type), bob.Body.Bytes, out var body), bob.Body.Type);
        Assert.Equal(Sdp.Replace("4000", "5000", StringComparison.Ordinal), body.Parts[0].Text);
        Assert.Equal(s_isup, body.Parts[1].Content.ToArray());
        await bob.Rejects(486);
        await alice.Receives(486);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N23_a_recording_sessions_metadata_keeps_its_blank_lines()
    {
        const string metadata = "<?xml version=\"1.0\"?>\r\n\r\n<recording xmlns='urn:ietf:params:xml:ns:recording:1'>\r\n\r\n\r\n  <datamode>complete</datamode>\r\n\r\n</recording>\r\n\r\n";
        var parts = new List<BodyPart>();
        var script = new Script
        {
            Invited = async (_, call) =>
            {
                parts.AddRange(call.Invite.Message.BodyParts);
                await call.Answer(call.Offer);
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var body = Body(MultipartBody.Of(BodyPart.Of("application/sdp", Sdp), BodyPart.Of("application/rs-metadata+xml", metadata, HeaderLine.Of("Content-Disposition", "recording-session"))));
        var alice = await net.Phone("alice").Invites("recorder", body, [("Require", "siprec")]);
        await alice.Receives(200).Acks();
        Assert.Equal(Sdp, alice.Body.ToString());
        Assert.Equal(metadata, parts[1].Text);
        Assert.Equal("recording-session", parts[1].Header("Content-Disposition"));
        await alice.HangsUp();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N23_bytes_pass_a_bridge_in_both_directions_of_an_INFO()
    {
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob");
        var bob = await net.Phone("bob").ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        var info = alice.Sends("INFO", new PhoneBody("application/isup", s_isup));
        var heard = await bob.Receives("INFO").Answers(200, new PhoneBody("application/octet-stream", s_isup.Reverse().ToArray()));
        Assert.Equal(s_isup, heard.Body.Bytes.ToArray());
        Assert.Equal("application/isup", heard.Body.Type);
        await info.Receives(200);
        Assert.Equal(s_isup.Reverse(), info.Body.Bytes.ToArray());
        await bob.HangsUp();
        await alice.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N32_a_session_that_is_too_short_is_offered_longer()
    {
        var script = new Script();
        script = new Script { Started = async flow => script.Outcomes.Add(await flow.Calls("bob", new CallOptions { Sdp = Sdp, Headers = new HeaderFields { { "Session-Expires", "90" } } }).Outcome) };
        await using var net = new TestNet();
        var node = script.On(net);
        var bob = net.Phone("bob");
        node.Begin<Scripted>();
        var first = await bob.ReceivesInvite();
        Assert.StartsWith("90", first.Header("Session-Expires"), StringComparison.Ordinal);
        await first.Rejects(422, [("Min-SE", "1200")]);
        var second = await bob.ReceivesInvite();
        Assert.StartsWith("1200", second.Header("Session-Expires"), StringComparison.Ordinal);
        Assert.Equal("1200", second.Header("Min-SE"));
        Assert.Equal(first.CallId, second.CallId);
        Assert.True(second.Invite.Request.CSeq > first.Invite.Request.CSeq);
        await second.Answers(headers: [("Session-Expires", "1200;refresher=uas")]).ReceivesAck();
        net.RunUntil(() => script.Outcomes.Count > 0);
        Assert.True(script.Outcomes[0].IsAnswered);
        await second.HangsUp();
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData("text")]
    [InlineData("function")]
    [InlineData("later")]
    public async Task N33_the_200_carries_the_description_in_whatever_form_it_was_given(string form)
    {
        var script = new Script
        {
            Invited = (flow, call) => form switch
            {
                "text" => call.Answer(Sdp),
                "function" => call.Answer(static _ => Task.FromResult<string?>(Sdp)),
                _ => call.Answer(async _ =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(3), flow.Clock);
                    return Sdp;
                }),
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        foreach (var offer in new[] { (PhoneBody)net.Phone("alice").Sdp, PhoneBody.None })
        {
            var alice = await net.Phone("alice").Invites("bob", offer);
            await alice.Receives(200);
            Assert.Equal(Sdp, alice.Body.ToString());
            Assert.Equal("application/sdp", alice.Body.Type);
            await alice.Acks(offer.IsEmpty ? net.Phone("alice").Sdp : PhoneBody.None).HangsUp();
        }

        node.AssertNothingLeft();
    }

    [Fact]
    public async Task N37_headers_left_out_by_a_policy_are_still_the_callers()
    {
        var script = new Script();
        script = new Script
        {
            Invited = async (flow, call) =>
            {
                await flow.Connects(call, new BridgeOptions { RequestHeaders = HeaderPolicy.All.Except("P-*") });
                script.Notes.Add(call.Invite.Header("P-Asserted-Identity")!);
                script.Notes.Add(call.Invite.Header("p-charging-vector")!);
                script.Notes.Add(call.Invite.Header("X-Tenant")!);
            },
        };
        await using var net = new TestNet();
        var node = script.On(net);
        var alice = await net.Phone("alice").Invites("bob", headers: [("P-Asserted-Identity", "<sip:a@example.org>"), ("P-Charging-Vector", "icid-value=1"), ("X-Tenant", "7")]);
        var bob = await net.Phone("bob").ReceivesInvite();
        Assert.Null(bob.Header("P-Asserted-Identity"));
        Assert.Null(bob.Header("P-Charging-Vector"));
        Assert.Equal("7", bob.Header("X-Tenant"));
        await bob.Rejects(486);
        await alice.Receives(486);
        Assert.Equal(["<sip:a@example.org>", "icid-value=1", "7"], script.Notes);
        node.AssertNothingLeft();
    }
}
