using System.Net;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>The node as the README starts it, and SIPp as its phones. The same calls whether server and runtime are one process or two.</summary>
public abstract class PbxCalls : EndToEndTest
{
    private static readonly string s_held = Sdp.Describe("alice", 40000, "sendonly", 2);

    private protected RuntimeProcess? Runtime { get; set; }

    public override async Task DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            if (Runtime is not null) await Runtime.DisposeAsync();
        }
    }

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

    private protected static Scenario Answers => Scenario.Callee().Receive("INVITE", "body: o=alice").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK");

    private protected static Scenario Calls => Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200, "body: o=bob").Ack();

    private protected static SippOptions To(string user, bool tcp = false) => new() { Service = user, Tcp = tcp };

    /// <summary>A phone that has registered and waits for a call.</summary>
    private protected async Task<Sipp> PhoneAsync(string user, Scenario scenario, SippOptions? options = null)
    {
        var phone = await StartCalleeAsync(scenario, options);
        // Over UDP even for a phone that is called over TCP: this connection would end with the SIPp that registers.
        await RegisterAsync(user, phone.Uri.Replace("bob", user, StringComparison.Ordinal));
        return phone;
    }

    private protected async Task RegisterAsync(string user, string contact, int expires = 300) =>
        await CallAsync(
            Scenario.Caller(user).Send("REGISTER", headers: [contact == "*" ? "Contact: *" : $"Contact: <{contact}>", $"Expires: {expires}"]).Expect(200), To(user));

    private protected string Tell(string headline) => Story(headline) + Runtime?.Describe();
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

/// <summary>A ledger that cannot be used keeps nobody from calling.</summary>
public sealed class PbxWithoutItsLedger : EndToEndTest
{
    private protected override ServerOptions Options => new() { Role = [], More = ["--ledger", "sqlite:/proc/no/ledger.db"] };

    [EndToEndFact]
    public async Task Calls_are_taken_and_the_log_says_what_is_wrong()
    {
        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(100).Bye().Expect(200, "CSeq: BYE"), new SippOptions { Service = "echo" });
        Check(Server.Process.LastLines.Count(line => line.Contains("The ledger cannot use the file /proc/no/ledger.db", StringComparison.Ordinal)) == 1, "One line.");
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

    private protected override ServerOptions Options => new() { More = ["--http-handler", $"tcp://127.0.0.1:{_port}"] };

    public override async Task InitializeAsync()
    {
        Runtime = await RuntimeProcess.StartAsync("--listen", $"127.0.0.1:{_port}");
        await base.InitializeAsync();
    }
}

/// <summary>Phones that must prove to know the password.</summary>
public sealed class PbxWithPassword : EndToEndTest
{
    private protected override ServerOptions Options => new() { Role = [], Environment = new() { ["CALLACTORS_PASSWORD"] = "wonderland" } };

    [EndToEndFact]
    public async Task Whoever_knows_it_registers_and_calls()
    {
        await CallAsync(
            Scenario.Caller().Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>"]).Expect(401, "WWW-Authenticate: Digest realm=.callactors")
                .Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>", "[authentication username=alice password=wonderland]"]).Expect(200, "Contact: expires=3600"),
            new SippOptions { Service = "alice" });
        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(407).AckRejection()
                .Invite(null, "[authentication username=alice password=wonderland]").Expect(100).Expect(200).Ack().Bye().Expect(200, "CSeq: BYE"),
            new SippOptions { Service = "echo" });
        Check(!string.Join('\n', Server.Process.LastLines).Contains("wonderland", StringComparison.Ordinal), "The password is in no log.");
    }

    [EndToEndFact]
    public async Task Nobody_else_does()
    {
        await CallAsync(
            Scenario.Caller().Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>"]).Expect(401)
                .Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>", "[authentication username=alice password=guess]"]).Expect(401),
            new SippOptions { Service = "alice" });
        await CallAsync(
            Scenario.Caller("mallory").Invite().Expect(100).Expect(407).AckRejection()
                .Invite(null, "[authentication username=alice password=wonderland]").Expect(100).Expect(403).AckRejection(),
            new SippOptions { Service = "echo" });
    }
}
