using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>proxyRequest: the server forwards, the application hears how it went.</summary>
public sealed class Proxying : EndToEndTest
{
    private static Scenario Answers => Scenario.Callee().Receive("INVITE").Reply(180).Reply(200, "INVITE", Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200);

    private static Scenario Rejects(int status) => Scenario.Callee().Receive("INVITE").Reply(status).Receive("ACK");

    private static Scenario IsCancelled => Scenario.Callee().Receive("INVITE").Reply(180).Receive("CANCEL").Reply(200).Reply(487, "INVITE").Receive("ACK");

    [EndToEndFact]
    public async Task The_second_target_answers_when_the_first_is_busy()
    {
        var first = await StartCalleeAsync(Rejects(486));
        var second = await StartCalleeAsync(Answers);
        var app = await StartProxyAsync(new { recordRoute = true, headers = new Dictionary<string, string> { ["X-Via-App"] = "one" } }, first, second);

        await CallAsync(RoutedCall());

        await SucceedAsync(first, second);
        var proxied = await app.ExpectAsync("proxied");
        Check(proxied.Flag("connected") && proxied.Numbers("statuses").SequenceEqual([486, 200]), "Both final responses, then done.");
        Check(second.Trace.FirstReceived("INVITE").Header("X-Via-App") == "one", "The application's header is added.");
    }

    [EndToEndFact]
    public async Task With_record_route_the_whole_call_goes_through_us()
    {
        var callee = await StartCalleeAsync(Answers);
        var app = await StartProxyAsync(new { recordRoute = true }, callee);

        var caller = await CallAsync(RoutedCall());

        await SucceedAsync(callee);
        var invite = callee.Trace.FirstReceived("INVITE");
        Check(invite.Header("Record-Route")!.StartsWith($"<sip:127.0.0.1:{Server.Udp.Port}", StringComparison.Ordinal)
            && invite.Header("Record-Route")!.Contains(";lr", StringComparison.Ordinal), "We are in the route set, loosely.");
        Check(invite.Header("Max-Forwards") == "69", "Max-Forwards is one less.");
        Check(invite.StartLine == $"INVITE {callee.Uri} SIP/2.0", "The request-URI was ours and is the target's now.");
        Check(caller.Trace.FirstReceived(200).Text.Split("Via:").Length == 2, "Our Via is gone from the response.");
        Check(callee.Trace.FirstReceived("BYE").Header("Route") is null, "Our Route is gone from the BYE.");
        Check((await app.ExpectAsync("proxied")).Number("finalStatus") == 200, "The application hears 200.");
    }

