using System.Collections.Immutable;

namespace CallActors.Server.Configuration;

/// <summary>Requests to turn away by what they say of themselves.</summary>
public sealed record SpammerOptions
{
    /// <summary>What a match over UDP gets.</summary>
    public SpammerAction Action { get; init; } = SpammerAction.Discard;

    /// <summary>What a match over a stream transport gets.</summary>
    public SpammerAction TcpAction { get; init; } = SpammerAction.Discard;

    /// <summary>Words looked for, with case, anywhere in the User-Agent value.</summary>
    public ImmutableArray<string> UserAgent { get; init; } = [];

    /// <summary>Words looked for, with case, in the user part of the From URI.</summary>
    public ImmutableArray<string> From { get; init; } = [];

    /// <summary>Words looked for, with case, in the user part of the To URI.</summary>
    public ImmutableArray<string> To { get; init; } = [];
}

/// <summary>What happens to a spammer's request.</summary>
public enum SpammerAction : byte
{
    /// <summary>Silence.</summary>
    Discard,

    /// <summary>603 Decline.</summary>
    Reject,
}
