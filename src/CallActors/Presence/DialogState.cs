namespace CallActors.Presence;

/// <summary>How far a dialog has come: the states of RFC 4235 §3.7.1, and the two ways of ending before it was one.</summary>
public enum DialogState : byte
{
    /// <summary>The INVITE is on its way.</summary>
    Trying,

    /// <summary>The other side works on it, without a dialog yet.</summary>
    Proceeding,

    /// <summary>It rings: there is an early dialog.</summary>
    Early,

    /// <summary>It was answered.</summary>
    Confirmed,

    /// <summary>The caller gave up before an answer.</summary>
    Cancelled,

    /// <summary>It was refused.</summary>
    Rejected,

    /// <summary>It is over after an answer, or was lost before one.</summary>
    Terminated,
}

/// <summary>Whether the user that is watched called or was called (RFC 4235 §4.1.2).</summary>
public enum DialogDirection : byte
{
    /// <summary>The user called.</summary>
    Initiator,

    /// <summary>The user was called.</summary>
    Recipient,
}

/// <summary>Why a dialog is over (RFC 4235 §3.7.1).</summary>
public enum DialogEnding : byte
{
    /// <summary>It is not, or nobody knows.</summary>
    None,

    /// <summary>The caller gave up.</summary>
    Cancelled,

    /// <summary>A final response refused it.</summary>
    Rejected,

    /// <summary>Another dialog took its place.</summary>
    Replaced,

    /// <summary>The watched user hung up.</summary>
    LocalBye,

    /// <summary>The other side hung up.</summary>
    RemoteBye,

    /// <summary>It broke: a lost server, a lost node.</summary>
    Error,

    /// <summary>It ran out of time.</summary>
    Timeout,
}
