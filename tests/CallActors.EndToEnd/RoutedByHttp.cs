using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>A request handler chosen by configuration decides about each new request; all its answers, asked with GET.</summary>
public class RoutedByHttp : EndToEndTest
{
    private protected RoutingHandler Handler { get; } = new();

    private protected virtual string HttpMethod => "GET";

    private protected override ServerOptions Options => new()
    {
        RootXml = $"<request-handlers><request-handler sip-method=\"INVITE\" http-method=\"{HttpMethod}\">{Handler.Url}</request-handler></request-handlers>",
    };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Handler.DisposeAsync();
    }

    [EndToEndFact]
    public async Task It_rejects()
    {
        Handler.Say("reject", new { status = 603, reason = "Not Today" });

        var caller = await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(603).AckRejection());

        Check(caller.Trace.FirstReceived(603).StartLine == "SIP/2.0 603 Not Today", "Status and reason.");
        var question = Handler.Questions.Single();
        Check(question.Method == HttpMethod, question.Method);
        Check(question.RawUrl.StartsWith("/?method=INVITE&domain=127.0.0.1&protocol=udp&source_address=127.0.0.1&fromUser=alice&toUser=service&uriUser=service&",
            StringComparison.Ordinal), question.RawUrl);
        Check(question.Query["contentType"] == "application/sdp" && question.Query["uri"] == $"sip:service@{Server.Udp}", question.RawUrl);
        Check(question.Accept == "application/json", question.Accept);
        if (HttpMethod == "POST")
        {
            Check(question.Body.StartsWith("INVITE sip:service@", StringComparison.Ordinal) && question.Body.Contains("o=alice", StringComparison.Ordinal), "The whole request.");
            Check(question.ContentType == "text/plain; charset=UTF-8", question.ContentType);
        }
        else
        {
            Check(question.Body.Length == 0, "No body.");
        }
    }

    [EndToEndFact]
    public async Task It_redirects()
    {
        Handler.Say("redirect", new { contact = new[] { "sip:one@192.0.2.1", "sip:two@192.0.2.2" } });

        var caller = await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(302, "Contact: sip:one@192.0.2.1").AckRejection());

        Check(caller.Trace.FirstReceived(302).Text.Contains("sip:two@192.0.2.2", StringComparison.Ordinal), "Both contacts.");
    }

    [EndToEndFact]
    public async Task It_proxies()
    {
        var callee = await StartCalleeAsync(Scenario.Callee().Receive("INVITE", "Record-Route: lr").Reply(180).Reply(200, "INVITE", Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        Handler.Say("proxy", new { destination = callee.Uri, recordRoute = true });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200).Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task It_routes_by_tag()
    {
        var blue = await StartAppAsync("requests", "named", new { name = "blue", status = 486, tags = new[] { "blue", "eu-1" } });
        var plain = await StartAppAsync("requests", "named", new { name = "plain", status = 480 });
        Handler.Say("route", new { tag = "eu-1" });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486, "X-Application: blue").AckRejection());
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486, "X-Application: blue").AckRejection());

        Check(blue.Count("invite") == 2 && plain.Count("invite") == 0, "Only the tagged one.");
    }

    [EndToEndFact]
    public async Task A_tag_that_nobody_has_is_a_480()
    {
        await StartAppAsync("requests", "named", new { name = "plain", status = 486 });
        Handler.Say("route", new { tag = "green" });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(480).AckRejection());
    }

    [EndToEndFact]
    public async Task It_routes_to_an_application_that_listens()
    {
        var (app, port) = await StartListenerAsync("uas", "answer");
        Handler.Say("route", new { uri = $"127.0.0.1:{port}" });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(100).Bye().Expect(200, "CSeq: BYE"));

        await app.ExpectAsync("dialled");
        await app.ExpectAsync("destroy");
        await app.ExpectAsync("closed");
    }

    [EndToEndTheory]
    [InlineData("route", "{\"uri\":\"127.0.0.1\"}", 480)]
    [InlineData("wander", "{}", 500)]
    [InlineData("reject", "{}", 500)]
    public async Task An_answer_that_says_nothing_useful_still_ends_the_call(string action, string data, int status)
    {
        Handler.Answer = $"{{\"action\":\"{action}\",\"data\":{data}}}";

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(status).AckRejection());
    }

    [EndToEndTheory]
    [InlineData("")]
    [InlineData("<html>no json</html>")]
    [InlineData("[1,2,3]")]
    public async Task An_answer_that_is_no_json_object_is_a_500(string answer)
    {
        Handler.Answer = answer;

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(500).AckRejection());
    }

    [EndToEndFact]
    public async Task A_handler_that_is_too_slow_is_a_500()
    {
        Handler.Say("reject", new { status = 486 });
        Handler.Delay = TimeSpan.FromSeconds(6);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(500).AckRejection());
    }

    [EndToEndFact]
    public async Task A_caller_who_gives_up_while_the_handler_thinks_is_not_offered_to_anyone()
    {
        var (app, port) = await StartListenerAsync("uas", "answer");
        Handler.Say("route", new { uri = $"127.0.0.1:{port}" });
        Handler.Delay = TimeSpan.FromSeconds(1);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Pause(200).Cancel().Expect(200, "CSeq: CANCEL").Expect(487, "CSeq: INVITE").AckRejection());

        await Task.Delay(1500);
        Check(app.Count("invite") == 0, "Nobody was asked to answer a call that is over.");
    }

    [EndToEndFact]
    public async Task Other_methods_still_go_round_among_the_connected()
    {
        await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("OPTIONS", Server.Udp));

        Check(await peer.ReceiveAsync(200, "OPTIONS") is not null && Handler.Questions.Count == 0, "The handler is for INVITE.");
    }
}

/// <summary>The same, asked with POST.</summary>
public sealed class RoutedByHttpPost : RoutedByHttp
{
    private protected override string HttpMethod => "POST";
}
