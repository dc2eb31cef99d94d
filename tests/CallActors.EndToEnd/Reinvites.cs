using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Changing a call that is up: re-INVITE (RFC 3261 §14) and UPDATE (RFC 3311).</summary>
public sealed class Reinvites : EndToEndTest
{
    private static readonly object Answer = new { status = 200, body = Sdp.Describe("application", 44002, version: 2) };

    private static Scenario InCall => Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(100);

    [EndToEndFact]
    public async Task The_caller_changes_the_session()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { modify = Answer } });

        await CallAsync(InCall.Invite(Sdp.Describe("alice", 40002, version: 2)).Expect(100).Expect(200, "body: m=audio 44002", "Contact: sip:").Ack().Pause(50)
            .Bye().Expect(200, "CSeq: BYE"));

        Check((await app.ExpectAsync("modify")).Text("body").Contains("40002", StringComparison.Ordinal), "The new offer.");
        Check(app.Count("ack") == 2, "Both ACKs reach the dialog.");
    }

    [EndToEndFact]
    public async Task The_caller_holds_and_resumes()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { hold = true, unhold = true } });

        await CallAsync(
            InCall.Invite(Sdp.Describe("alice", 40000, "sendonly", 2)).Expect(100).Expect(200, "body: a=recvonly").Ack().Pause(50)
                .Invite(Sdp.Describe("alice", 40000, version: 3)).Expect(100).Expect(200, "body: a=sendrecv").Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await app.ExpectAsync("hold");
        await app.ExpectAsync("unhold");
    }

    [EndToEndFact]
    public async Task The_caller_refreshes_with_the_same_description()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { refresh = true } });

        await CallAsync(InCall.Invite().Expect(100).Expect(200, "body: o=application").Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await app.ExpectAsync("refresh");
    }

    [EndToEndFact]
    public async Task The_caller_asks_for_an_offer()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { modify = Answer } });

        await CallAsync(InCall.InviteWithoutOffer().Expect(100).Expect(200, "body: m=audio 44002").Ack(Sdp.Describe("alice", 40004)).Pause(50)
            .Bye().Expect(200, "CSeq: BYE"));

        await app.ExpectAsync("ack", ack => ack.Text("body").Contains("40004", StringComparison.Ordinal));
    }

    [EndToEndFact]
    public async Task The_application_changes_holds_and_asks_for_an_offer()
    {
        var app = await StartAppAsync("uas", "answer");
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack()
                .Receive("INVITE", "body: m=audio 46000", "Contact: sip:127.0.0.1").Reply(200, body: Sdp.Alice).Receive("ACK")
                .Receive("INVITE", "body: a=inactive").Reply(200, body: Sdp.Alice).Receive("ACK")
                .Receive("INVITE", "Content-Length: 0").Reply(200, body: Sdp.Describe("alice", 40006)).Receive("ACK", "body: m=audio 46002")
                .Bye().Expect(200, "CSeq: BYE"));
        await app.ExpectAsync("ack");

        await app.CommandAsync("dialog.modify", new { sdp = Sdp.Describe("application", 46000) });
        Check((await app.ExpectAsync("modified")).Text("sdp").Contains("o=alice", StringComparison.Ordinal), "The answer.");
        await app.CommandAsync("dialog.modify", new { sdp = "hold" });
        await app.ExpectAsync("modified");
        await app.CommandAsync("dialog.modify", new { noAck = true, answer = Sdp.Describe("application", 46002) });
        Check((await app.ExpectAsync("modified")).Text("sdp").Contains("40006", StringComparison.Ordinal), "The offer.");

        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_re_invite_that_rings_first_is_answered_all_the_same()
    {
        var app = await StartAppAsync("uas", "answer");
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("INVITE").Reply(180).Pause(80).Reply(200, "INVITE", Sdp.Alice).Receive("ACK")
                .Pause(50).Bye().Expect(200));
        await app.ExpectAsync("ack");

        await app.CommandAsync("dialog.modify", new { sdp = Sdp.Describe("application", 46000) });

        await app.ExpectAsync("modified");
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_refused_re_invite_leaves_the_call_as_it_was()
    {
        var app = await StartAppAsync("uas", "answer");
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("INVITE").Reply(488).Receive("ACK").Pause(50).Bye().Expect(200, "CSeq: BYE"));
        await app.ExpectAsync("ack");

        await app.CommandAsync("dialog.modify", new { sdp = Sdp.Describe("application", 46000) });

        Check((await app.ExpectAsync("unmodified")).Number("status") == 488, "The application is told.");
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_re_invite_that_crosses_ours_gets_491()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { modify = Answer } });
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("INVITE").Invite().May(100).Expect(491, "CSeq: 2 INVITE").AckRejection()
                .Reply(200, "INVITE", Sdp.Alice).Receive("ACK").Pause(50).Bye().Expect(200, "CSeq: BYE"));
        await app.ExpectAsync("ack");

        await app.CommandAsync("dialog.modify", new { sdp = Sdp.Describe("application", 46000) });

        await app.ExpectAsync("modified");
        await SucceedAsync(caller);
        Check(app.Count("modify") == 0, "The application never saw it.");
    }

    [EndToEndFact]
    public async Task A_re_invite_before_the_last_one_is_answered_gets_500_and_retry_after()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { modify = new { status = 200, body = Sdp.Bob, delay = 400 } } });

        await CallAsync(
            InCall.Invite().Expect(100).Invite().May(100).Expect(500, "CSeq: 3 INVITE", "Retry-After: [0-9]").AckRejection()
                .Expect(200, "CSeq: 2 INVITE").Ack(sequence: 2).Pause(50).Bye().Expect(200, "CSeq: BYE"));

        Check(app.Count("modify") == 1, "The application saw the first.");
    }

    [EndToEndFact]
    public async Task After_a_new_contact_the_next_request_goes_there()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { modify = Answer } });
        using var caller = new UdpPeer(Server.Udp);
        using var moved = new UdpPeer(Server.Udp);
        var dialog = await RawDialog.EstablishAsync(caller, Server.Udp);
        Check(dialog is not null, "The call is up.");

        await caller.SendAsync(dialog!.Request("INVITE", Sdp.Alice, [$"Contact: {moved.Contact}"]));
        Check(await caller.ReceiveAsync(200, "INVITE") is not null, "The re-INVITE is answered.");
        await caller.SendAsync(dialog.Ack(2));
        await app.ExpectAsync("ack", ack => ack.Text("label") == "dialog");
        await app.CommandAsync("dialog.hangup");

        var bye = await moved.ReceiveAsync("BYE");
        Check(bye is not null && bye.StartLine.Contains(moved.Local.ToString(), StringComparison.Ordinal), "RFC 3261 §12.2: target refresh.");
        await moved.SendAsync(moved.Response(bye!, 200));
        await app.ExpectAsync("hungup");
    }

    [EndToEndFact]
    public async Task A_request_with_a_number_that_was_used_gets_500()
    {
        await StartAppAsync("uas", "answer");
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;

        await caller.SendAsync(dialog.Request("INFO", sequence: 7));
        Check(await caller.ReceiveAsync(200, "INFO") is not null, "A higher number is fine.");
        await caller.SendAsync(dialog.Request("INFO", sequence: 5));
        Check(await caller.ReceiveAsync(500, "INFO") is not null, "RFC 3261 §12.2.2: a lower one is not.");
        await caller.SendAsync(dialog.Request("BYE", sequence: 8));
        Check(await caller.ReceiveAsync(200, "BYE") is not null, "The call goes on to its end.");
    }

    [EndToEndFact]
    public async Task Update_changes_the_session_from_either_side()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { update = Answer } });
        var caller = await StartCallerAsync(
            InCall.Send("UPDATE", Sdp.Describe("alice", 40002, version: 2)).Expect(200, "CSeq: UPDATE", "body: m=audio 44002", "Contact: sip:")
                .Receive("UPDATE", "body: m=audio 46000", "Contact: sip:").Reply(200, body: Sdp.Alice).Pause(50).Bye().Expect(200, "CSeq: BYE"));
        await app.ExpectAsync("update");

        await app.CommandAsync("dialog.request", new
        {
            method = "UPDATE",
            body = Sdp.Describe("application", 46000),
            headers = new Dictionary<string, string> { ["Content-Type"] = "application/sdp" },
        });

        Check((await app.ExpectAsync("response")).Number("status") == 200, "Answered.");
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_session_interval_below_90_seconds_is_refused_in_the_dialog()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { modify = Answer } });

        await CallAsync(
            InCall.Invite(null, "Session-Expires: 30;refresher=uac", "Supported: timer").May(100).Expect(422, "Min-SE: 90").AckRejection()
                .Bye().Expect(200, "CSeq: BYE"));

        Check(app.Count("modify") == 0, "RFC 4028: the server says so itself.");
    }
}
