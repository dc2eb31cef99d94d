using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>The scenario language against itself: a caller and a callee without a server between them.</summary>
public sealed class SippItself
{
    [EndToEndFact]
    public async Task Two_scenarios_hold_a_call_between_them()
    {
        var callee = Scenario.Callee().Receive("INVITE", "body: m=audio").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK")
            .Pause(50).Bye("Reason: Q.850;cause=16").Expect(200);
        var caller = Scenario.Caller().Invite().May(100).Expect(180).Expect(200, "body: o=bob").Ack().Receive("BYE", "Reason: cause=16").Reply(200);

        await Plays(caller, callee, tcp: false);
        await Plays(caller, callee, tcp: true);
    }

    [EndToEndFact]
    public async Task Two_scenarios_reject_cancel_and_prack()
    {
        await Plays(
            Scenario.Caller().Invite().Expect(486, "X-Why: busy.*day").AckRejection(),
            Scenario.Callee().Receive("INVITE").Reply(486, headers: ["X-Why: a busy day"]).Receive("ACK"));
        await Plays(
            Scenario.Caller().Invite().Expect(180).Cancel().Expect(200).Expect(487).AckRejection(),
            Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL").Reply(200).Reply(487, "INVITE").Receive("ACK"));
        await Plays(
            Scenario.Caller().Invite(null, "Supported: 100rel").ExpectReliable(183).Prack().Expect(200, "CSeq: PRACK").Expect(200).Ack()
                .Bye().Expect(200),
            Scenario.Callee().Receive("INVITE").Reply(183, body: Sdp.Bob, headers: ["Require: 100rel", "RSeq: 77"]).Receive("PRACK", "RAck: 77 1 INVITE")
                .Reply(200).Reply(200, "INVITE").Receive("ACK").Receive("BYE").Reply(200));
    }

    private static async Task Plays(Scenario caller, Scenario callee, bool tcp = false)
    {
        var options = new SippOptions { Tcp = tcp, Timeout = TimeSpan.FromSeconds(8) };
        await using var b = await Sipp.StartAsync(callee, options);
        await using var a = await Sipp.StartAsync(caller, options, $"127.0.0.1:{b.Port}");
        var both = await a.SucceedsAsync() & await b.SucceedsAsync();
        Assert.True(both, a.Describe() + b.Describe());
    }
}
