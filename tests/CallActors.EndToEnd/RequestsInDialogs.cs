using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>INFO, MESSAGE, OPTIONS, REFER with NOTIFY inside a call, from both sides; and requests for calls that do not exist.</summary>
public sealed class RequestsInDialogs : EndToEndTest
{
    private static Scenario InCall => Scenario.Caller().Invite().Expect(100).Expect(200).Ack();

    [EndToEndTheory]
    [InlineData("INFO", "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")]
    [InlineData("MESSAGE", "text/plain;charset=UTF-8", "Gr\u00fc\u00dfe")]
    [InlineData("OPTIONS", null, null)]
    public async Task A_request_of_the_caller_is_answered_by_the_application(string method, string? type, string? body)
    {
        var answer = new Dictionary<string, object> { [method.ToLowerInvariant()] = new { status = 200, headers = new Dictionary<string, string> { ["X-Seen"] = "yes" } } };
        var app = await StartAppAsync("uas", "answer", new { answers = answer });

        await CallAsync(
            InCall.Pause(80).Send(method, body, type is null ? [] : [$"Content-Type: {type}"]).Expect(200, $"CSeq: {method}", "X-Seen: yes")
                .Bye().Expect(200, "CSeq: BYE"));

        var seen = await app.ExpectAsync(method.ToLowerInvariant());
        Check(seen.Text("body").Trim() == (body ?? "").Trim(), "The body arrives whole.");
    }

