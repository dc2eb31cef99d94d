using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>REGISTER with digest, as registrar and as registering side.</summary>
public sealed class Registrations : EndToEndTest
{
    [EndToEndTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_phone_registers_once_it_proved_its_password(bool tcp)
    {
        var app = await StartAppAsync("requests", "registrar", new { realm = "callactors", password = "wool" });

        await CallAsync(
            Scenario.Caller().Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>", "Expires: 300"])
                .Expect(401, "WWW-Authenticate: Digest realm=.callactors")
                .Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>", "Expires: 300", "[authentication username=alice password=wool]"])
                .Expect(200, "Contact: expires=300", "Service-Route: sip:127.0.0.1;lr"),
            new SippOptions { Tcp = tcp });

        await app.ExpectAsync("challenged");
        var registered = await app.ExpectAsync("registered");
        Check(registered.Flag("right") && registered.Text("expires") == "300", "The credentials are right.");
    }

    [EndToEndFact]
    public async Task A_wrong_password_is_refused_by_the_application()
    {
        var app = await StartAppAsync("requests", "registrar", new { realm = "callactors", password = "wool" });

        await CallAsync(
            Scenario.Caller().Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>"]).Expect(401)
                .Send("REGISTER", headers: ["Contact: <sip:alice@[local_ip]:[local_port]>", "[authentication username=alice password=silk]"]).Expect(403));

        Check(!(await app.ExpectAsync("registered")).Flag("right"), "The digest differs.");
    }

    [EndToEndFact]
    public async Task The_application_registers_with_a_registrar_that_challenges()
    {
        var app = await StartAppAsync("requests", "plain");
        var registrar = await StartCalleeAsync(
            Scenario.Callee().Receive("REGISTER", "Contact: <sip:line7@192.0.2.1>").Reply(401, headers: ["WWW-Authenticate: Digest realm=\"callactors\", nonce=\"n7\", algorithm=MD5"])
                .Receive("REGISTER", "Authorization: Digest username=.line7.*nonce=.n7").Reply(200, headers: ["Contact: <sip:line7@192.0.2.1>;expires=600"]));

        await app.CommandAsync("request", new
        {
            uri = registrar.Uri,
            method = "REGISTER",
            headers = new Dictionary<string, string> { ["Contact"] = "<sip:line7@192.0.2.1>", ["From"] = "<sip:line7@127.0.0.1>", ["To"] = "<sip:line7@127.0.0.1>" },
            auth = new { username = "line7", password = "wool" },
        });

        Check((await app.ExpectAsync("response")).Number("status") == 200, "Registered.");
        await SucceedAsync(registrar);
        var requests = registrar.Trace.Received.Where(message => message.Method == "REGISTER").ToArray();
        Check(requests[0].Header("Call-ID") == requests[1].Header("Call-ID"), "One Call-ID for both.");
    }

    [EndToEndFact]
    public async Task A_phone_registered_over_tcp_is_called_on_its_connection()
    {
        var app = await StartAppAsync("requests", "plain", new
        {
            methods = new[] { "register" },
            status = 200,
            headers = new Dictionary<string, string> { ["Contact"] = "<sip:web@phone.invalid>;expires=60" },
        });
        using var phone = await TcpPeer.ConnectAsync(Server.Tcp);
        await phone.SendAsync(phone.Request("REGISTER", Server.Tcp, headers: ["Contact: <sip:web@phone.invalid>", "Expires: 60"]));
        Check(await phone.ReceiveAsync(200, "REGISTER") is not null, "Registered.");

        await app.CommandAsync("request", new { uri = "sip:web@phone.invalid", method = "OPTIONS" });

        var options = await phone.ReceiveAsync("OPTIONS");
        Check(options is not null, "The request comes down the phone's own connection.");
        await phone.SendAsync(phone.Response(options!, 200));
        Check((await app.ExpectAsync("response")).Number("status") == 200, "And is answered there.");
    }

    [EndToEndTheory]
    [InlineData("Contact: *", "Expires: 60")]
    [InlineData("Contact: coop", "Expires: 60")]
    public async Task A_contact_that_makes_no_sense_is_a_400(string contact, string expires)
    {
        var app = await StartAppAsync("requests", "plain", new { methods = new[] { "register" }, status = 200 });
        using var peer = new UdpPeer(Server.Udp);

        await peer.SendAsync(peer.Request("REGISTER", Server.Udp, headers: [contact, expires]));

        var response = await peer.ReceiveAsync(message => message.Status >= 200);
        Check(response?.Status == 400 && app.Count("request") == 0, $"{response?.StartLine}");
    }
}
