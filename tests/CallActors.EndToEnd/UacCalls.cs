using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Calls that the application places.</summary>
public sealed class UacCalls : EndToEndTest
{
    private const string Challenge = "Proxy-Authenticate: Digest realm=\"callactors\", nonce=\"n1\", qop=\"auth\", algorithm=MD5";
    private const string Credentials = "Proxy-Authorization: Digest username=\"alice\",realm=\"callactors\",nonce=\"n1\",uri=\".*\",response=\"[0-9a-f]{32}\"";

    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_rings_and_is_answered_and_the_application_hangs_up(bool tcp)
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE", "body: o=application", "Max-Forwards: 70", "X-Shop: 12", "Contact: sip:127.0.0.1:")
                .Reply(180, headers: ["X-Ring: soft"]).Pause(50).Reply(200, body: Sdp.Bob).Receive("ACK", "CSeq: ACK").Receive("BYE").Reply(200),
            new SippOptions { Tcp = tcp });

        await app.CommandAsync("call", new { uri = callee.Uri, headers = new Dictionary<string, string> { ["X-Shop"] = "12" } });

        var sent = await app.ExpectAsync("sent");
        var ringing = await app.ExpectAsync("provisional");
        Check(ringing.Number("status") == 180 && ringing.Header("X-Ring") == "soft", "100 stays with the server, 180 comes up.");
        var answered = await app.ExpectAsync("answered");
        var invite = callee.Trace.FirstReceived("INVITE");
        Check(answered.Text("id") == $"{sent.Text("callId")};from-tag={invite.Header("From")!.Split("tag=")[1]}", "The dialog id has our tag.");
        Check(answered.Text("sdp").Contains("o=bob", StringComparison.Ordinal), "The answer's body arrives.");
        await app.CommandAsync("dialog.hangup");
        await app.ExpectAsync("hungup");
        await SucceedAsync(callee);
        Check(callee.Trace.FirstReceived("BYE").StartLine.Contains(callee.Uri.Split(';')[0], StringComparison.Ordinal), "BYE goes to the Contact.");
        Check(callee.Trace.FirstReceived("ACK").Header("CSeq")!.Split(' ')[0] == invite.Header("CSeq")!.Split(' ')[0], "ACK has the INVITE's number.");
    }

    [EndToEndFact]
    public async Task The_callee_hangs_up()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK").Pause(60).Bye().Expect(200, "CSeq: BYE"));

        await app.CommandAsync("call", new { uri = callee.Uri });

        Check((await app.ExpectAsync("destroy")).Text("reason") == "normal release", "The BYE ends the dialog.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task Localhost_in_from_and_contact_becomes_our_address()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE", $"From: \"Wool Shop\" <sip:555@127.0.0.1:{Server.Udp.Port}>;tag=", $"Contact: sip:555@127.0.0.1:{Server.Udp.Port}",
                "Via: SIP/2.0/UDP 127.0.0.1:[0-9]+;.*branch=z9hG4bK").Reply(404).Receive("ACK"));

        await app.CommandAsync("call", new { uri = callee.Uri, callingNumber = "555", callingName = "Wool Shop" });

        Check((await app.ExpectAsync("failed")).Number("status") == 404, "The rejection is the outcome.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_rejection_comes_with_its_reason_and_the_server_acknowledges_it()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(Scenario.Callee().Receive("INVITE").Reply(486).Pause(120).Receive("ACK"));

        await app.CommandAsync("call", new { uri = callee.Uri });

        var failed = await app.ExpectAsync("failed");
        Check(failed.Number("status") == 486 && failed.Text("reason") == "Busy Here", "Status and phrase.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task It_is_cancelled_while_it_rings()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL", "Reason: cause=16").Reply(200).Reply(487, "INVITE").Receive("ACK"));

        await app.CommandAsync("call", new
        {
            uri = callee.Uri,
            cancelOn = 180,
            cancelHeaders = new Dictionary<string, string> { ["Reason"] = "Q.850;cause=16" },
        });

        Check((await app.ExpectAsync("cancelled")).Text("error").Length == 0, "The CANCEL is accepted.");
        Check((await app.ExpectAsync("failed")).Number("status") == 487, "The INVITE ends with 487.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_cancel_before_any_response_is_held_until_one_comes()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Pause(300).Reply(100).Receive("CANCEL").Reply(200).Reply(487, "INVITE").Receive("ACK"));

        await app.CommandAsync("call", new { uri = callee.Uri, cancelOn = "sent" });

        Check((await app.ExpectAsync("cancelled")).Text("error").Length == 0, "The application hears OK at once.");
        Check((await app.ExpectAsync("failed")).Number("status") == 487, "The INVITE ends with 487.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_200_that_wins_the_race_with_a_cancel_is_acknowledged_and_hung_up()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL").Reply(200).Reply(200, "INVITE", Sdp.Bob).Receive("ACK")
                .Receive("BYE", "Reason: text=.ACK-BYE due to cancel race condition").Reply(200));

        await app.CommandAsync("call", new { uri = callee.Uri, cancelOn = 180 });

        await app.ExpectAsync("answered");
        Check((await app.ExpectAsync("destroy")).Text("reason") == "ACK-BYE due to cancel race condition", "The application hears why.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_redirect_is_followed_by_the_application()
    {
        var app = await StartAppAsync("uac", "call");
        var second = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        var first = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(302, headers: [$"Contact: <{second.Uri}>"]).Receive("ACK"));

        await app.CommandAsync("call", new { uri = first.Uri, followRedirects = true });

        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(first, second);
    }

    [EndToEndTheory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_challenged_call_is_sent_again_with_credentials_to_the_same_host(string host)
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(407, headers: [Challenge]).Receive("ACK").Receive("INVITE", Credentials).Reply(180)
                .Reply(200, "INVITE", Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        var uri = $"sip:bob@{host}:{callee.Port}";

        await app.CommandAsync("call", new { uri, auth = new { username = "alice", password = "wool" } });

        await app.ExpectAsync("authenticated");
        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(callee);
        var invites = callee.Trace.Received.Where(message => message.Method == "INVITE" && !message.IsResponse).DistinctBy(message => message.Header("CSeq")).ToArray();
        Check(invites.Length == 2 && invites.All(invite => invite.StartLine == $"INVITE {uri} SIP/2.0"), "The request-URI stays what it was.");
        Check(invites[0].Header("Call-ID") == invites[1].Header("Call-ID") && invites[0].Header("From") == invites[1].Header("From"), "So do Call-ID and From.");
        Check(Number(invites[1]) == Number(invites[0]) + 1, "CSeq is one higher.");
    }

    [EndToEndFact]
    public async Task A_challenged_bye_leaves_the_dialog_alive_for_the_second_one()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK").Receive("BYE").Reply(407, headers: [Challenge])
                .Receive("BYE", Credentials).Reply(200));

        await app.CommandAsync("call", new { uri = callee.Uri });
        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.hangup", new { auth = new { username = "alice", password = "wool" } });

        await app.ExpectAsync("hungup");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_challenged_re_invite_is_sent_again_with_credentials()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK").Receive("INVITE", "body: o=again").Reply(407, headers: [Challenge])
                .Receive("ACK").Receive("INVITE", Credentials, "body: o=again").Reply(200, body: Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));

        await app.CommandAsync("call", new { uri = callee.Uri });
        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.modify", new { sdp = Sdp.Describe("again", 46000), auth = new { username = "alice", password = "wool" } });

        await app.ExpectAsync("modified");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task The_ack_of_a_call_without_an_offer_waits_for_the_application()
    {
        var app = await StartAppAsync("uac", "call");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE", "Content-Length: 0").Reply(200, body: Sdp.Bob).Receive("ACK", "body: o=late").Receive("BYE").Reply(200));

        await app.CommandAsync("call", new { uri = callee.Uri, localSdp = (string?)null, noAck = true, noAckAnswer = Sdp.Describe("late", 46000) });

        Check((await app.ExpectAsync("offered")).Text("sdp").Contains("o=bob", StringComparison.Ordinal), "The 200 brings the offer.");
        await app.ExpectAsync("answered");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_callee_that_is_silent_is_a_408()
    {
        using var silent = new UdpPeer(Server.Udp);
        var app = await StartAppAsync("uac", "call");

        await app.CommandAsync("call", new { uri = $"sip:nobody@{silent.Local}" });

        Check((await app.ExpectAsync("failed")).Number("status") == 408, "Timer B.");
        var first = await silent.ReceiveAsync("INVITE");
        Check(first is not null && await silent.ReceiveAsync(message => message.Text == first.Text) is not null, "The INVITE was repeated, the same each time.");
    }

    [EndToEndTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task A_port_where_nobody_listens_is_a_failure_and_not_a_hang(string transport)
    {
        var app = await StartAppAsync("uac", "call");

        await app.CommandAsync("call", new { uri = $"sip:nobody@127.0.0.1:{Ports.Free()};transport={transport}" });

        Check((await app.ExpectAsync("failed")).Number("status") is 408 or 503, "The application is told.");
    }

    [EndToEndFact]
    public async Task The_server_refuses_to_call_itself()
    {
        var app = await StartAppAsync("uac", "call");

        await app.CommandAsync("call", new { uri = $"sip:me@{Server.Udp}" });

        Check((await app.ExpectAsync("failed")).Text("message") == "can not send request to myself", "The text applications match on.");
    }

    [EndToEndFact]
    public async Task A_repeated_200_gets_its_ack_again()
    {
        using var callee = new UdpPeer(Server.Udp);
        var app = await StartAppAsync("uac", "call");
        await app.CommandAsync("call", new { uri = $"sip:raw@{callee.Local}" });
        var invite = await callee.ReceiveAsync("INVITE");
        var answer = callee.Response(invite!, 200, body: Sdp.Bob);

        await callee.SendAsync(answer);
        var first = await callee.ReceiveAsync("ACK");
        await callee.SendAsync(answer);
        var second = await callee.ReceiveAsync("ACK");

        Check(first is not null && second?.Text == first.Text, "The server keeps the ACK (RFC 3261 §13.2.2.4).");
        await app.CommandAsync("dialog.hangup");
        await callee.SendAsync(callee.Response((await callee.ReceiveAsync("BYE"))!, 200));
        await app.ExpectAsync("hungup");
        Check(app.Count("answered") == 1, "The application saw one answer.");
    }

    [EndToEndFact]
    public async Task A_second_fork_that_answers_too_is_acknowledged_and_hung_up()
    {
        using var callee = new UdpPeer(Server.Udp);
        var app = await StartAppAsync("uac", "call");
        await app.CommandAsync("call", new { uri = $"sip:raw@{callee.Local}" });
        var invite = (await callee.ReceiveAsync("INVITE"))!;

        await callee.SendAsync(callee.Response(invite, 200, "fork1", Sdp.Bob));
        await app.ExpectAsync("answered");
        await callee.SendAsync(callee.Response(invite, 200, "fork2", Sdp.Bob));

        bool ToFork2(TracedMessage message) => message.Header("To")!.Contains("fork2", StringComparison.Ordinal);
        Check(await callee.ReceiveAsync(message => message.Method == "ACK" && ToFork2(message)) is not null, "ACK for the second answer.");
        var bye = await callee.ReceiveAsync(message => message.Method == "BYE" && ToFork2(message));
        Check(bye is not null, "BYE for the second answer.");
        await callee.SendAsync(callee.Response(bye!, 200));
        await app.CommandAsync("dialog.hangup");
        var hangup = (await callee.ReceiveAsync("BYE"))!;
        Check(hangup.Header("To")!.Contains("fork1", StringComparison.Ordinal), "The call itself is the first answer's.");
        await callee.SendAsync(callee.Response(hangup, 200));
    }

    private static long Number(TracedMessage message) =>
        long.Parse(message.Header("CSeq")!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
