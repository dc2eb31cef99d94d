using CallActors.Node.CommandLine;
using CallActors.Server.Configuration;

namespace CallActors.Node.Tests.CommandLine;

public sealed class ServeOptionsTests
{
    public static TheoryData<string, Func<ServerOptions, object?>, object?> Options => new()
    {
        { "--address 0.0.0.0", options => options.Admin.Address, "0.0.0.0" },
        { "-E 0.0.0.0", options => options.Admin.Address, "0.0.0.0" },
        { "--port 9122", options => options.Admin.TcpPort, 9122 },
        { "-p 9122", options => options.Admin.TcpPort, 9122 },
        { "--port=9122", options => options.Admin.TcpPort, 9122 },
        { "--port 0", options => options.Admin.TcpPort, 0 },
        { "--tls-port 9123", options => options.Admin.TlsPort, 9123 },
        { "-H 0", options => options.Admin.TlsPort, 0 },
        { "--secret @geheim", options => options.Admin.Secret, "@geheim" },
        { "-F geheim", options => options.Admin.Secret, "geheim" },
        { "--tcp-keepalive-interval 0", options => options.Admin.TcpKeepAlive, TimeSpan.Zero },
        { "--key-file k", options => options.Tls.KeyFile, "k" },
        { "-A k", options => options.Tls.KeyFile, "k" },
        { "--cert-file c", options => options.Tls.CertFile, "c" },
        { "-B c", options => options.Tls.CertFile, "c" },
        { "--chain-file a", options => options.Tls.ChainFile, "a" },
        { "-C a", options => options.Tls.ChainFile, "a" },
        { "--min-tls-version 1.3", options => options.Tls.MinVersion, TlsVersion.Tls13 },
        { "--aggressive-nat-detection", options => options.AggressiveNat, true },
        { "-I", options => options.AggressiveNat, true },
        { "--disable-nat-detection", options => options.DisableNat, true },
        { "--always-send-180", options => options.AlwaysSend180, true },
        { "--reject-register-with-no-realm", options => options.RejectRegisterWithNoRealm, true },
        { "--user-agent-options-auto-respond probe", options => options.UserAgentOptionsAutoRespond, "probe" },
        { "--loglevel error", options => options.Log.Level, LogVerbosity.Error },
        { "-l debug", options => options.Log.Level, LogVerbosity.Debug },
        { "--stdout", options => options.Log.Console, true },
        { "--globally-readable-logs", options => options.Log.GloballyReadable, true },
        { "--memory-debug", options => options.Log.VerboseCounters, true },
        { "--restore-grace 0", options => options.Limits.RestoreGrace, TimeSpan.Zero },
        { "--no-extensions", options => options.Extensions.IsOn, false },
        { "--session-grace 90", options => options.Extensions.Grace, TimeSpan.FromSeconds(90) },
        { "--adopt-by-tags", options => options.Extensions.AdoptByTags, true },
        { "--drain-timeout 5", options => options.Drain.Timeout, TimeSpan.FromSeconds(5) },
        { "--http-handler http://a:80/b", options => Handler(options), ("*", "http://a:80/b", false, true) },
        { "-a https://a -m POST", options => Handler(options), ("*", "https://a", true, true) },
        { "--http-method post --http-handler http://a", options => Handler(options), ("*", "http://a", true, true) },
    };

    [Theory, MemberData(nameof(Options))]
    public void Each_option_is_read(string arguments, Func<ServerOptions, object?> read, object? expected) =>
        Assert.Equal(expected, read(CommandLines.Clean(arguments.Split(' '))));

    [Fact]
    public void The_later_of_two_holds() => Assert.Equal(2, CommandLines.Clean("--port", "1", "--port", "2").Admin.TcpPort);