    [EndToEndFact]
    public async Task The_callee_of_a_record_routed_call_hangs_up_through_us()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, body: Sdp.Bob).Receive("ACK").Pause(100).Bye().Expect(200, "CSeq: BYE"));
        await StartProxyAsync(new { recordRoute = true }, callee);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("BYE").Reply(200));

        await SucceedAsync(callee);
    }

    [EndToEndFact(Skip = "SIPp answers the BYE to where the INVITE came from, not to where the BYE did: the caller cannot get it without the proxy.")]
    public async Task Without_record_route_the_call_goes_on_directly()
    {
        var callee = await StartCalleeAsync(Answers);
        await StartProxyAsync(new { }, callee);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200).GoTo(callee.Port).Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await SucceedAsync(callee);
        Check(callee.Trace.FirstReceived("INVITE").Header("Record-Route") is null, "No Record-Route.");
    }

    [EndToEndFact]
    public async Task In_parallel_the_first_to_answer_wins_and_the_other_is_cancelled()
    {
        var slow = await StartCalleeAsync(IsCancelled);
        var quick = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(180).Pause(200).Reply(200, "INVITE", Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        var app = await StartProxyAsync(new { forking = "simultaneous", recordRoute = true }, slow, quick);

        await CallAsync(Scenario.Caller().Invite().Expect(100).May(180).May(180).Expect(200).Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await SucceedAsync(slow, quick);
        Check((await app.ExpectAsync("proxied")).Flag("connected"), "Connected.");
    }

    [EndToEndFact]
    public async Task When_all_reject_the_best_rejection_is_passed_on()
    {
        var first = await StartCalleeAsync(Rejects(503));
        var second = await StartCalleeAsync(Rejects(404));
        var third = await StartCalleeAsync(Rejects(302));
        var app = await StartProxyAsync(new { forking = "simultaneous" }, first, second, third);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(404).AckRejection());

        await SucceedAsync(first, second, third);
        Check((await app.ExpectAsync("proxied")).Numbers("statuses").Order().SequenceEqual([302, 404, 503]), "The application hears all of them.");
    }

    [EndToEndFact]
    public async Task A_603_ends_the_search()
    {
        var first = await StartCalleeAsync(Rejects(603));
        var second = await StartCalleeAsync(Rejects(486));
        var app = await StartProxyAsync(new { forking = "simultaneous" }, first, second);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(603).AckRejection());

        Check(!(await app.ExpectAsync("proxied")).Flag("connected"), "Not connected.");
    }

    [EndToEndFact]
    public async Task A_redirect_is_followed_when_the_application_wants_it()
    {
        var target = await StartCalleeAsync(Answers);
        var redirector = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(302, headers: [$"Contact: <{target.Uri}>"]).Receive("ACK"));
        var app = await StartProxyAsync(new { followRedirects = true, recordRoute = true }, redirector);

        await CallAsync(RoutedCall());

        await SucceedAsync(redirector, target);
        Check((await app.ExpectAsync("proxied")).Flag("connected"), "Connected.");
    }

    [EndToEndFact]
    public async Task A_redirect_is_passed_back_when_it_does_not()
    {
        var redirector = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(302, headers: ["Contact: <sip:carol@192.0.2.9>"]).Receive("ACK"));
        await StartProxyAsync(new { }, redirector);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(302, "Contact: <sip:carol@192.0.2.9>").AckRejection());

        await SucceedAsync(redirector);
    }

    [EndToEndFact]
    public async Task A_silent_target_is_given_up_after_the_provisional_timeout()
    {
        using var silent = new UdpPeer(Server.Udp);
        var second = await StartCalleeAsync(Answers);
        var app = await StartAppAsync("proxy", "proxy", new
        {
            destinations = new[] { $"sip:nobody@{silent.Local}", second.Uri },
            proxy = new { recordRoute = true, provisionalTimeout = "400ms" },
        });

        await CallAsync(RoutedCall());

        await SucceedAsync(second);
        Check((await app.ExpectAsync("proxied")).Flag("connected"), "Connected with the second.");
    }

    [EndToEndFact]
    public async Task A_target_that_only_rings_is_cancelled_after_the_final_timeout()
    {
        var first = await StartCalleeAsync(IsCancelled);
        var second = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(200, "INVITE", Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        var app = await StartProxyAsync(new { recordRoute = true, provisionalTimeout = "5s", finalTimeout = "600ms" }, first, second);

        await CallAsync(RoutedCall());

        await SucceedAsync(first, second);
        Check((await app.ExpectAsync("proxied")).Flag("connected"), "Connected with the second.");
    }

    [EndToEndFact]
    public async Task Nobody_answers_at_all()
    {
        using var silent = new UdpPeer(Server.Udp);
        var app = await StartAppAsync("proxy", "proxy", new { destinations = new[] { $"sip:nobody@{silent.Local}" }, proxy = new { } });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(408).AckRejection());

        Check(!(await app.ExpectAsync("proxied")).Flag("connected"), "Timer B, then 408.");
    }

    [EndToEndTheory]
    [InlineData("sequential")]
    [InlineData("simultaneous")]
    public async Task The_caller_gives_up(string forking)
    {
        var callee = await StartCalleeAsync(IsCancelled);
        var app = await StartProxyAsync(new { forking }, callee);

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Cancel().Expect(200, "CSeq: CANCEL").Expect(487, "CSeq: INVITE").AckRejection());

        await SucceedAsync(callee);
        Check(!(await app.ExpectAsync("proxied")).Flag("connected"), "The application hears the end.");
    }

    [EndToEndFact]
    public async Task A_challenge_is_passed_on_and_the_answer_to_it_goes_the_same_way()
    {
        var callee = await StartCalleeAsync(
            Scenario.Callee().Receive("INVITE").Reply(407, headers: ["Proxy-Authenticate: Digest realm=\"far\", nonce=\"n3\", algorithm=MD5"]).Receive("ACK")
                .Receive("INVITE", "Proxy-Authorization: nonce=.n3").Reply(200, body: Sdp.Bob).Receive("ACK").Receive("BYE").Reply(200));
        await StartProxyAsync(new { recordRoute = true }, callee);

        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(407).AckRejection().Invite(null, "[authentication username=alice password=wool]").Expect(100).Expect(200)
                .Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await SucceedAsync(callee);
    }

    [EndToEndTheory]
    [InlineData("MESSAGE")]
    [InlineData("OPTIONS")]
    public async Task Other_requests_are_forwarded_too(string method)
    {
        var callee = await StartCalleeAsync(Scenario.Callee().Receive(method).Reply(200));
        var app = await StartProxyAsync(new { }, [callee], method.ToLowerInvariant());

        await CallAsync(Scenario.Caller().Send(method, "hello", ["Content-Type: text/plain"]).Expect(200));

        await SucceedAsync(callee);
        Check((await app.ExpectAsync("proxied")).Flag("connected"), "200.");
    }

    [EndToEndFact]
    public async Task A_register_is_forwarded_with_path()
    {
        var registrar = await StartCalleeAsync(
            Scenario.Callee().Receive("REGISTER", $"Path: sip:127.0.0.1:{Server.Udp.Port}", "Require: path").Reply(200, headers: ["Contact: <sip:alice@192.0.2.3>;expires=60"]));
        await StartProxyAsync(new { path = true }, [registrar], "register");

        await CallAsync(Scenario.Caller().Send("REGISTER", headers: ["Contact: <sip:alice@192.0.2.3>", "Expires: 60"]).Expect(200, "Contact: expires=60"));

        await SucceedAsync(registrar);
    }

    [EndToEndFact]
    public async Task A_silent_target_of_another_request_ends_in_silence()
    {
        using var silent = new UdpPeer(Server.Udp);
        var app = await StartAppAsync("proxy", "proxy", new { destinations = new[] { $"sip:nobody@{silent.Local}" }, proxy = new { }, methods = new[] { "message" } });
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("MESSAGE", Server.Udp, body: "hello", headers: ["Content-Type: text/plain"]));

        // RFC 4320 §4.2: by now the sender has timed out itself, and a 408 would only be mistaken for something.
        Check(!(await app.ExpectAsync("proxied")).Flag("connected"), "The application hears the end.");
        Check(await peer.ReceiveAsync(message => message.Status >= 200, 500) is null, "The sender hears nothing.");
    }

    [EndToEndFact]
    public async Task Max_forwards_of_nought_is_a_483()
    {
        var app = await StartAppAsync("proxy", "proxy", new { destinations = new[] { "sip:127.0.0.1:9" }, proxy = new { } });
        using var peer = new UdpPeer(Server.Udp);
        var invite = peer.Request("INVITE", Server.Udp, body: Sdp.Alice).Replace("Max-Forwards: 70", "Max-Forwards: 0", StringComparison.Ordinal);

        await peer.SendAsync(invite);

        var rejection = await peer.ReceiveAsync(message => message.Status >= 200);
        Check(rejection?.Status == 483, $"{rejection?.StartLine}");
        await peer.SendAsync(RawDialog.AckRejection(invite, rejection!));
        Check((await app.ExpectAsync("failed")).Text("message") == "Rejected with 483 Too Many Hops due to Max-Forwards value of 0", "The known text.");
    }

    [EndToEndFact]
    public async Task A_retransmitted_invite_gets_the_last_response_again()
    {
        using var callee = new UdpPeer(Server.Udp);
        await StartAppAsync("proxy", "proxy", new { destinations = new[] { $"sip:raw@{callee.Local}" }, proxy = new { } });
        using var caller = new UdpPeer(Server.Udp);
        var invite = caller.Request("INVITE", Server.Udp, body: Sdp.Alice);
        await caller.SendAsync(invite);
        var forwarded = (await callee.ReceiveAsync("INVITE"))!;
        await callee.SendAsync(callee.Response(forwarded, 180));
        Check(await caller.ReceiveAsync(180, "INVITE") is not null, "It rings.");

        await caller.SendAsync(invite);

        Check(await caller.ReceiveAsync(180, "INVITE") is not null, "And says so again.");
        await callee.SendAsync(callee.Response(forwarded, 486));
        Check(await callee.ReceiveAsync("ACK") is not null, "The rejection is acknowledged hop by hop.");
        var rejection = (await caller.ReceiveAsync(486, "INVITE"))!;
        await caller.SendAsync(RawDialog.AckRejection(invite, rejection));
    }

    private static Scenario RoutedCall() =>
        Scenario.Caller().Invite().Expect(100).May(180).Expect(200, "Record-Route: lr").Ack().Pause(50).Bye().Expect(200, "CSeq: BYE");

    private Task<SrfApp> StartProxyAsync(object options, params Sipp[] callees) => StartProxyAsync(options, callees, "invite");

    private Task<SrfApp> StartProxyAsync(object options, Sipp[] callees, string method) => StartAppAsync("proxy", "proxy", new
    {
        destinations = callees.Select(callee => callee.Uri).ToArray(),
        proxy = options,
        methods = new[] { method },
    });
}
