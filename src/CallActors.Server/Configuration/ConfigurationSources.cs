using System.Collections.Immutable;
using System.Net;
using CallActors.Net;

namespace CallActors.Server.Configuration;

/// <summary>Puts the sources together: command line over environment over file over built-in defaults.</summary>
public sealed record ConfigurationSources
{
    /// <summary>The file named on the command line; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Read no file at all, and log to the console.</summary>
    public bool NoFile { get; init; }

    /// <summary>The file that is read when nobody names one and it exists.</summary>
    public string DefaultFile { get; init; } = ConfigurationFile.DefaultPath;

    /// <summary>The process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Applies the command line over the other sources.</summary>
    public Func<ServerOptions, Findings, ServerOptions> CommandLine { get; init; } = static (options, _) => options;

    /// <summary>The file that will be read; null for none.</summary>
    public string? EffectiveFile =>
        NoFile ? null
        : File ?? (Environment.GetValueOrDefault(EnvironmentVariables.ConfigurationFile) is { Length: > 0 } named ? named
            : System.IO.File.Exists(DefaultFile) ? DefaultFile
            : null);

    /// <summary>Reads everything. The options can be used when <paramref name="findings"/> holds no error.</summary>
    public ServerOptions Read(Findings findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var options = new ServerOptions();
        options = options with { Admin = options.Admin with { TcpPort = null } };
        if (NoFile) options = options with { Log = options.Log with { Console = true } };
        if (EffectiveFile is { } file) options = ConfigurationFile.Read(file, options, findings);
        options = EnvironmentVariables.Read(Environment, options, findings);
        options = CommandLine(options, findings);
        return Complete(options, findings);
    }

    private static ServerOptions Complete(ServerOptions options, Findings findings)
    {
        var admin = options.Admin;
        if (admin is { TcpPort: null, TlsPort: null }) admin = admin with { TcpPort = AdminOptions.DefaultPort };
        if (admin.TcpPort is > 0 && admin.TcpPort == admin.TlsPort)
            findings.Error("control port", $"TCP and TLS cannot share port {admin.TcpPort}; give --tls-port another");
        if (admin.TlsPort is { } tlsPort && !options.Tls.IsComplete)
            findings.Error("control port", $"missing tls settings: port {tlsPort} speaks TLS and needs a key and a certificate; add --key-file and --cert-file");
        if (admin.Secret is AdminOptions.SampleSecret or AdminOptions.FileSecret && !IsLoopback(admin.Address))
            findings.Warn("control port", $"everyone knows the default secret, and {admin.Address} can be reached from other machines; set DRACHTIO_SECRET or --secret");
        CheckFile("TLS key", options.Tls.KeyFile, findings);
        CheckFile("TLS certificate", options.Tls.CertFile, findings);
        CheckFile("TLS chain", options.Tls.ChainFile, findings);

        var log = options.Log;
        if (log is { Console: false, File: null, Syslog: null }) log = log with { Console = true };
        return options with { Admin = admin, Contacts = Available(options.Contacts, findings), Log = log };
    }

    // SIP over TLS, WS and WSS is read and understood, and bound by a later version.
    private static ImmutableArray<ContactOptions> Available(ImmutableArray<ContactOptions> contacts, Findings findings)
    {
        var available = ImmutableArray.CreateBuilder<ContactOptions>();
        foreach (var contact in contacts)
        {
            var missing = contact.Transports.Where(transport => !IsAvailable(transport)).ToArray();
            if (missing.Length == 0)
            {
                available.Add(contact);
                continue;
            }
            var isLost = missing.Length == contact.Transports.Length;
            findings.Warn(contact.Text, $"SIP over {string.Join(", ", missing).ToLowerInvariant()} is not available in this version; the contact is {(isLost ? "left out" : "bound without")}");
            if (!isLost) available.Add(contact with { Transports = contact.Transports.RemoveAll(transport => !IsAvailable(transport)) });
        }
        if (available.Count == 0)
            findings.Error("contacts", "no contact is left that this version can bind; add one with transport udp or tcp, for example --contact sip:*;transport=udp,tcp");
        return available.ToImmutable();
    }

    private static bool IsAvailable(NetProtocol transport) => transport is NetProtocol.Udp or NetProtocol.Tcp;

    private static void CheckFile(string what, string? path, Findings findings)
    {
        if (path is not null && !System.IO.File.Exists(path)) findings.Error(path, $"the {what} file is not there; mend its path, or make it readable");
    }

    private static bool IsLoopback(string address) =>
        address == "localhost" || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip));
}
