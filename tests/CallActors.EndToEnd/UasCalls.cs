using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Calls that the application is called with.</summary>
public sealed class UasCalls : EndToEndTest
{
    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_rejected_with_a_header_of_the_application(bool tcp)
    {
        var headers = new Dictionary<string, string> { ["X-Why"] = "nobody home", ["retry-after"] = "17" };
        var app = await StartAppAsync("uas", "reject", new { status = 486, reason = "Busy Today", headers });

        await CallAsync(
            Scenario.Caller().Invite(null, "X-Shop: 12").Expect(100).Expect(486, "X-Why: nobody home", "Retry-After: 17", "To: tag=").AckRejection(),
            new SippOptions { Tcp = tcp });

        var invite = await app.ExpectAsync("invite");
        Check(invite.Header("X-Shop") == "12", "The application sees the caller's own header.");
        Check(invite.Text("protocol") == (tcp ? "tcp" : "udp"), "It is told the protocol.");
        Check(invite.Text("receivedOn") == (tcp ? Server.Tcp : Server.Udp).ToString(), "It is told where the call came in.");
        Check((await app.ExpectAsync("sent")).Text("error").Length == 0, "Its response was accepted.");
    }

    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_rings_and_answers_and_the_caller_hangs_up(bool tcp)
    {
        var headers = new Dictionary<string, string> { ["subject"] = "wool", ["custom-thing"] = "Yes, this", ["X-lower"] = "kept" };
        var app = await StartAppAsync("uas", "answer", new { ring = 180, delay = 60, headers });
        var contact = $"Contact: sip:127.0.0.1:{(tcp ? Server.Tcp : Server.Udp).Port}{(tcp ? ";transport=tcp" : ">")}";

        var caller = await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(180, "To: tag=")
                .Expect(200, contact, "Subject: wool", "Custom-Thing: Yes, this", "X-lower: kept", "Content-Type: application/sdp", "body: o=application")
                .Ack().Pause(60).Bye().Expect(200, "CSeq: BYE"),
            new SippOptions { Tcp = tcp });

        var answered = await app.ExpectAsync("answered");
        var invite = caller.Trace.Sent.First();
        var fromTag = invite.Header("From")!.Split("tag=")[1];
        Check(answered.Text("id") == $"{invite.Header("Call-ID")};from-tag={fromTag}", "The dialog id is Call-ID and From tag.");
        Check(answered.Text("localTag") == caller.Trace.FirstReceived(200).Header("To")!.Split("tag=")[1], "The echoed 200 has our tag.");
        Check((await app.ExpectAsync("ack")).Text("label") == "dialog", "The ACK reaches the application.");
        Check((await app.ExpectAsync("destroy")).Text("reason") == "normal release", "The BYE ends the dialog.");
    }

    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_answers_and_hangs_up_itself(bool tcp)
    {
        var app = await StartAppAsync("uas", "answer");
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("BYE", "X-Cause: done", "Max-Forwards: 70").Reply(200),
            new SippOptions { Tcp = tcp });

        await app.ExpectAsync("ack");
        await app.CommandAsync("dialog.hangup", new { headers = new Dictionary<string, string> { ["X-Cause"] = "done" } });

        await SucceedAsync(caller);
        await app.ExpectAsync("hungup");
    }

    [EndToEndFact]
    public async Task A_call_without_an_offer_is_answered_with_one_and_the_ack_brings_the_answer()
    {
        var app = await StartAppAsync("uas", "answer");

        await CallAsync(Scenario.Caller().InviteWithoutOffer().Expect(100).Expect(200, "body: m=audio").Ack(Sdp.Alice).Pause(60).Bye().Expect(200));

        Check((await app.ExpectAsync("ack")).Text("body").Contains("o=alice", StringComparison.Ordinal), "The answer is in the ACK's event.");
        await app.ExpectAsync("destroy");
    }

    [EndToEndFact]
    public async Task A_200_is_sent_again_until_the_ack_comes()
    {
        var app = await StartAppAsync("uas", "answer");

        var caller = await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Pause(600).Ack().Pause(200).Bye().Expect(200, "CSeq: BYE"));

        var copies = caller.Trace.CountReceived(200, "INVITE");
        Check(copies is >= 3 and <= 6, $"Several copies of the 200, and an end to them: {copies}.");
        Check(app.Count("ack") == 1, "One ACK for the application.");
    }

    [EndToEndFact]
    public async Task A_200_that_is_never_acknowledged_ends_in_a_bye()
    {
        var app = await StartAppAsync("uas", "answer");

        var caller = await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Receive("BYE", "Reason: text=.ACK timeout").Reply(200));

        Check(caller.Trace.CountReceived(200, "INVITE") >= 5, "The 200 was repeated until then.");
        Check((await app.ExpectAsync("destroy")).Text("reason") == "ACK timeout", "The application hears why.");
    }

    [EndToEndFact]
    public async Task A_rejection_is_sent_again_until_the_ack_comes()
    {
        await StartAppAsync("uas", "reject", new { status = 486 });

        var caller = await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486).Pause(500).AckRejection());

        var copies = caller.Trace.CountReceived(486, "INVITE");
        Check(copies is >= 3 and <= 6, $"Several copies of the 486, and an end to them: {copies}.");
    }

    [EndToEndFact]
    public async Task A_bye_that_meets_no_answer_is_sent_again()
    {
        var app = await StartAppAsync("uas", "answer", new { hangUpAfter = 150 });

        var caller = await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("BYE").Pause(400).Reply(200));

        Check(caller.Trace.CountReceived("BYE") >= 3, "BYE is repeated by timer E.");
        await app.ExpectAsync("ack");
    }

    [EndToEndFact]
    public async Task A_second_final_response_changes_nothing()
    {
        var app = await StartAppAsync("uas", "manual");
        var caller = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(486).AckRejection());
        await app.ExpectAsync("invite");

        await app.CommandAsync("send", new { status = 180 });
        await app.CommandAsync("send", new { status = 486 });
        await SucceedAsync(caller);
        await app.CommandAsync("send", new { status = 200, body = Sdp.Bob });

        await app.ExpectAsync("sent", sent => sent.Number("status") == 486 && sent.Text("error").Length == 0);
        await app.ExpectAsync("sent", sent => sent.Number("status") == 200 && sent.Text("error").Length > 0);
    }

    [EndToEndFact]
    public async Task Many_calls_at_once_are_all_answered_and_released()
    {
        var app = await StartAppAsync("uas", "load");

        await CallAsync(
            Scenario.Caller().Invite().May(100).Expect(200).Ack().Pause(200).Bye().Expect(200),
            new SippOptions { Calls = 500, Rate = 200, Limit = 500 });

        await app.CommandAsync("count");
        var count = await app.ExpectAsync("count");
        Check(count.Number("answered") == 500 && count.Number("ended") == 500, "Each call was answered and ended.");
    }
}
