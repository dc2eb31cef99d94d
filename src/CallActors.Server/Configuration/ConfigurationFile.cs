using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace CallActors.Server.Configuration;

/// <summary>Reads a drachtio.conf.xml over the options below it. What the file does not say stays as it was.</summary>
public static class ConfigurationFile
{
    /// <summary>Where the file is looked for when nobody names one; it may be absent there.</summary>
    public const string DefaultPath = "/etc/drachtio.conf.xml";

    /// <summary>Reads the file at <paramref name="path"/>; whatever is wrong with it is a finding.</summary>
    public static ServerOptions Read(string path, ServerOptions below, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(below);
        ArgumentNullException.ThrowIfNull(findings);
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path, below, findings);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            findings.Error(path, $"the configuration file cannot be read ({unreadable.Message.TrimEnd('.')}); name another with --file, or use --noconfig to run without one");
            return below;
        }
    }

    /// <summary>Reads the file's text; <paramref name="name"/> stands in the findings.</summary>
    public static ServerOptions Read(Stream text, string name, ServerOptions below, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(below);
        ArgumentNullException.ThrowIfNull(findings);
        XElement root;
        try
        {
            using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
        }
        catch (XmlException broken)
        {
            // An empty file has no line that could be named; it is the first.
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}:{Math.Max(1, broken.LineNumber)}:{Math.Max(1, broken.LinePosition)}");
            findings.Error(place, $"this is not well-formed XML ({broken.Message.TrimEnd('.')}); mend the element that ends here");
            return below;
        }

        var drachtio = new XmlSection(root, name, findings);
        if (root.Name.LocalName == "drachtio") return Read(drachtio, below, findings);
        findings.Error(drachtio.Place, $"the root element is <{root.Name.LocalName}>; a drachtio configuration stands in <drachtio>");
        return below;
    }

    private static ServerOptions Read(XmlSection drachtio, ServerOptions options, Findings findings)
    {
        if (drachtio.Section("admin") is { } admin) options = options with { Admin = Admin(admin, options.Admin) };
        else findings.Error(drachtio.Place, "there is no <admin> element; add for example <admin port=\"9022\" secret=\"…\">127.0.0.1</admin>");

        if (drachtio.Section("request-handlers") is { } handlers)
            options = options with { RequestHandlers = RequestHandlers(handlers, findings) };
        if (drachtio.Section("sip") is { } sip) options = SipSection.Read(sip, options);
        if (drachtio.Child("cdrs")?.Switch() is { } cdrs) options = options with { Cdrs = cdrs };
        if (drachtio.Section("logging") is { } logging) options = options with { Log = LogSection.Read(logging, options.Log, findings) };
        if (drachtio.Section("callactors") is { } own) options = OwnSection.Read(own, options);

        if (drachtio.Section("monitoring") is { } monitoring)
        {
            monitoring.Unavailable("prometheus", "the Prometheus endpoint");
            monitoring.Close();
        }
        drachtio.Close();
        return options;
    }

    private static AdminOptions Admin(XmlSection admin, AdminOptions below)
    {
        admin.Attribute("tls");
        var secret = admin.AnyAttribute("secret");
        if (secret is { Text.Length: 0 }) secret.Findings.Warn(secret.Place, "the secret is empty, so everyone who reaches the port may control calls; write one");

        // In the file a port of 0 means none; "let the system choose" exists on the command line only.
        var port = admin.Attribute("port") is { } configured ? configured.Port() : AdminOptions.DefaultPort;
        var tlsPort = admin.Attribute("tls-port")?.Port();
        var options = below with
        {
            Address = admin.Text?.Text ?? below.Address,
            TcpPort = port is 0 ? null : port,
            TlsPort = tlsPort is 0 ? null : tlsPort,
            Secret = secret?.Text ?? AdminOptions.FileSecret,
            TcpKeepAlive = admin.Attribute("tcp-keepalive")?.Seconds() ?? below.TcpKeepAlive,
        };
        admin.Close();
        return options;
    }

    private static ImmutableArray<RequestHandlerOptions> RequestHandlers(XmlSection section, Findings findings)
    {
        var handlers = ImmutableArray.CreateBuilder<RequestHandlerOptions>();
        foreach (var handler in section.Sections("request-handler"))
        {
            var method = handler.Attribute("sip-method")?.Text.ToUpperInvariant() ?? RequestHandlerOptions.AnyMethod;
            var usePost = handler.Attribute("http-method")?.IsPost() ?? false;
            var verifyPeer = handler.Attribute("verify-peer")?.Switch() ?? false;
            handler.Close();
            if (handler.Text is not { } text)
                findings.Error(handler.Place, "the request handler has no URL; write for example <request-handler>http://127.0.0.1:8080</request-handler>");
            else if (text.HandlerUrl() is { } url)
            {
                if (handlers.Any(other => other.Method == method))
                    findings.Warn(handler.Place, $"there is a request handler for {(method == "*" ? "all methods (*)" : method)} already; the first one holds");
                else
                    handlers.Add(new() { Method = method, Url = text.Text, Target = url, UsePost = usePost, VerifyPeer = verifyPeer });
            }
        }
        section.Close();
        return handlers.ToImmutable();
    }
}
