using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

public sealed class EnvironmentVariablesTests
{
    public static TheoryData<string, string, Func<ServerOptions, object?>, object?> Variables => new()
    {
        { "DRACHTIO_ADMIN_ADDRESS", "0.0.0.0", options => options.Admin.Address, "0.0.0.0" },
        { "DRACHTIO_ADMIN_TCP_PORT", "9122", options => options.Admin.TcpPort, 9122 },
        { "DRACHTIO_ADMIN_TLS_PORT", "9123", options => options.Admin.TlsPort, 9123 },
        { "DRACHTIO_SECRET", "geheim", options => options.Admin.Secret, "geheim" },
        { "DRACHTIO_TCP_KEEPALIVE_INTERVAL", "0", options => options.Admin.TcpKeepAlive, TimeSpan.Zero },
        { "DRACHTIO_TLS_KEY_FILE", "/k", options => options.Tls.KeyFile, "/k" },
        { "DRACHTIO_TLS_CERT_FILE", "/c", options => options.Tls.CertFile, "/c" },
        { "DRACHTIO_TLS_CHAIN_FILE", "/a", options => options.Tls.ChainFile, "/a" },
        { "DRACHTIO_MIN_TLS_VERSION", "1.3", options => options.Tls.MinVersion, TlsVersion.Tls13 },
        { "DRACHTIO_HTTP_HANDLER_URI", "http://a:80", options => options.RequestHandlers.Single(), new RequestHandlerOptions { Url = "http://a:80", Target = new Uri("http://a:80"), VerifyPeer = true } },
        { "DRACHTIO_AGRESSIVE_NAT_DETECTION", "1", options => options.AggressiveNat, true },
        { "DRACHTIO_AGGRESSIVE_NAT_DETECTION", "1", options => options.AggressiveNat, true },
        { "DRACHTIO_USER_AGENT_OPTIONS_AUTO_RESPOND", "probe", options => options.UserAgentOptionsAutoRespond, "probe" },
        { "DRACHTIO_REJECT_REGISTER_WITH_NO_REALM", "1", options => options.RejectRegisterWithNoRealm, true },
        { "DRACHTIO_PRESERVE_HEADER_NAMES", "x-A, My-header", options => options.PreserveHeaderNames.Contains("MY-HEADER") && options.PreserveHeaderNames.Count == 2, true },
        { "DRACHTIO_LOCAL_DOMAIN", "example.com", options => options.LocalDomain, "example.com" },
        { "DRACHTIO_SUPPORT_BEST_EFFORT_TLS", "1", options => options.BestEffortTls, true },
        { "DRACHTIO_TPORT_QUEUESIZE", "1000", options => options.ListenBacklog, 1000 },
        { "DRACHTIO_NO_EXTENSIONS", "1", options => options.Extensions.IsOn, false },
        { "DRACHTIO_SESSION_GRACE", "90", options => options.Extensions.Grace, TimeSpan.FromSeconds(90) },
        { "DRACHTIO_ADOPT_BY_TAGS", "1", options => options.Extensions.AdoptByTags, true },
        { "DRACHTIO_TPORT_MAX_CONSECUTIVE_TIMEOUTS", "2", options => options.TportMaxConsecutiveTimeouts, 2 },
        { "DRACHTIO_LOGLEVEL", "error", options => options.Log.Level, LogVerbosity.Error },
        { "DRACHTIO_MEMORY_DEBUG", "1", options => options.Log.VerboseCounters, true },
        { "DRACHTIO_CONSOLE_LOGGING", "1", options => options.Log.Console, true },
    };

    [Theory, MemberData(nameof(Variables))]
    public void Each_variable_is_read(string name, string value, Func<ServerOptions, object?> read, object? expected)
    {
        Assert.NotEqual(expected, name == "DRACHTIO_HTTP_HANDLER_URI" ? null : read(new ServerOptions()));
        var options = Sources.Environment(out var findings, (name, value));
        Assert.Empty(findings.All);
        Assert.Equal(expected, read(options));
    }

    [Theory]
    [InlineData("DRACHTIO_ADMIN_TCP_PORT", "x", "error: 'x' is not a port; write a whole number from 1 to 65535")]
    [InlineData("DRACHTIO_ADMIN_TCP_PORT", "0", "warning: a port of 0 has no effect here; leave the variable out")]
    [InlineData("DRACHTIO_AGRESSIVE_NAT_DETECTION", "true", "warning: 'true' leaves it off; only 1 switches it on")]
    [InlineData("DRACHTIO_TPORT_QUEUESIZE", "1001", "error: '1001' is not a number of connections; write a whole number from 1 to 1000")]
    [InlineData("DRACHTIO_TPORT_MAX_CONSECUTIVE_TIMEOUTS", "1", "error: one time-out is no reason to close a connection; write 0 for never, or a number from 2 to 1000")]
    [InlineData("DRACHTIO_LOGLEVEL", "7", "error: '7' cannot be used here; write notice, error, warning, info or debug")]
    [InlineData("DRACHTIO_HOMER_ADDRESS", "10.0.0.1", "warning: HEP capture is not available in this version; the variable has no effect")]
    [InlineData("DRACHTIO_TLS_VERIFY_CLIENT_CERT", "1", "warning: asking for certificates on SIP over TLS is not available in this version; the variable has no effect")]
    [InlineData("DRACHTIO_SECERT", "x", "warning: this variable is unknown and has no effect")]
    public void Each_mistake_names_the_variable(string name, string value, string finding)
    {
        Sources.Environment(out var findings, (name, value));
        Assert.Equal($"{name}: {finding}", Assert.Single(findings.All).ToString());
    }

    [Theory]
    [InlineData("DRACHTIO_SECRET", "")]
    [InlineData("DRACHTIO_LOGLEVEL", "  ")]
    [InlineData("DRACHTIO_AGRESSIVE_NAT_DETECTION", "0")]
    [InlineData("DRACHTIO_UDP_MTU", "4096")]
    [InlineData("DRACHTIO_SOFIA_LOGLEVEL", "9")]
    [InlineData("DRACHTIO_SERVICE_HOST", "10.0.0.1")]
    [InlineData("DRACHTIO_PORT", "tcp://10.0.0.1:9022")]
    [InlineData("DRACHTIO_PORT_9022_TCP_ADDR", "10.0.0.1")]
    [InlineData("PATH", "/bin")]
    public void Some_variables_change_nothing_and_say_nothing(string name, string value)
    {
        var options = Sources.Environment(out var findings, (name, value));
        Assert.Empty(findings.All);
        Assert.Equal(AdminOptions.SampleSecret, options.Admin.Secret);
        Assert.False(options.AggressiveNat);
    }
}
