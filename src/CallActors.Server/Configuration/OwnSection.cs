namespace CallActors.Server.Configuration;

/// <summary>The <c>&lt;callactors&gt;</c> element of the configuration file: what drachtio has no word for, and does not read.</summary>
internal static class OwnSection
{
    public static ServerOptions Read(XmlSection section, ServerOptions below)
    {
        var options = below with
        {
            ListenBacklog = section.Child("listen-backlog")?.Integer("a number of connections", 1, 65535) ?? below.ListenBacklog,
            OfferUnknownBye = section.Child("offer-unknown-bye")?.Switch() ?? below.OfferUnknownBye,
        };
        if (section.Section("drain") is { } drain) options = options with { Drain = Drain(drain, options.Drain) };
        if (section.Section("extensions") is { } extensions) options = options with { Extensions = Extensions(extensions, options.Extensions) };
        if (section.Section("limits") is { } limits) options = options with { Limits = Limits(limits, options.Limits) };
        section.Close();
        return options;
    }

    private static DrainOptions Drain(XmlSection section, DrainOptions below)
    {
        var drain = new DrainOptions
        {
            Timeout = section.Child("timeout")?.Seconds() ?? below.Timeout,
            RetryAfter = section.Child("retry-after")?.Seconds(least: 1) ?? below.RetryAfter,
        };
        section.Close();
        return drain;
    }

    private static ExtensionOptions Extensions(XmlSection section, ExtensionOptions below)
    {
        var extensions = new ExtensionOptions
        {
            IsOn = section.Child("enabled")?.Switch() ?? below.IsOn,
            Grace = section.Child("grace")?.Seconds(least: 1) ?? below.Grace,
            AdoptByTags = section.Child("adopt-by-tags")?.Switch() ?? below.AdoptByTags,
        };
        section.Close();
        return extensions;
    }

    private static LimitOptions Limits(XmlSection section, LimitOptions below)
    {
        int Entries(string name, int otherwise) => section.Child(name)?.Integer("a number of entries", 1) ?? otherwise;
        int Bytes(string name, int otherwise) => section.Child(name)?.Integer("a number of bytes", 1024) ?? otherwise;
        TimeSpan Seconds(string name, TimeSpan otherwise) => section.Child(name)?.Seconds(least: 1) ?? otherwise;

        var limits = new LimitOptions
        {
            Partitions = section.Child("partitions")?.Integer("a number of partitions", 1, 1024) ?? below.Partitions,
            MaxTransactions = Entries("max-transactions", below.MaxTransactions),
            MaxDialogs = Entries("max-dialogs", below.MaxDialogs),
            MaxPendingRequests = Entries("max-pending-requests", below.MaxPendingRequests),
            MaxStreamConnections = Entries("max-stream-connections", below.MaxStreamConnections),
            MaxControlConnections = Entries("max-control-connections", below.MaxControlConnections),
            MaxSipMessage = Bytes("max-sip-message", below.MaxSipMessage),
            MaxControlFrame = Bytes("max-control-frame", below.MaxControlFrame),
            MaxControlBacklog = Bytes("max-control-backlog", below.MaxControlBacklog),
            MaxStreamBacklog = Bytes("max-stream-backlog", below.MaxStreamBacklog),
            MaxRoutingAnswer = Bytes("max-routing-answer", below.MaxRoutingAnswer),
            AuthenticateTimeout = Seconds("authenticate-timeout", below.AuthenticateTimeout),
            AppAnswerTimeout = Seconds("app-answer-timeout", below.AppAnswerTimeout),
            UnansweredInviteStatus = section.Child("unanswered-invite-status")?.Integer("the status of a rejection", 400, 699) ?? below.UnansweredInviteStatus,
            RestoreGrace = section.Child("restore-grace")?.Seconds() ?? below.RestoreGrace,
            ProceedingTimeout = Seconds("proceeding-timeout", below.ProceedingTimeout),
            IdleStreamTimeout = Seconds("idle-stream-timeout", below.IdleStreamTimeout),
            PartialMessageTimeout = Seconds("partial-message-timeout", below.PartialMessageTimeout),
            ConnectTimeout = Seconds("connect-timeout", below.ConnectTimeout),
            RoutingConnectTimeout = Seconds("routing-connect-timeout", below.RoutingConnectTimeout),
            RoutingQueryTimeout = Seconds("routing-query-timeout", below.RoutingQueryTimeout),
            RetryAfter = Seconds("retry-after", below.RetryAfter),
        };
        section.Close();
        return limits;
    }
}
