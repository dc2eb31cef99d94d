using CallActors.Net;
using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

public sealed class ConfigurationSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-configuration-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, false, false, "info")]
    [InlineData(true, false, false, "notice")]
    [InlineData(true, true, false, "warning")]
    [InlineData(false, true, false, "warning")]
    [InlineData(true, true, true, "debug")]
    [InlineData(false, false, true, "debug")]
    [InlineData(true, false, true, "debug")]
    public void The_command_line_wins_over_the_environment_over_the_file(bool inFile, bool inEnvironment, bool onCommandLine, string level)
    {
        var options = Read(new()
        {
            File = inFile ? File("<logging><loglevel>notice</loglevel></logging>") : null,
            Environment = inEnvironment ? new Dictionary<string, string> { ["DRACHTIO_LOGLEVEL"] = "warning" } : [],
            CommandLine = (below, _) => onCommandLine ? below with { Log = below.Log with { Level = LogVerbosity.Debug } } : below,
        });
        Assert.Equal(level, options.Log.Level.ToString().ToLowerInvariant());
    }

    [Fact]
    public void A_request_handler_of_the_environment_replaces_those_of_the_file()
    {
        var options = Read(new()
        {
            File = File("<request-handlers><request-handler sip-method='INVITE'>http://a</request-handler><request-handler>http://b</request-handler></request-handlers>"),
            Environment = new Dictionary<string, string> { ["DRACHTIO_HTTP_HANDLER_URI"] = "http://c" },
        });
        Assert.Equal(("*", "http://c"), (options.RequestHandlers.Single().Method, options.RequestHandlers.Single().Url));
    }

    [Fact]
    public void Without_any_source_everything_has_its_default()
    {
        var options = Read(new() { DefaultFile = Path.Combine(_folder, "absent.xml") });
        Assert.Equal(new AdminOptions { Address = "127.0.0.1", TcpPort = 9022, Secret = "cymru" }, options.Admin);
        Assert.Same(ContactOptions.Default, Assert.Single(options.Contacts));
        Assert.True(options.Log.Console);
    }

    [Theory]
    [InlineData("<admin port='0' secret='s'>127.0.0.1</admin>", 9022)]
    [InlineData("<admin port='9100' secret='s'>127.0.0.1</admin>", 9100)]
    public void Without_any_control_port_it_is_9022(string admin, int port)
    {
        var options = Read(new() { File = File("", admin) });
        Assert.Equal((port, (int?)null), (options.Admin.TcpPort, options.Admin.TlsPort));
    }

    [Fact]
    public void A_control_port_for_tls_alone_is_possible()
    {
        var options = Read(new() { File = File(Tls(), "<admin port='0' tls-port='9023' secret='s'>127.0.0.1</admin>") });
        Assert.Equal((null, 9023), (options.Admin.TcpPort, options.Admin.TlsPort));
    }

    [Fact]
    public void A_control_port_for_tls_needs_key_and_certificate()
    {
        var findings = Findings(new() { File = File("", "<admin tls-port='9023'>127.0.0.1</admin>") });
        Assert.Equal(["control port: error: missing tls settings: port 9023 speaks TLS and needs a key and a certificate; add --key-file and --cert-file"], findings);
    }

    [Fact]
    public void A_certificate_file_that_is_not_there_is_named()
    {
        var findings = Findings(new() { File = File("<sip><tls><key-file>/nowhere/k.pem</key-file></tls></sip>") });
        Assert.Equal(["/nowhere/k.pem: error: the TLS key file is not there; mend its path, or make it readable"], findings);
    }

    [Fact]
    public void Tcp_and_tls_cannot_share_a_port() =>
        Assert.Contains(
            "control port: error: TCP and TLS cannot share port 9022; give --tls-port another",
            Findings(new() { File = File(Tls(), "<admin tls-port='9022'>127.0.0.1</admin>") }));

    [Theory]
    [InlineData("<admin secret='own'>0.0.0.0</admin>", false)]
    [InlineData("<admin secret='cymru'>0.0.0.0</admin>", true)]
    [InlineData("<admin>10.0.0.1</admin>", true)]
    [InlineData("<admin>127.0.0.1</admin>", false)]
    [InlineData("<admin>::1</admin>", false)]
    public void The_default_secret_on_an_open_address_is_worth_a_warning(string admin, bool isWarned)
    {
        var findings = Findings(new() { File = File("", admin) });
        Assert.Equal(isWarned, findings.Any(finding => finding.Contains("everyone knows the default secret", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_transport_of_a_later_version_is_left_out_with_a_warning()
    {
        var findings = new Findings();
        var options = new ConfigurationSources
        {
            File = File("<sip><contacts><contact>sip:127.0.0.1;transport=udp,tls,tcp</contact><contact>sips:127.0.0.1;transport=wss</contact></contacts></sip>"),
        }.Read(findings);

        Assert.Equal(
            [
                "sip:127.0.0.1;transport=udp,tls,tcp: warning: SIP over tls is not available in this version; the contact is bound without",
                "sips:127.0.0.1;transport=wss: warning: SIP over wss is not available in this version; the contact is left out",
            ],
            findings.All.Select(finding => finding.ToString()));
        Assert.Equal<NetProtocol>([NetProtocol.Udp, NetProtocol.Tcp], Assert.Single(options.Contacts).Transports);
    }

    [Fact]
    public void A_server_with_contacts_of_a_later_version_alone_does_not_start()
    {
        var findings = Findings(new() { File = File("<sip><contact>sips:127.0.0.1;transport=wss</contact></sip>") });
        Assert.Equal("contacts: error: no contact is left that this version can bind; add one with transport udp or tcp, for example --contact sip:*;transport=udp,tcp", findings[^1]);
    }

    [Fact]
    public void The_file_is_the_one_of_the_command_line_else_of_the_environment_else_the_default_where_it_exists()
    {
        var sources = new ConfigurationSources
        {
            File = "/a",
            Environment = new Dictionary<string, string> { ["DRACHTIO_CONFIG_FILE_PATH"] = "/b" },
            DefaultFile = File(""),
        };
        Assert.Equal("/a", sources.EffectiveFile);
        Assert.Equal("/b", (sources with { File = null }).EffectiveFile);
        Assert.Equal(sources.DefaultFile, (sources with { File = null, Environment = new Dictionary<string, string>() }).EffectiveFile);
        Assert.Null((sources with { File = null, Environment = new Dictionary<string, string>(), DefaultFile = "/nowhere/x" }).EffectiveFile);
        Assert.Null((sources with { NoFile = true }).EffectiveFile);
    }

    [Fact]
    public void Without_a_place_to_log_to_it_is_the_console()
    {
        Assert.True(Read(new() { File = File("") }).Log.Console);
        Assert.False(Read(new() { File = File("<logging><file><name>x.log</name></file></logging>") }).Log.Console);
        Assert.False(Read(new() { File = File("<logging><syslog><address>127.0.0.1</address></syslog></logging>") }).Log.Console);
        Assert.True(Read(new() { File = File("<logging><console/><file><name>x.log</name></file></logging>") }).Log.Console);
    }

    private string Tls()
    {
        var file = Path.Combine(_folder, "any.pem");
        System.IO.File.WriteAllText(file, "");
        return $"<sip><tls><key-file>{file}</key-file><cert-file>{file}</cert-file></tls></sip>";
    }

    private string File(string elements, string admin = "<admin secret='s'>127.0.0.1</admin>")
    {
        var path = Path.Combine(_folder, "drachtio.conf.xml");
        System.IO.File.WriteAllText(path, $"<drachtio>{admin}{elements}</drachtio>");
        return path;
    }

    private static ServerOptions Read(ConfigurationSources sources)
    {
        var findings = new Findings();
        var options = sources.Read(findings);
        Assert.Empty(findings.All);
        return options;
    }

    private static string[] Findings(ConfigurationSources sources)
    {
        var findings = new Findings();
        sources.Read(findings);
        return [.. findings.All.Select(finding => finding.ToString())];
    }
}
