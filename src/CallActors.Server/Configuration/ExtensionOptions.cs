namespace CallActors.Server.Configuration;

/// <summary>What the server gives applications beyond drachtio's protocol (docs/control-protocol.md §8), and what becomes of the calls of one that has gone.</summary>
public sealed record ExtensionOptions
{
    /// <summary>Whether extensions are granted to applications that ask for them; those that do not ask notice nothing either way.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>How long a session waits to be claimed after its owner was lost; then its dialogs are ended.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>Whether the dialogs of a lost application without extensions pass at once to another with exactly the same tags.</summary>
    public bool AdoptByTags { get; init; }
}
