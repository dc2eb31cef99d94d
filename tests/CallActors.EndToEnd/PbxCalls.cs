using System.Net;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>The node as the README starts it, and SIPp as its phones. The same calls whether server and runtime are one process or two.</summary>
public abstract class PbxCalls : PbxTest
{
    /// <summary>Whether there is a server that calls can be placed over: connections that a server makes are for the call they bring.</summary>
    private protected virtual bool CanCall => true;

    private static readonly string s_held = Sdp.Describe("alice", 40000, "sendonly", 2);

    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_phones_register_and_talk_until_the_caller_hangs_up(bool tcp)
    {
        var bob = await PhoneAsync("bob", Answers.Receive("BYE").Reply(200), new SippOptions { Tcp = tcp });

        await CallAsync(Calls.Pause(200).Bye().Expect(200, "CSeq: BYE"), To("bob", tcp));

        await SucceedAsync(bob);
        Check(bob.Trace.FirstReceived("INVITE").Header("From")?.Contains("alice", StringComparison.Ordinal) == true, "Bob sees who calls.");
    }

    [EndToEndFact]
    public async Task The_callee_hangs_up()
    {
        var bob = await PhoneAsync("bob", Answers.Pause(200).Bye().Expect(200, "CSeq: BYE"));

        await CallAsync(Calls.Receive("BYE").Reply(200), To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task The_caller_gives_up_while_it_rings()
    {
        var bob = await PhoneAsync("bob", Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL").Reply(200).Reply(487, "INVITE").Receive("ACK"));

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Cancel().Expect(200, "CSeq: CANCEL").Expect(487).AckRejection(), To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task A_phone_that_is_busy_says_so_to_the_caller()
    {
        var bob = await PhoneAsync("bob", Scenario.Callee().Receive("INVITE").Reply(486).Receive("ACK"));

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486).AckRejection(), To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task Hold_and_resume_reach_the_other_phone()
    {
        var bob = await PhoneAsync("bob", Answers
            .Receive("INVITE", "body: a=sendonly").Reply(200, body: Sdp.Describe("bob", 42000, "recvonly", 2)).Receive("ACK")
            .Receive("INVITE", "body: a=sendrecv").Reply(200, body: Sdp.Describe("bob", 42000, "sendrecv", 3)).Receive("ACK")
            .Receive("BYE").Reply(200));

        await CallAsync(
            Calls.Pause(100)
                .Invite(s_held).May(100).Expect(200, "CSeq: INVITE", "body: a=recvonly").Ack().Pause(100)
                .Invite(Sdp.Describe("alice", 40000, "sendrecv", 3)).May(100).Expect(200, "CSeq: INVITE", "body: a=sendrecv").Ack().Pause(100)
                .Bye().Expect(200, "CSeq: BYE"),
            To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task Keys_that_are_pressed_reach_the_other_phone()
    {
        var bob = await PhoneAsync("bob", Answers.Receive("INFO", "body: Signal=5").Reply(200).Receive("BYE").Reply(200));

        await CallAsync(
            Calls.Pause(100).Send("INFO", "Signal=5\r\n", ["Content-Type: application/dtmf-relay"]).Expect(200, "CSeq: INFO").Bye().Expect(200, "CSeq: BYE"), To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task A_blind_transfer_brings_the_caller_to_a_third_phone()
    {
        // Carol is asked for an offer, alice answers it; bob is told, and released.
        var carol = await PhoneAsync("carol", Scenario.Callee("carol").Receive("INVITE").Reply(180).Reply(200, body: Sdp.Describe("carol", 44000)).Receive("ACK", "body: o=alice")
            .Receive("BYE").Reply(200));
        var bob = await PhoneAsync("bob", Answers.Pause(100)
            .Send("REFER", null, ["Refer-To: <sip:carol@127.0.0.1>"]).Expect(202, "CSeq: REFER")
            .Receive("NOTIFY", "body: 100").Reply(200).Receive("NOTIFY", "body: 200").Reply(200).Receive("BYE").Reply(200));

        await CallAsync(
            Calls.Receive("INVITE", "body: o=carol").Reply(200, body: Sdp.Describe("alice", 40000, "sendrecv", 2)).Receive("ACK")
                .Pause(200).Bye().Expect(200, "CSeq: BYE"),
            To("bob"));

        await SucceedAsync(bob, carol);
    }

    [EndToEndFact]
    public async Task An_attended_transfer_joins_the_two_calls()
    {
        var carol = await PhoneAsync("carol", Scenario.Callee("carol").Receive("INVITE", "body: o=bob").Reply(180).Reply(200, body: Sdp.Describe("carol", 44000)).Receive("ACK")
            .Receive("INVITE", "body: o=alice").Reply(200, body: Sdp.Describe("carol", 44000, "sendrecv", 2)).Receive("ACK").Receive("BYE").Reply(200));
        var asking = await StartCallerAsync(
            Scenario.Caller("bob").Invite(Sdp.Bob).Expect(100).Expect(180).Expect(200, "body: o=carol").Ack().Receive("BYE").Reply(200), To("carol"));
        var replaces = await NameOfAsync(asking);
        var bob = await PhoneAsync("bob", Answers.Pause(100)
            .Send("REFER", null, [$"Refer-To: <sip:carol@127.0.0.1?Replaces={replaces}>"]).Expect(202, "CSeq: REFER")
            .Receive("NOTIFY", "body: 100").Reply(200).Receive("NOTIFY", "body: 200").Reply(200).Receive("BYE").Reply(200));

        // Alice is asked for an offer, carol answers it.
        await CallAsync(
            Calls.Receive("INVITE", "Content-Length: 0").Reply(200, body: Sdp.Describe("alice", 40000, "sendrecv", 2)).Receive("ACK", "body: o=carol")
                .Pause(200).Bye().Expect(200, "CSeq: BYE"),
            To("bob"));

        await SucceedAsync(bob, asking, carol);
    }

    [EndToEndTheory]
    [InlineData("nobody")]
    [InlineData("busy")]
    public async Task A_blind_transfer_to_a_name_without_a_phone_is_refused(string user)
    {
        var bob = await PhoneAsync("bob", Answers.Pause(100).Send("REFER", null, [$"Refer-To: <sip:{user}@127.0.0.1:{Server.Udp.Port}>"]).Expect(404, "CSeq: REFER").Receive("BYE").Reply(200));

        await CallAsync(Calls.Pause(400).Bye().Expect(200, "CSeq: BYE"), To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task An_update_reaches_the_other_phone_as_what_it_understands()
    {
        var bob = await PhoneAsync("bob", Answers
            .Receive("INVITE", "body: a=sendonly").Reply(200, body: Sdp.Describe("bob", 42000, "recvonly", 2)).Receive("ACK").Receive("BYE").Reply(200));

        await CallAsync(
            Calls.Pause(100).Send("UPDATE", s_held).Expect(200, "CSeq: UPDATE", "body: a=recvonly").Pause(100).Bye().Expect(200, "CSeq: BYE"), To("bob"));

        await SucceedAsync(bob);
    }

    [EndToEndFact]
    public async Task A_click_calls_both_and_joins_them()
    {
        if (!CanCall)
        {
            await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(503).AckRejection(), To("click-bob"));
            return;
        }

        var bob = await PhoneAsync("bob", Scenario.Callee().Receive("INVITE", "From: sip:alice@").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK", "body: a=inactive")
            .Receive("INVITE", "body: o=alice").Reply(200, body: Sdp.Describe("bob", 42000, "sendrecv", 2)).Receive("ACK").Receive("BYE").Reply(200));
        var alice = await PhoneAsync("alice", Scenario.Callee("alice").Receive("INVITE", "From: sip:bob@").Reply(180).Reply(200, body: Sdp.Alice).Receive("ACK", "body: a=inactive")
            .Receive("INVITE", "Content-Length: 0").Reply(200, body: Sdp.Describe("alice", 40000, "sendrecv", 2)).Receive("ACK", "body: o=bob")
            .Pause(200).Bye().Expect(200, "CSeq: BYE"));

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(480).AckRejection(), To("click-bob"));

        await SucceedAsync(alice, bob);
    }

    [EndToEndTheory]
    [InlineData("busy", 486)]
    [InlineData("reject-603-gone-fishing", 603)]
    [InlineData("reject-777", 404)]
    [InlineData("nobody", 404)]
    public async Task Numbers_that_say_no(string number, int status) =>
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(status).AckRejection(), To(number));

    [EndToEndFact]
    public async Task A_user_who_has_left_is_away_and_not_unknown()
    {
        await RegisterAsync("dora", "sip:dora@127.0.0.1:9");
        await RegisterAsync("dora", "*", 0);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(480).AckRejection(), To("dora"));
    }

    [EndToEndFact]
    public async Task A_number_that_rings_and_then_gives_up() =>
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(480).AckRejection(), To("ring-1"));

    [EndToEndFact]
    public async Task A_number_that_rings_and_is_given_up() =>
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Cancel().Expect(200, "CSeq: CANCEL").Expect(487).AckRejection(), To("ring-20"));

    [EndToEndFact]
    public async Task The_echo_answers_with_what_it_was_offered() =>
        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200, "body: m=audio 40000").Ack().Pause(200)
                .Invite(s_held).May(100).Expect(200, "CSeq: INVITE", "body: a=recvonly").Ack().Bye().Expect(200, "CSeq: BYE"),
            To("echo"));

    [EndToEndFact]
    public async Task The_hunt_goes_on_when_somebody_is_busy()
    {
        var bob = await PhoneAsync("bob", Scenario.Callee().Receive("INVITE").Reply(486).Receive("ACK"));
        var carol = await PhoneAsync("carol", Scenario.Callee("carol").Receive("INVITE").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200).Ack().Bye().Expect(200, "CSeq: BYE"), To("hunt"));

        await SucceedAsync(bob, carol);
    }

    [EndToEndFact]
    public async Task All_phones_ring_at_once_and_the_first_answer_wins()
    {
        var bob = await PhoneAsync("bob", Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL", "Reason: cause=200").Reply(200).Reply(487, "INVITE").Receive("ACK"));
        var carol = await PhoneAsync(
            "carol", Scenario.Callee("carol").Receive("INVITE").Reply(180).Pause(300).Reply(200, body: Sdp.Describe("carol", 44000)).Receive("ACK").Receive("BYE").Reply(200));
        var dora = await PhoneAsync("dora", Scenario.Callee("dora").Receive("INVITE").Reply(603).Receive("ACK"));

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200, "body: o=carol").Ack().Pause(100).Bye().Expect(200, "CSeq: BYE"), To("all"));

        await SucceedAsync(bob, carol, dora);
    }
}

