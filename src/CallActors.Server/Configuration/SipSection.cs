using System.Collections.Immutable;

namespace CallActors.Server.Configuration;

/// <summary>The <c>&lt;sip&gt;</c> element of the configuration file.</summary>
internal static class SipSection
{
    public static ServerOptions Read(XmlSection sip, ServerOptions below)
    {
        var contacts = ImmutableArray.CreateBuilder<ContactOptions>();
        if (sip.Child("contact")?.Contact() is { } single) contacts.Add(single);
        if (sip.Section("contacts") is { } list)
        {
            foreach (var contact in list.Sections("contact"))
                if (Contact(contact) is { } read)
                    contacts.Add(read);
            list.Close();
        }

        var options = below with
        {
            Contacts = contacts.Count > 0 ? contacts.ToImmutable() : below.Contacts,
            OutboundProxy = sip.Child("outbound-proxy")?.SipUri() ?? below.OutboundProxy,
            RejectRegisterWithNoRealm = sip.Child("reject-register-with-no-realm")?.Switch() ?? below.RejectRegisterWithNoRealm,
            UserAgentOptionsAutoRespond = sip.Child("user-agent-options-auto-respond")?.Text ?? below.UserAgentOptionsAutoRespond,
            AggressiveNat = sip.Child("aggressive-nat-detection")?.Switch() ?? below.AggressiveNat,
            UdpBufferSize = sip.Child("udp-buffer-size")?.Integer("a number of bytes", 4096) ?? below.UdpBufferSize,
        };
        if (sip.Section("session-timers") is { } session)
        {
            if (session.Attribute("default-refresher")?.Refresher() is { } refresher) options = options with { DefaultRefresher = refresher };
            session.Close();
        }
        if (sip.Section("timers") is { } timers) options = options with { Timers = Timers(timers, options.Timers) };
        if (sip.Section("tls") is { } tls) options = options with { Tls = Tls(tls, options.Tls) };
        if (sip.Section("spammers") is { } spammers) options = options with { Spammers = Spammers(spammers) };

        // drachtio takes both names and acts on neither: UDP is used whatever the size.
        sip.Ignore("udp-mtu");
        sip.Ignore("mtu-size");
        sip.Unavailable("capture-server", "HEP capture");
        sip.Unavailable("blacklist", "the Redis black list");
        sip.Close();
        return options;
    }

    private static ContactOptions? Contact(XmlSection section)
    {
        var externalIp = section.Attribute("external-ip")?.IPv4Address();
        var localNet = section.Attribute("local-net")?.IPv4Network();
        var dnsNames = section.Attribute("dns-names")?.Items() ?? [];
        section.Close();
        return section.Text?.Contact() is { } contact ? contact with { ExternalIp = externalIp, LocalNet = localNet, DnsNames = dnsNames } : null;
    }

    private static TimerOptions Timers(XmlSection section, TimerOptions below)
    {
        var timers = new TimerOptions
        {
            T1 = section.Child("t1")?.Milliseconds() ?? below.T1,
            T2 = section.Child("t2")?.Milliseconds() ?? below.T2,
            T4 = section.Child("t4")?.Milliseconds() ?? below.T4,
            T1x64 = section.Child("t1x64")?.Milliseconds() ?? below.T1x64,
        };
        section.Close();
        return timers;
    }

    private static ServerTlsOptions Tls(XmlSection section, ServerTlsOptions below)
    {
        section.Ignore("dh-param");     // .NET negotiates elliptic curves and needs no parameters of its own.
        var tls = below with
        {
            KeyFile = section.Child("key-file")?.Text ?? below.KeyFile,
            CertFile = section.Child("cert-file")?.Text ?? below.CertFile,
            ChainFile = section.Child("chain-file")?.Text ?? below.ChainFile,
            MinVersion = section.Child("min-tls-version")?.TlsVersion() ?? below.MinVersion,
        };
        section.Close();
        return tls;
    }

    private static SpammerOptions Spammers(XmlSection section)
    {
        ImmutableArray<string> userAgent = [], from = [], to = [];
        foreach (var header in section.Sections("header"))
        {
            var name = header.Attribute("name");
            ImmutableArray<string> words = [.. header.Sections("value").Select(value => value.Text?.Text).OfType<string>()];
            switch (name?.Text.ToLowerInvariant())
            {
                case "user-agent": userAgent = [.. userAgent, .. words]; break;
                case "from": from = [.. from, .. words]; break;
                case "to": to = [.. to, .. words]; break;
                case null: break;
                default: name.Findings.Warn(name.Place, $"spammers are looked for in User-Agent, From and To, not in '{name.Text}'; it has no effect"); break;
            }
            header.Close();
        }
        var spammers = new SpammerOptions
        {
            Action = section.Attribute("action")?.SpammerAction() ?? SpammerAction.Discard,
            TcpAction = section.Attribute("tcp-action")?.SpammerAction() ?? SpammerAction.Discard,
            UserAgent = userAgent,
            From = from,
            To = to,
        };
        section.Close();
        return spammers;
    }
}
