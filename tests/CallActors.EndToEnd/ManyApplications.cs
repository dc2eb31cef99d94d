using System.Globalization;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Several applications on one server: whose turn it is, and what becomes of a call when its application is gone.</summary>
public sealed class ManyApplications : EndToEndTest
{
    [EndToEndFact]
    public async Task Calls_go_round_among_those_who_want_them()
    {
        var one = await StartNamedAsync("one");
        var two = await StartNamedAsync("two");
        var three = await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });

        await CallAsync(Scenario.Caller().Invite().May(100).Expect(486).AckRejection(), new SippOptions { Calls = 10, Rate = 20 });

        Check(one.Count("invite") == 5 && two.Count("invite") == 5 && three.Count("request") == 0,
            string.Create(CultureInfo.InvariantCulture, $"{one.Count("invite")} and {two.Count("invite")} of ten."));
    }

    [EndToEndFact]
    public async Task An_application_that_takes_its_route_back_keeps_its_others()
    {
        var app = await StartAppAsync("requests", "plain", new { methods = new[] { "options", "message" }, status = 200 });
        using var peer = new UdpPeer(Server.Udp);

        await app.CommandAsync("unroute", new { method = "options" });
        await app.ExpectAsync("unrouted");
        await peer.SendAsync(peer.Request("MESSAGE", Server.Udp));
        await peer.SendAsync(peer.Request("OPTIONS", Server.Udp));

        Check(await peer.ReceiveAsync(200, "MESSAGE") is not null, "MESSAGE is still routed.");
        Check(await peer.ReceiveAsync(503, "OPTIONS") is not null, "OPTIONS is not.");
    }

    [EndToEndFact]
    public async Task A_call_whose_application_dies_before_it_answered_goes_to_another()
    {
        var first = await StartNamedAsync("first", mute: true);
        var caller = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(486, "X-Application: second").AckRejection());
        await first.ExpectAsync("invite");
        var second = await StartNamedAsync("second");

        await first.Process.KillAsync();

        await second.ExpectAsync("invite");
        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task With_no_other_application_the_caller_hears_so()
    {
        var only = await StartNamedAsync("only", mute: true);
        var caller = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(503).AckRejection());
        await only.ExpectAsync("invite");

        await only.Process.KillAsync();

        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_call_whose_application_dies_while_it_rings_ends()
    {
        var app = await StartAppAsync("uas", "answer", new { ring = 180, delay = 60_000 });
        var caller = await StartCallerAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Expect(480).AckRejection());
        await app.ExpectAsync("invite");
        await Task.Delay(200);

        await app.Process.KillAsync();

        await SucceedAsync(caller);
    }

    [EndToEndFact]
    public async Task A_bye_for_a_call_whose_application_died_is_answered()
    {
        var app = await StartAppAsync("uas", "answer");
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await app.ExpectAsync("ack");

        await app.Process.KillAsync();
        await Task.Delay(200);
        await caller.SendAsync(dialog.Request("BYE"));

        var response = await caller.ReceiveAsync(message => message.Status >= 200 && message.Method == "BYE");
        Check(response?.Status is 200 or 481, $"{response?.StartLine}");
    }

    [EndToEndFact]
    public async Task A_200_that_nobody_wants_any_more_is_acknowledged_and_hung_up()
    {
        var app = await StartAppAsync("uac", "call");
        using var callee = new UdpPeer(Server.Udp);
        await app.CommandAsync("call", new { uri = $"sip:raw@{callee.Local}" });
        var invite = (await callee.ReceiveAsync("INVITE"))!;
        await callee.SendAsync(callee.Response(invite, 180));
        await app.ExpectAsync("provisional");

        await app.Process.KillAsync();
        await Task.Delay(200);
        if (await callee.ReceiveAsync("CANCEL", 500) is { } cancel)
        {
            // Given up at once is as good.
            await callee.SendAsync(callee.Response(cancel, 200));
            await callee.SendAsync(callee.Response(invite, 487));
            Check(await callee.ReceiveAsync("ACK") is not null, "ACK.");
            return;
        }

        await callee.SendAsync(callee.Response(invite, 200, body: Sdp.Bob));
        Check(await callee.ReceiveAsync("ACK") is not null, "ACK.");
        var bye = await callee.ReceiveAsync("BYE");
        Check(bye is not null, "BYE.");
        await callee.SendAsync(callee.Response(bye!, 200));
    }

    [EndToEndFact]
    public async Task Connect_tells_where_the_server_listens_and_a_version_that_allows_pings()
    {
        var app = Launch("requests", "plain", new { ping = 5000 }, json =>
        {
            json["port"] = Server.Control.Port;
            json["secret"] = ServerOptions.Secret;
        });

        var connected = await app.ExpectAsync("connected");

        Check(connected.Text("hostports").Split(',').Order().SequenceEqual([$"tcp/{Server.Tcp}", $"udp/{Server.Udp}"]), connected.Text("hostports"));
        Check(connected.Text("local") == connected.Text("hostports"), "Without an external address both lists are the same.");
        Check(System.Text.RegularExpressions.Regex.IsMatch(connected.Text("version"), @"^v(0\.(9|[1-9]\d)|[1-9]\d*\.\d+)\.\d+"), connected.Text("version"));
        await Task.Delay(6000);
        Check(app.Count("lost") == 0 && app.Faults.Count == 0, "The ping was answered.");
    }

    private Task<SrfApp> StartNamedAsync(string name, bool mute = false) => StartAppAsync("requests", "named", new { name, status = 486, mute });
}

/// <summary>No application, and a server that waits for none after its start.</summary>
public sealed class NoApplications : EndToEndTest
{
    private protected override ServerOptions Options => new() { More = ["--no-extensions"] };

    [EndToEndFact]
    public async Task A_wrong_secret_is_refused_and_gets_no_calls()
    {
        var wrong = Launch("requests", "named", new { name = "wrong", status = 486, secret = "guess" }, json => json["port"] = Server.Control.Port);
        Check((await wrong.ExpectAsync("refused")).Text("message") == "failed to authenticate to server", "The library says so.");

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(503).AckRejection());

        Check(wrong.Count("invite") == 0, "No call for it.");
        await wrong.Process.KillAsync();
    }
}
