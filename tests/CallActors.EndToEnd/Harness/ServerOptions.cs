namespace CallActors.EndToEnd.Harness;

/// <summary>How a test wants its server. Timers are a tenth of RFC 3261's, so that time-outs take seconds.</summary>
internal sealed record ServerOptions
{
    internal const string Secret = "s3same";

    /// <summary>What the node is started as: <c>serve</c>, or nothing for server, runtime and PBX in one.</summary>
    internal string[] Role { get; init; } = ["serve"];

    /// <summary>T1 in milliseconds; 64 times this is what most time-outs take.</summary>
    internal int T1 { get; init; } = 50;

    /// <summary>The host of its SIP contact, IPv6 in brackets.</summary>
    internal string Host { get; init; } = "127.0.0.1";

    /// <summary>The control port; 0 for one of the system's choice.</summary>
    internal int ControlPort { get; init; }

    /// <summary>Elements to stand inside <c>&lt;sip&gt;</c> of the configuration file.</summary>
    internal string SipXml { get; init; } = "";

    /// <summary>Elements to stand inside <c>&lt;drachtio&gt;</c> of the configuration file.</summary>
    internal string RootXml { get; init; } = "";

    /// <summary>More arguments of <c>serve</c>.</summary>
    internal string[] More { get; init; } = [];

    /// <summary>Settings of the environment.</summary>
    internal Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>Log level; the messages' ladder needs <c>info</c>.</summary>
    internal string LogLevel { get; init; } = "info";

    /// <summary>Sees each line of its log.</summary>
    internal Action<string>? OnLine { get; init; }

    /// <summary>What starts <c>dotnet</c> where it is not started directly; the arguments follow.</summary>
    internal string[] Starter { get; init; } = [];

    internal string ToXml() => $"""
        <drachtio>
          <admin port="0">127.0.0.1</admin>
          {RootXml}
          <sip>
            {SipXml}
            <timers><t1>{T1}</t1><t2>{T1 * 8}</t2><t4>{T1 * 10}</t4><t1x64>{T1 * 64}</t1x64></timers>
          </sip>
        </drachtio>
        """;
}
