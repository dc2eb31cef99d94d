using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>The events an application may ask for about every call: attempt, start, stop.</summary>
public sealed class CallDetailEvents : EndToEndTest
{
    private protected override ServerOptions Options => new() { RootXml = "<cdrs>true</cdrs>" };

    [EndToEndFact]
    public async Task An_answered_call_is_attempt_start_and_stop()
    {
        var app = await StartAppAsync("requests", "cdr", new { answer = true });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(50).Bye().Expect(200));

        var attempt = await app.ExpectAsync("attempt");
        Check(attempt.Text("source") == "network" && attempt.Text("method") == "INVITE", "cdr:attempt");
        var start = await app.ExpectAsync("start");
        Check(start.Text("source") == "application" && start.Text("role") == "uas" && start.Number("status") == 200, "cdr:start");
        var stop = await app.ExpectAsync("stop");
        Check(stop.Text("source") == "network" && stop.Text("reason") == "normal-release" && stop.Text("method") == "BYE", "cdr:stop");
    }

    [EndToEndFact]
    public async Task A_call_that_is_cancelled_at_once_has_a_stop_too()
    {
        var app = await StartAppAsync("requests", "cdr");

        await CallAsync(Scenario.Caller().Invite().Expect(100).Pause(150).Cancel().Expect(200, "CSeq: CANCEL").Expect(487).AckRejection());

        await app.ExpectAsync("attempt");
        Check((await app.ExpectAsync("stop")).Text("reason") == "call-canceled", "cdr:stop");
    }

    [EndToEndFact]
    public async Task A_call_that_is_never_acknowledged_stops_by_the_server()
    {
        var app = await StartAppAsync("requests", "cdr", new { answer = true });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Receive("BYE").Reply(200));

        Check((await app.ExpectAsync("stop")).Text("reason") == "system-initiated-termination", "cdr:stop");
    }
}
