using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>SUBSCRIBE dialogs (RFC 6665), as notifier and as subscriber.</summary>
public sealed class Subscriptions : EndToEndTest
{
    [EndToEndFact]
    public async Task A_subscriber_is_notified_refreshes_and_ends()
    {
        var app = await StartAppAsync("subscriptions", "notifier", new { body = "<presence/>", contentType = "application/pidf+xml" });

        await CallAsync(
            Scenario.Caller().Send("SUBSCRIBE", headers: ["Event: presence", "Expires: 60", "Accept: application/pidf+xml"]).Expect(202, "Expires: 60", "Contact: sip:127.0.0.1")
                .Receive("NOTIFY", "Event: presence", "Subscription-State: active;expires=60", "Content-Type: application/pidf.xml", "body: presence").Reply(200)
                .Send("SUBSCRIBE", headers: ["Event: presence", "Expires: 120"]).Expect(202, "Expires: 120")
                .Receive("NOTIFY", "Subscription-State: active;expires=120").Reply(200)
                .Send("SUBSCRIBE", headers: ["Event: presence", "Expires: 0"]).Expect(202)
                .Receive("NOTIFY", "Subscription-State: terminated").Reply(200));

        await app.ExpectAsync("notified", notified => notified.Text("state").StartsWith("terminated", StringComparison.Ordinal) && notified.Number("status") == 200);
        await app.ExpectAsync("destroy");
        Check(app.Count("refreshed") == 1 && app.Count("unsubscribed") == 1, "One refresh, one end.");
    }

    [EndToEndFact]
    public async Task The_application_subscribes_and_is_notified_until_the_end()
    {
        var app = await StartAppAsync("subscriptions", "subscriber");
        var notifier = await StartCalleeAsync(
            Scenario.Callee().Receive("SUBSCRIBE", "Event: presence", "Contact: sip:127.0.0.1").Reply(202, headers: ["Expires: 60"]).Pause(1000)
                .Send("NOTIFY", "<presence/>", ["Event: presence", "Subscription-State: active;expires=60", "Content-Type: application/pidf+xml"]).Expect(200, "CSeq: NOTIFY")
                .Pause(50).Send("NOTIFY", null, ["Event: presence", "Subscription-State: terminated;reason=noresource"]).Expect(200, "CSeq: NOTIFY"));

        // The library knows the end of a subscription only when subscriber and notifier go by the same name.
        var headers = new Dictionary<string, string> { ["Event"] = "presence", ["Expires"] = "60", ["From"] = "sip:bob@localhost" };
        await app.CommandAsync("subscribe", new { uri = notifier.Uri, headers });

        await app.ExpectAsync("subscribed");
        await app.ExpectAsync("notify", notify => notify.Text("body").Contains("presence", StringComparison.Ordinal));
        await app.ExpectAsync("destroy");
        await SucceedAsync(notifier);
    }

    [EndToEndFact]
    public async Task A_refused_subscription_is_a_failure_with_its_status()
    {
        var app = await StartAppAsync("subscriptions", "subscriber");
        var notifier = await StartCalleeAsync(Scenario.Callee().Receive("SUBSCRIBE").Reply(489));

        await app.CommandAsync("subscribe", new { uri = notifier.Uri, headers = new Dictionary<string, string> { ["Event"] = "weather", ["Expires"] = "60" } });

        Check((await app.ExpectAsync("failed")).Number("status") == 489, "489.");
        await SucceedAsync(notifier);
    }
}