/// <summary>Server, runtime and PBX in one process: <c>dotnet run --project src/CallActors.Node</c>.</summary>
public sealed class PbxInOneProcess : PbxCalls
{
    private protected override ServerOptions Options => new() { Role = [], More = ["--health-port", "0"] };

    [EndToEndFact]
    public async Task It_says_that_it_is_ready_and_while_it_drains_that_it_is_not()
    {
        using var http = new HttpClient { BaseAddress = Server.Health };
        Check((await http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode == HttpStatusCode.OK, "Ready.");
        var caller = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(1500).Bye().Expect(200, "CSeq: BYE"), To("echo"));
        await UntilAsync(async () => (await Server.StatusAsync())["dialogs"] == 1);

        Server.Process.Send(ChildProcess.Signal.Terminate);

        await UntilAsync(async () => (await http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode == HttpStatusCode.ServiceUnavailable);
        await CallAsync(Scenario.Caller().Invite().Expect(503, "Retry-After: [0-9]").AckRejection(), To("echo"));
        await SucceedAsync(caller);
        Check(await Server.Process.WaitForExitAsync(TimeSpan.FromSeconds(15)) && Server.Process.ExitCode == 0, "It has left.");
    }

    [EndToEndFact]
    public async Task Many_calls_leave_nothing()
    {
        var options = new SippOptions { Calls = 150, Rate = 60, Limit = 150 };
        var bob = await PhoneAsync("bob", Answers.Receive("BYE").Reply(200), options);

        await CallAsync(Calls.Pause(100).Bye().Expect(200, "CSeq: BYE"), options with { Service = "bob" });

        await SucceedAsync(bob);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var tries = 0; tries < 200 && !await holds(); tries++)
            await Task.Delay(20);
    }
}

/// <summary>The server a process of its own, the runtime another one that connects to it.</summary>
public sealed class PbxOverTcp : PbxCalls
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Runtime = await RuntimeProcess.StartAsync("--server", $"127.0.0.1:{Server.Control.Port}");
    }
}

/// <summary>The server connects to the runtime, once for each call.</summary>
public sealed class PbxOverOutboundConnections : PbxCalls
{
    private readonly int _port = Ports.Free();

    private protected override bool CanCall => false;

    private protected override ServerOptions Options => new() { More = ["--http-handler", $"tcp://127.0.0.1:{_port}"] };

    public override async Task InitializeAsync()
    {
        Runtime = await RuntimeProcess.StartAsync("--listen", $"127.0.0.1:{_port}");
        await base.InitializeAsync();
    }
}
