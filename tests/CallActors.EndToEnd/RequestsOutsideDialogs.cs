using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Requests without a dialog, in both directions, and what the server itself says to them.</summary>
public sealed class RequestsOutsideDialogs : EndToEndTest
{
    [EndToEndTheory]
    [InlineData("OPTIONS")]
    [InlineData("MESSAGE")]
    [InlineData("INFO")]
    [InlineData("NOTIFY")]
    [InlineData("PUBLISH")]
    [InlineData("REFER")]
    public async Task A_request_is_answered_by_the_application(string method)
    {
        var app = await StartAppAsync("requests", "plain", new
        {
            methods = new[] { method.ToLowerInvariant() },
            status = 200,
            body = "fine, thanks",
            headers = new Dictionary<string, string> { ["Content-Type"] = "text/plain" },
        });

        await CallAsync(
            Scenario.Caller().Send(method, "how are you", ["Content-Type: text/plain", "Event: presence", "Refer-To: <sip:carol@127.0.0.1>"])
                .Expect(200, "body: fine, thanks", "To: tag="));

        Check((await app.ExpectAsync("request")).Text("body").Trim() == "how are you", "The body arrives.");
        Check((await app.ExpectAsync("sent")).Text("error").Length == 0, "The response was sent.");
    }

    [EndToEndTheory]
    [InlineData("OPTIONS")]
    [InlineData("MESSAGE")]
    [InlineData("INFO")]
    [InlineData("PUBLISH")]
    public async Task A_request_of_the_application_is_answered_by_the_network(string method)
    {
        var app = await StartAppAsync("requests", "plain");
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive(method, "body: how are you", "From: tag=", "To: sip:bob@127.0.0.1").Reply(200, body: "fine", headers: ["Content-Type: text/plain"]));

        var headers = new Dictionary<string, string> { ["Content-Type"] = "text/plain", ["From"] = "sip:555@localhost" };
        await app.CommandAsync("request", new { uri = callee.Uri, method, body = "how are you", headers });

