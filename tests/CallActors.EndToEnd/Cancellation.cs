using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Callers who give up while the application is still deciding (RFC 3261 §9).</summary>
public sealed class Cancellation : EndToEndTest
{
    private static Scenario GivesUp(bool rings) => (rings ? Scenario.Caller().Invite().Expect(100).Expect(180) : Scenario.Caller().Invite().Expect(100).Pause(200))
        .Cancel().Expect(200, "CSeq: CANCEL").Expect(487, "CSeq: INVITE", "To: tag=").AckRejection();

    [EndToEndFact]
    public async Task A_cancel_before_any_answer_of_the_application_ends_the_call()
    {
        var app = await StartAppAsync("uas", "manual");

        await CallAsync(GivesUp(rings: false));

        await app.ExpectAsync("cancel");
        await app.CommandAsync("send", new { status = 200, body = Sdp.Bob });
        var late = await app.ExpectAsync("sent");
        Check(late.Text("error") == "Response not sent due to unknown transaction", $"A late answer is refused: {late.Text("error")}");
    }

    [EndToEndFact]
    public async Task A_cancel_after_ringing_ends_the_call()
    {
        var app = await StartAppAsync("uas", "manual");
        var caller = await StartCallerAsync(GivesUp(rings: true));
        await app.ExpectAsync("invite");
        await app.CommandAsync("send", new { status = 180 });

        await app.ExpectAsync("cancel");
        await app.CommandAsync("send", new { status = 487 });

        await SucceedAsync(caller);
        await app.ExpectAsync("sent", sent => sent.Number("status") == 487 && sent.Text("error") == "Response not sent due to unknown transaction");
    }

    [EndToEndFact]
    public async Task Create_uas_fails_with_487_when_the_caller_has_gone()
    {
        var app = await StartAppAsync("uas", "answer", new { ring = 180, delay = 600 });

        await CallAsync(GivesUp(rings: true));

        await app.ExpectAsync("cancel");
        await app.ExpectAsync("failed", seconds: 5);
    }

    [EndToEndFact]
    public async Task A_cancel_after_the_answer_is_too_late_and_harms_nothing()
    {
        var app = await StartAppAsync("uas", "answer");

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Cancel().Expect(481, "CSeq: CANCEL").Ack().Pause(100).Bye().Expect(200, "CSeq: BYE"));

        await app.ExpectAsync("destroy", destroy => destroy.Text("reason") == "normal release");
    }

    [EndToEndFact]
    public async Task A_cancel_that_matches_nothing_gets_481()
    {
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("CANCEL", Server.Udp));

        Check(await peer.ReceiveAsync(481, "CANCEL") is not null, "RFC 3261 §9.2.");
    }

    [EndToEndFact]
    public async Task A_cancel_whose_branch_was_changed_on_the_way_still_matches()
    {
        var app = await StartAppAsync("uas", "answer", new { ring = 180, delay = 30_000 });
        using var peer = new UdpPeer(Server.Udp);
        var invite = peer.Request("INVITE", Server.Udp, body: Sdp.Alice);
        await peer.SendAsync(invite);
        Check(await peer.ReceiveAsync(180, "INVITE") is not null, "It rings.");

        var branch = new TracedMessage(true, "", invite).Header("Via")!.Split("branch=")[1];
        var cancel = invite.Replace("INVITE", "CANCEL", StringComparison.Ordinal).Replace(branch, "z9hG4bKother", StringComparison.Ordinal);
        await peer.SendAsync(cancel[..cancel.IndexOf("Content-Type", StringComparison.Ordinal)] + "Content-Length: 0\r\n\r\n");

        Check(await peer.ReceiveAsync(200, "CANCEL") is not null, "The CANCEL is accepted.");
        var end = await peer.ReceiveAsync(487, "INVITE");
        Check(end is not null, "The INVITE ends.");
        await app.ExpectAsync("cancel");
        await peer.SendAsync(RawDialog.AckRejection(invite, end!));
    }
}