    [EndToEndTheory]
    [InlineData("INFO", "application/dtmf-relay", "Signal=5")]
    [InlineData("MESSAGE", "text/plain", "hello")]
    [InlineData("OPTIONS", null, null)]
    public async Task A_request_of_the_application_is_answered_by_the_caller(string method, string? type, string? body)
    {
        var app = await StartAppAsync("uas", "answer");
        var caller = await StartCallerAsync(
            InCall.Receive(method, body is null ? "Content-Length: 0" : $"body: {body}", "X-Extra: 1").Reply(200, headers: ["X-Seen: yes"]).Bye().Expect(200, "CSeq: BYE"));
        await app.ExpectAsync("ack");

        var headers = new Dictionary<string, string> { ["X-Extra"] = "1" };
        if (type is not null)
            headers["Content-Type"] = type;
        await app.CommandAsync("dialog.request", new { method, body, headers });

        var response = await app.ExpectAsync("response");
        Check(response.Number("status") == 200 && response.Header("X-Seen") == "yes", "The response comes up.");
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task The_caller_asks_for_a_transfer_and_is_notified()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { refer = new { status = 202 } } });
        var caller = await StartCallerAsync(
            InCall.Pause(80).Send("REFER", headers: ["Refer-To: <sip:carol@127.0.0.1>"]).Expect(202)
                .Receive("NOTIFY", "Event: refer", "Subscription-State: active", "body: SIP/2.0 100").Reply(200)
                .Receive("NOTIFY", "Subscription-State: terminated", "body: SIP/2.0 200").Reply(200)
                .Pause(50).Bye().Expect(200, "CSeq: BYE"));
        Check((await app.ExpectAsync("refer")).Header("Refer-To") == "<sip:carol@127.0.0.1>", "Refer-To.");

        foreach (var (state, line) in new[] { ("active;expires=60", "SIP/2.0 100 Trying"), ("terminated;reason=noresource", "SIP/2.0 200 OK") })
        {
            var headers = new Dictionary<string, string> { ["Event"] = "refer", ["Subscription-State"] = state, ["Content-Type"] = "message/sipfrag;version=2.0" };
            await app.CommandAsync("dialog.request", new { method = "NOTIFY", body = line, headers });
            Check((await app.ExpectAsync("response")).Number("status") == 200, "NOTIFY is answered.");
        }

        await SucceedAsync(caller);
        Check((await app.ExpectAsync("destroy")).Text("reason") == "normal release", "A terminated NOTIFY does not end an INVITE's dialog.");
    }

    [EndToEndFact]
    public async Task The_application_asks_for_a_transfer_and_is_notified()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { notify = new { status = 200 } } });
        var caller = await StartCallerAsync(
            InCall.Receive("REFER", "Refer-To: sip:carol@127.0.0.1", "Contact: sip:127.0.0.1").Reply(202)
                .Send("NOTIFY", "SIP/2.0 100 Trying", ["Event: refer", "Subscription-State: active;expires=60", "Content-Type: message/sipfrag"]).Expect(200, "CSeq: NOTIFY")
                .Send("NOTIFY", "SIP/2.0 200 OK", ["Event: refer", "Subscription-State: terminated", "Content-Type: message/sipfrag"]).Expect(200, "CSeq: NOTIFY")
                .Receive("BYE").Reply(200));
        await app.ExpectAsync("ack");

        await app.CommandAsync("dialog.request", new { method = "REFER", headers = new Dictionary<string, string> { ["Refer-To"] = "<sip:carol@127.0.0.1>" } });

        Check((await app.ExpectAsync("response")).Number("status") == 202, "REFER is accepted.");
        await app.ExpectAsync("notify", notify => notify.Text("body").Contains("200 OK", StringComparison.Ordinal));
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_request_that_the_application_never_answers_does_not_stay_for_ever()
    {
        var app = await StartAppAsync("uas", "answer", new { answers = new { info = new { status = 200, delay = 600_000 } } });

        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await app.ExpectAsync("ack");
        await caller.SendAsync(dialog.Request("INFO"));
        await app.ExpectAsync("info");

        await caller.SendAsync(dialog.Request("BYE"));

        Check(await caller.ReceiveAsync(200, "BYE") is not null, "BYE is answered.");
        Check((await caller.ReceiveAsync(message => message.Method == "INFO" && message.Status >= 200))?.Status is 487 or 500, "And what is open is closed (RFC 3261 §15.1.2).");
    }

    [EndToEndFact]
    public async Task A_request_of_the_application_that_nobody_answers_is_a_408()
    {
        var app = await StartAppAsync("uas", "answer");
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await app.ExpectAsync("ack");

        await app.CommandAsync("dialog.request", new { method = "INFO" });

        Check((await app.ExpectAsync("response")).Number("status") == 408, "Timer F.");
        await caller.SendAsync(dialog.Request("BYE"));
        Check(await caller.ReceiveAsync(200, "BYE") is not null, "The dialog lives on.");
    }

    [EndToEndTheory]
    [InlineData("BYE", 481)]
    [InlineData("UPDATE", 481)]
    [InlineData("INVITE", 481)]
    [InlineData("PRACK", 481)]
    public async Task A_request_for_a_dialog_that_is_not_there_gets_481(string method, int status)
    {
        await StartAppAsync("uas", "answer");
        using var peer = new UdpPeer(Server.Udp);
        var request = peer.Request(method, Server.Udp, headers: method == "PRACK" ? ["RAck: 1 1 INVITE"] : null)
            .Replace($"To: <sip:service@{Server.Udp}>", $"To: <sip:service@{Server.Udp}>;tag=stale", StringComparison.Ordinal);

        await peer.SendAsync(request);

        var response = await peer.ReceiveAsync(message => message.Status >= 200);
        Check(response?.Status == status, $"{method}: {response?.StartLine}");
        if (method == "INVITE")
            await peer.SendAsync(RawDialog.AckRejection(request, response!));
    }

    [EndToEndFact]
    public async Task A_dialog_that_has_ended_is_an_error_with_the_known_text()
    {
        var app = await StartAppAsync("uas", "answer");
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await app.ExpectAsync("ack");
        await caller.SendAsync(dialog.Request("BYE"));
        await app.ExpectAsync("destroy");

        await app.CommandAsync("dialog.request", new { method = "INFO" });

        var unsent = await app.ExpectAsync("unsent");
        Check(unsent.Text("message") == "Server error: unable to find dialog for dialog id provided", unsent.Text("message"));
    }
}
