using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>The server dials the application: a connection for each call, ended by <c>endSession</c>; named by the tcp:// and tls:// shortcuts.</summary>
public abstract class OutboundConnections : EndToEndTest
{
    private protected OutboundConnections(string scheme)
    {
        Scheme = scheme;
        Port = Ports.Free();
    }

    private protected string Scheme { get; }

    /// <summary>Where the application will listen.</summary>
    private protected int Port { get; }

    private protected Certificate Certificate { get; } = new();

    private protected override ServerOptions Options => new() { More = ["--http-handler", $"{Scheme}://127.0.0.1:{Port}"] };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Certificate.Dispose();
    }

    [EndToEndFact]
    public async Task The_application_is_dialled_rejects_and_ends_the_session()
    {
        var app = await ListenAsync("reject", new { status = 486, headers = new Dictionary<string, string> { ["X-Why"] = "lunch" } });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486, "X-Why: lunch").AckRejection());

        await app.ExpectAsync("dialled");
        await app.ExpectAsync("closed");
        Check((await Server.StatusAsync())["connections"] == 0, "No connection is left.");
    }

    [EndToEndFact]
    public async Task Each_call_has_a_connection_of_its_own_until_its_end()
    {
        var app = await ListenAsync("answer", new { });

        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(300).Bye().Expect(200, "CSeq: BYE"), new SippOptions { Calls = 5, Rate = 20 });

        for (var call = 0; call < 5; call++)
            await app.ExpectAsync("closed");
        Check(app.Count("dialled") == 5 && app.Count("destroy") == 5, "Five of each.");
    }

    [EndToEndFact]
    public async Task The_application_hangs_up_and_ends_the_session()
    {
        var app = await ListenAsync("answer", new { hangUpAfter = 150 });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("BYE").Reply(200));

        await app.ExpectAsync("dialled");
    }

    [EndToEndFact]
    public async Task A_caller_who_gives_up_while_it_rings_is_told_of_to_the_application()
    {
        var app = await ListenAsync("answer", new { ring = 180, delay = 700 });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(180).Cancel().Expect(200, "CSeq: CANCEL").Expect(487).AckRejection());

        await app.ExpectAsync("cancel");
        await app.ExpectAsync("closed");
    }

    [EndToEndFact]
    public async Task Where_nobody_listens_the_caller_gets_480() =>
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(480).AckRejection());

    [EndToEndFact]
    public async Task An_application_with_another_secret_is_not_given_the_call()
    {
        var app = await ListenAsync("reject", new { status = 486, secret = "other" });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(480).AckRejection());

        Check(app.Count("invite") == 0, "It never saw the call.");
    }

    [EndToEndFact]
    public async Task A_port_where_something_else_listens_is_given_up()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, Port);
        mute.Start();

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(480).AckRejection(), new SippOptions { Timeout = TimeSpan.FromSeconds(25), More = ["-recv_timeout", "20000"] });
    }

    [EndToEndFact]
    public async Task A_caller_who_gives_up_before_the_application_authenticated_is_not_offered_to_it()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, Port);
        mute.Start();

        await CallAsync(Scenario.Caller().Invite().Expect(100).Pause(300).Cancel().Expect(200, "CSeq: CANCEL").Expect(487).AckRejection());
    }

    private async Task<SrfApp> ListenAsync(string behaviour, object options)
    {
        var app = Launch("uas", behaviour, options, json =>
        {
            json["listen"] = true;
            json["port"] = Port;
            json["secret"] ??= ServerOptions.Secret;
            if (Scheme != "tls")
                return;
            json["key"] = Certificate.KeyFile;
            json["cert"] = Certificate.CertificateFile;
        });
        await app.ExpectAsync("listening");
        return app;
    }
}

/// <summary>Over plain TCP.</summary>
public sealed class OutboundTcpConnections() : OutboundConnections("tcp");

/// <summary>Over TLS.</summary>
public sealed class OutboundTlsConnections() : OutboundConnections("tls");
