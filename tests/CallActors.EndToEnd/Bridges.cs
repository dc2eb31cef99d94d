using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>createB2BUA: a call in, a call out, joined by the application.</summary>
public sealed class Bridges : EndToEndTest
{
    private static Scenario AnswersAndIsHungUp => Scenario.Callee().Receive("INVITE", "body: o=alice").Reply(180).Pause(50).Reply(200, body: Sdp.Bob)
        .Receive("ACK").Receive("BYE").Reply(200);

    private static Scenario CallsAndHangsUp => Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200, "body: o=bob").Ack().Pause(100)
        .Bye().Expect(200, "CSeq: BYE");

    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_caller_hangs_up(bool tcp)
    {
        var callee = await StartCalleeAsync(AnswersAndIsHungUp, new SippOptions { Tcp = tcp });
        var app = await StartAppAsync("b2bua", "bridge", new { targets = new[] { callee.Uri } });

        await CallAsync(CallsAndHangsUp);

        await SucceedAsync(callee);
        await app.ExpectAsync("bridged");
        await app.ExpectAsync("hungup", hungup => hungup.Text("label") == "b");
    }

    [EndToEndFact]
    public async Task The_callee_hangs_up()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK").Pause(150).Bye().Expect(200, "CSeq: BYE"));
        var app = await StartAppAsync("b2bua", "bridge", new { targets = new[] { callee.Uri } });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200).Ack().Receive("BYE").Reply(200));

        await SucceedAsync(callee);
        await app.ExpectAsync("hungup", hungup => hungup.Text("label") == "a");
    }

    [EndToEndFact]
    public async Task The_caller_gives_up_while_it_rings()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL", "Reason: cause=26").Reply(200).Reply(487, "INVITE").Receive("ACK"));
        var app = await StartAppAsync("b2bua", "bridge", new { targets = new[] { callee.Uri } });

        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(180).Cancel("Reason: SIP;cause=26").Expect(200, "CSeq: CANCEL").Expect(487).AckRejection());

        await SucceedAsync(callee);
        Check((await app.ExpectAsync("failed")).Number("status") == 487, "The application hears 487.");
    }

    [EndToEndFact]
    public async Task The_callee_rejects()
    {
        var callee = await StartCalleeAsync(Scenario.Callee().Receive("INVITE").Reply(486, headers: ["X-Why: lunch"]).Receive("ACK"));
        await StartAppAsync("b2bua", "bridge", new { targets = new[] { callee.Uri }, bridge = new { proxyResponseHeaders = new[] { "X-Why" } } });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486, "X-Why: lunch").AckRejection());

        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task The_first_callee_rejects_and_the_backup_answers()
    {
        var first = await StartCalleeAsync(Scenario.Callee().Receive("INVITE").Reply(503).Receive("ACK"));
        var backup = await StartCalleeAsync(AnswersAndIsHungUp);
        var app = await StartAppAsync("b2bua", "bridge", new { targets = new[] { first.Uri, backup.Uri } });

        await CallAsync(CallsAndHangsUp);

        await SucceedAsync(first, backup);
        Check((await app.ExpectAsync("failed")).Number("status") == 503, "The first failure stays with the application.");
        await app.ExpectAsync("bridged");
    }

    [EndToEndFact]
    public async Task The_callee_never_answers()
    {
        using var silent = new UdpPeer(Server.Udp);
        await StartAppAsync("b2bua", "bridge", new { targets = new[] { $"sip:nobody@{silent.Local}" } });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(408).AckRejection());
    }

    [EndToEndFact]
    public async Task A_call_without_an_offer_is_bridged_without_one()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE", "Content-Length: 0").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK", "body: o=alice").Receive("BYE").Reply(200));
        var app = await StartAppAsync("b2bua", "bridge", new { targets = new[] { callee.Uri } });

        await CallAsync(Scenario.Caller().InviteWithoutOffer().Expect(100).Expect(180).Expect(200, "body: o=bob").Ack(Sdp.Alice).Pause(150).Bye().Expect(200));

        await SucceedAsync(callee);
        await app.ExpectAsync("bridged");
    }

    [EndToEndFact]
    public async Task What_the_two_say_in_the_call_is_passed_on()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK")
                .Receive("INFO", "body: Signal=5", "Content-Type: application/dtmf-relay").Reply(200)
                .Receive("INVITE", "body: o=held").Reply(200, body: Sdp.Bob).Receive("ACK")
                .Receive("BYE").Reply(200));
        await StartAppAsync("b2bua", "relay", new { targets = new[] { callee.Uri } });

        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(150)
                .Send("INFO", "Signal=5\r\n", ["Content-Type: application/dtmf-relay"]).Expect(200, "CSeq: INFO")
                .Invite(Sdp.Describe("held", 40000, "sendonly")).May(100).Expect(200, "CSeq: INVITE", "body: o=bob").Ack().Pause(100)
                .Bye().Expect(200, "CSeq: BYE"));

        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task A_re_invite_of_the_callee_reaches_the_caller()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK").Pause(200)
                .Invite(Sdp.Describe("bob", 42000, "sendonly", 2)).May(100).Expect(200, "body: o=alice").Ack().Receive("BYE").Reply(200));
        await StartAppAsync("b2bua", "relay", new { targets = new[] { callee.Uri } });

        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("INVITE", "body: a=sendonly").Reply(200, body: Sdp.Alice).Receive("ACK")
                .Pause(100).Bye().Expect(200));

        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task Many_bridged_calls_at_once()
    {
        var options = new SippOptions { Calls = 150, Rate = 60, Limit = 150 };
        var callee = await StartCalleeAsync(AnswersAndIsHungUp, options);
        await StartAppAsync("b2bua", "bridge", new { targets = new[] { callee.Uri } });

        await CallAsync(CallsAndHangsUp, options);

        await SucceedAsync(callee);
    }
}
