using CallActors.Connections;

namespace CallActors.Keeping;

/// <summary>How it stands with a call's dialogs on one signalling server.</summary>
internal enum OwnershipStage : byte
{
    /// <summary>They are ours over <see cref="Ownership.Connection"/>.</summary>
    Ours,

    /// <summary>The connection was lost, or another process had them: they are to be claimed.</summary>
    Lost,

    /// <summary>The claim, or what gives them back to a new run of the server, has no answer yet.</summary>
    Claiming,

    /// <summary>The server knows nothing of them.</summary>
    Over,
}

/// <summary>A call's session on one signalling server (docs/control-protocol.md §8.2): which run of it, which incarnation, and over which connection its dialogs are ours.</summary>
internal sealed class Ownership(string server)
{
    /// <summary>The server's configured name.</summary>
    public string Server { get; } = server;

    /// <summary>The run of the server that has the session.</summary>
    public string Run { get; set; } = "";

    /// <summary>What the last claim said; 0 before one.</summary>
    public int Incarnation { get; set; }

    /// <summary>The connection that owns the dialogs, or owned them last.</summary>
    public ServerConnection? Connection { get; set; }

    /// <summary>How it stands.</summary>
    public OwnershipStage Stage { get; set; }

    /// <summary>Whether the server was told of the session, so that it must be let go.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Whether the server showed that it has the session, so that one it knows no more was let go by somebody who had the call since.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Whether the server is to be told more once the dialogs are ours again.</summary>
    public bool IsBehind { get; set; }

    /// <summary>That of the call's next server; most calls have one.</summary>
    public Ownership? Next { get; set; }
}