        var response = await app.ExpectAsync("response");
        Check(response.Number("status") == 200 && response.Text("body").StartsWith("fine", StringComparison.Ordinal), "The response comes up.");
        Check(response.Text("source") == $"127.0.0.1:{callee.Port}", "With where it came from.");
        await SucceedAsync(callee);
    }

    [EndToEndTheory]
    [InlineData("INVITE")]
    [InlineData("REGISTER")]
    [InlineData("OPTIONS")]
    [InlineData("SUBSCRIBE")]
    [InlineData("MESSAGE")]
    public async Task Where_no_application_wants_the_method_the_answer_is_503(string method)
    {
        await StartAppAsync("requests", "plain", new { methods = new[] { "publish" }, status = 200 });
        // Right after the server's start it might still be asking for more.
        await Task.Delay(2000);
        using var peer = new UdpPeer(Server.Udp);
        var request = peer.Request(method, Server.Udp, headers: ["Event: presence"]);

        await peer.SendAsync(request);

        if (method == "INVITE")
            Check(await peer.ReceiveAsync(100, "INVITE") is not null, "INVITE gets 100 first.");
        var response = await peer.ReceiveAsync(message => message.Status >= 200);
        Check(response?.Status == 503, $"{response?.StartLine}");
        if (method == "INVITE")
            await peer.SendAsync(RawDialog.AckRejection(request, response!));
    }

    [EndToEndFact]
    public async Task An_unknown_method_is_answered_405_or_501()
    {
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("KNIT", Server.Udp));

        var response = await peer.ReceiveAsync(message => message.Status >= 200);
        Check(response?.Status is 405 or 501 && response.Header("Allow") is not null, $"{response?.StartLine}");
    }

    [EndToEndFact]
    public async Task A_silent_server_is_a_408_for_the_application_and_nothing_on_the_wire()
    {
        using var silent = new UdpPeer(Server.Udp);
        var app = await StartAppAsync("requests", "plain");

        await app.CommandAsync("request", new { uri = $"sip:nobody@{silent.Local}", method = "OPTIONS" });

        Check((await app.ExpectAsync("response")).Number("status") == 408, "Timer F.");
        var first = await silent.ReceiveAsync("OPTIONS");
        Check(await silent.ReceiveAsync(message => message.Text == first!.Text) is not null, "Timer E repeated it.");
    }

    [EndToEndFact]
    public async Task A_request_that_the_application_never_answers_is_forgotten_in_silence()
    {
        var app = await StartAppAsync("requests", "plain", new { methods = new[] { "options" } });
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("OPTIONS", Server.Udp));

        await app.ExpectAsync("request");
        var response = await peer.ReceiveAsync(message => message.Status >= 200, 5000);
        Check(response is null, $"RFC 4320: no 408 for a non-INVITE: {response?.StartLine}");
    }

    [EndToEndFact]
    public async Task A_route_url_is_the_next_hop_and_the_request_uri_stays()
    {
        var app = await StartAppAsync("requests", "plain");
        var callee = await StartCalleeAsync(Scenario.Callee().Receive("OPTIONS").Reply(200));

        await app.CommandAsync("request", new { uri = "sip:bob@elsewhere.invalid", method = "OPTIONS", proxy = $"sip:127.0.0.1:{callee.Port}" });

        Check((await app.ExpectAsync("response")).Number("status") == 200, "Answered by the next hop.");
        await SucceedAsync(callee);
        var request = callee.Trace.FirstReceived("OPTIONS");
        Check(request.StartLine == "OPTIONS sip:bob@elsewhere.invalid SIP/2.0" && request.Header("Route") is null, "Neither rewritten nor in a Route header.");
    }

    [EndToEndFact]
    public async Task A_body_of_60_kilobytes_goes_through_over_tcp()
    {
        var app = await StartAppAsync("requests", "plain", new { methods = new[] { "message" }, status = 200 });
        using var peer = await TcpPeer.ConnectAsync(Server.Tcp);
        var body = string.Concat(Enumerable.Range(0, 6000).Select(number => $"line {number:d4}\n"))[..60_000];

        await peer.SendAsync(peer.Request("MESSAGE", Server.Tcp, body: body, headers: ["Content-Type: text/plain"]));

        Check((await app.ExpectAsync("request")).Text("body") == body, "Not a byte lost.");
        Check(await peer.ReceiveAsync(200, "MESSAGE") is not null, "Answered on the same connection.");
    }

    [EndToEndFact]
    public async Task A_body_that_is_no_utf8_reaches_the_application_and_breaks_nothing()
    {
        var app = await StartAppAsync("requests", "plain", new { methods = new[] { "message" }, status = 200 });
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("MESSAGE", Server.Udp, body: "caf\u00e9 \u00ff\u00fe\0!", headers: ["Content-Type: text/plain;charset=ISO-8859-1"]));
        Check((await app.ExpectAsync("request")).Text("body").StartsWith("caf", StringComparison.Ordinal), "Delivered.");
        Check(await peer.ReceiveAsync(200, "MESSAGE") is not null, "Answered.");

        await peer.SendAsync(peer.Request("MESSAGE", Server.Udp, body: "again", headers: ["Content-Type: text/plain"]));
        Check(await peer.ReceiveAsync(200, "MESSAGE") is not null, "The frames after it are still whole.");
    }

    [EndToEndFact]
    public async Task A_retransmitted_request_is_shown_once_and_answered_again()
    {
        var app = await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });
        using var peer = new UdpPeer(Server.Udp);
        var request = peer.Request("OPTIONS", Server.Udp);

        for (var copy = 0; copy < 3; copy++)
        {
            await peer.SendAsync(request);
            Check(await peer.ReceiveAsync(200, "OPTIONS") is not null, "Each copy is answered.");
        }

        Check(app.Count("request") == 1, "The application saw one request.");
    }
}