    [Fact]
    public void What_is_said_of_a_contact_belongs_to_the_one_before()
    {
        var contacts = CommandLines.Clean(
            "--contact", "sip:10.0.0.1;transport=udp", "--external-ip", "203.0.113.1", "--dns-name", "a.example", "--dns-name", "b.example",
            "-c", "sip:10.0.0.2;transport=tcp", "-n", "10.0.0.0/8", "-x", "203.0.113.2", "--dns-name", "c.example").Contacts;
        Assert.Collection(
            contacts,
            first =>
            {
                Assert.Equal(("10.0.0.1", "203.0.113.1", null), (first.Host, first.ExternalIp!.ToString(), first.LocalNet?.ToString()));
                Assert.Equal<string>(["a.example", "b.example"], first.DnsNames);
            },
            second =>
            {
                Assert.Equal(("10.0.0.2", "203.0.113.2", "10.0.0.0/8"), (second.Host, second.ExternalIp!.ToString(), second.LocalNet?.ToString()));
                Assert.Equal<string>(["c.example"], second.DnsNames);
            });
    }

    [Theory]
    [InlineData("--external-ip 203.0.113.1", "--external-ip: error: no --contact stands before it; write it after the contact it belongs to")]
    [InlineData("-n 10.0.0.0/8 -c sip:10.0.0.1", "--local-net: error: no --contact stands before it; write it after the contact it belongs to")]
    [InlineData("-c sip:* -x 203.0.113.1 -x 203.0.113.2", "--external-ip: error: the contact sip:* has one already; write it once after each --contact")]
    [InlineData("-c 10.0.0.1 -x 203.0.113.1", "--contact: error: the contact '10.0.0.1' cannot be bound: it does not begin with sip: or sips:; write for example sip:192.0.2.1:5060;transport=udp,tcp")]
    [InlineData("--http-method POST", "--http-method: error: it says how --http-handler is asked, and there is none; add --http-handler <url>")]
    [InlineData("--http-handler ftp://a", "--http-handler: error: 'ftp://a' is not the URL of a request handler; write http://host:port/path or https://…, or tcp://host:port or tls://host:port for an application")]
    [InlineData("-a http://a -m PUT", "--http-method: error: 'PUT' cannot be used here; write GET or POST")]
    [InlineData("--port ninety", "--port: error: 'ninety' is not a port; write a whole number from 0 to 65535")]
    [InlineData("-l loud", "--loglevel: error: 'loud' cannot be used here; write notice, error, warning, info or debug")]
    [InlineData("--colour", "--colour: warning: unknown option; it has no effect (see --help)")]
    [InlineData("now", "now: warning: stray argument; it has no effect")]
    [InlineData("--mtu 4096", "--mtu: warning: UDP is used whatever the size of a message; the option has no effect")]
    [InlineData("-D 4096", "--mtu: warning: UDP is used whatever the size of a message; the option has no effect")]
    [InlineData("--homer 10.0.0.1:9060", "--homer: warning: HEP capture is not available in this version; the option has no effect")]
    [InlineData("--daemon", "--daemon: warning: the server stays in the foreground; run it under systemd or the like; the option has no effect")]
    public void Each_mistake_names_the_option(string arguments, string finding) =>
        Assert.Equal(finding, Assert.Single(CommandLines.Findings(arguments.Split(' '))));

    [Fact]
    public void A_handler_of_another_source_can_be_asked_by_post()
    {
        var below = new ServerOptions { RequestHandlers = [new() { Url = "http://a", Target = new Uri("http://a") }] };
        var findings = new Findings();
        Assert.True(CommandLines.Serve("--http-method", "POST")!.Apply(below, findings).RequestHandlers.Single().UsePost);
        Assert.Empty(findings.All);
    }

    [Fact]
    public void Options_about_the_run_are_kept_apart()
    {
        var given = CommandLines.Serve("-f", "a.xml", "--noconfig", "--ports-file", "p.json", "--status-port", "0")!;
        Assert.Equal(("a.xml", true, "p.json", "0"), (given.Value(ServeOptions.File), given.Has(ServeOptions.NoConfig), given.Value(ServeOptions.PortsFile), given.Value(ServeOptions.StatusPort)));
    }

    private static object Handler(ServerOptions options)
    {
        var handler = options.RequestHandlers.Single();
        return (handler.Method, handler.Url, handler.UsePost, handler.VerifyPeer);
    }
}
