namespace CallActors.Sip.Messages;

/// <summary>How much the parser and the framer take from a peer. Sizes are bytes.</summary>
public sealed record SipParserLimits
{
    /// <summary>What a public server wants.</summary>
    public static SipParserLimits Default { get; } = new();

    /// <summary>The longest message, header section and body together (413 beyond). At most 8 MiB.</summary>
    public int MaxMessage { get; init; } = 2 * 1024 * 1024;

    /// <summary>The longest start line and header section (413 beyond); a whole datagram may be one.</summary>
    public int MaxHeaderSection { get; init; } = 64 * 1024;

    /// <summary>The most header fields (400 beyond).</summary>
    public int MaxHeaders { get; init; } = 512;
}
