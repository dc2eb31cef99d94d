using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

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
