using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>PRACK on both legs (RFC 3262), and UPDATE before the answer (RFC 3311).</summary>
public sealed class ReliableProvisionals : EndToEndTest
{
    private static readonly Dictionary<string, string> Require100Rel = new() { ["Require"] = "100rel" };

    [EndToEndFact]
    public async Task The_application_answers_once_its_progress_was_acknowledged()
    {
        var app = await StartAppAsync("uas", "answer", new { reliable = true, reliableSdp = Sdp.Bob });

        await CallAsync(
            Scenario.Caller().Invite(null, "Supported: 100rel").Expect(100).ExpectReliable(183, "body: o=bob", "To: tag=", "Contact: sip:").Prack()
                .Expect(200, "CSeq: PRACK").Expect(200, "CSeq: INVITE").Ack().Pause(60).Bye().Expect(200, "CSeq: BYE"));

        var progress = await app.ExpectAsync("progress");
        Check(progress.Text("error").Length == 0, "The echoed 183 has an RSeq.");
        Check((await app.ExpectAsync("prack")).Text("rack").StartsWith(progress.Text("rseq") + " 1 INVITE", StringComparison.Ordinal), "PRACK names it.");
    }

    [EndToEndFact]
    public async Task A_reliable_response_is_repeated_until_its_prack_comes()
    {
        await StartAppAsync("uas", "answer", new { reliable = true, reliableSdp = Sdp.Bob });

        var caller = await CallAsync(
            Scenario.Caller().Invite(null, "Supported: 100rel").Expect(100).ExpectReliable(183).Pause(500).Prack()
                .Expect(200, "CSeq: PRACK").Expect(200, "CSeq: INVITE").Ack().Pause(60).Bye().Expect(200, "CSeq: BYE"));

        Check(caller.Trace.CountReceived(183, "INVITE") >= 3, "T1, doubled.");
    }

    [EndToEndFact]
    public async Task A_reliable_response_that_nobody_acknowledges_ends_the_call()
    {
        var app = await StartAppAsync("uas", "manual");
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite(null, "Supported: 100rel").Expect(100).ExpectReliable(183).Expect(503).AckRejection());
        await app.ExpectAsync("invite");

        await app.CommandAsync("send", new { status = 183, body = Sdp.Bob, headers = Require100Rel });

        await SucceedAsync(caller);
        await app.CommandAsync("send", new { status = 200, body = Sdp.Bob });
        await app.ExpectAsync("sent", sent => sent.Number("status") == 200 && sent.Text("error").Length > 0);
    }

    [EndToEndFact]
    public async Task A_caller_that_does_not_know_100rel_gets_no_reliable_response()
    {
        var app = await StartAppAsync("uas", "manual");
        var caller = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(486).AckRejection());
        await app.ExpectAsync("invite");

        await app.CommandAsync("send", new { status = 183, body = Sdp.Bob, headers = Require100Rel });

        Check((await app.ExpectAsync("sent")).Text("error") == "Remote endpoint does not support 100rel", "The text applications match on.");
        await app.CommandAsync("send", new { status = 486 });
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task The_application_acknowledges_the_callees_progress()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(183, body: Sdp.Bob, headers: ["Require: 100rel", "RSeq: 77"]).Receive("PRACK", "RAck: 77 [0-9]+ INVITE")
                .Reply(200).Reply(200, "INVITE").Receive("ACK").Receive("BYE").Reply(200));

        await app.CommandAsync("call", new { uri = callee.Uri, headers = new Dictionary<string, string> { ["Supported"] = "100rel" } });

        Check((await app.ExpectAsync("provisional")).Header("RSeq") == "77", "The reliable response comes up.");
        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(callee);
        var prack = callee.Trace.FirstReceived("PRACK");
        Check(prack.Header("RAck")!.Split(' ')[1] == callee.Trace.FirstReceived("INVITE").Header("CSeq")!.Split(' ')[0], "RAck has the INVITE's number.");
        Check(callee.Trace.FirstReceived("ACK").Header("CSeq")!.Split(' ')[0] == prack.Header("RAck")!.Split(' ')[1], "The ACK too, PRACK between or not.");
    }

    [EndToEndFact]
    public async Task A_bridge_has_them_on_both_legs()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE", "Supported: 100rel").Reply(183, body: Sdp.Bob, headers: ["Require: 100rel", "RSeq: 5"]).Receive("PRACK").Reply(200)
                .Pause(100).Reply(200, "INVITE", Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        await StartAppAsync("b2bua", "bridge", new
        {
            targets = new[] { callee.Uri },
            bridge = new { proxyRequestHeaders = new[] { "supported" }, proxyResponseHeaders = new[] { "require" } },
        });

        await CallAsync(
            Scenario.Caller().Invite(null, "Supported: 100rel").Expect(100).ExpectReliable(183).Prack().Expect(200, "CSeq: PRACK")
                .Expect(200, "CSeq: INVITE").Ack().Pause(100).Bye().Expect(200, "CSeq: BYE"));

        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_caller_updates_its_offer_before_the_answer()
    {
        var app = await StartAppAsync("uas", "answer", new { reliable = true, reliableSdp = Sdp.Bob, delay = 300, updateSdp = Sdp.Describe("updated", 46000) });

        await CallAsync(
            Scenario.Caller().Invite(null, "Supported: 100rel").Expect(100).ExpectReliable(183).Prack().Expect(200, "CSeq: PRACK")
                .Send("UPDATE", Sdp.Describe("alice", 40002, version: 2)).Expect(200, "CSeq: UPDATE", "body: o=updated")
                .Expect(200, "CSeq: INVITE").Ack().Pause(60).Bye().Expect(200, "CSeq: BYE"));

        Check((await app.ExpectAsync("update")).Text("body").Contains("40002", StringComparison.Ordinal), "UPDATE reaches the INVITE's own listener.");
    }

    [EndToEndFact]
    public async Task A_callee_updates_its_answer_before_it_is_final()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(183, body: Sdp.Bob, headers: ["Require: 100rel", "RSeq: 9"]).Receive("PRACK").Reply(200)
                .Send("UPDATE", Sdp.Describe("bob", 42002, version: 2)).Expect(200, "CSeq: UPDATE", "body: o=application")
                .Reply(200, "INVITE").Receive("ACK").Receive("BYE").Reply(200));

        await app.CommandAsync("call", new { uri = callee.Uri, headers = new Dictionary<string, string> { ["Supported"] = "100rel" } });

        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(callee);
    }
}
