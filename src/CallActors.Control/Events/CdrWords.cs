namespace CallActors.Control.Events;

/// <summary>The part that the server plays in an answered call.</summary>
public enum CdrRole : byte
{
    /// <summary>An application placed the call.</summary>
    Uac,

    /// <summary>An application answered it.</summary>
    Uas,

    /// <summary>The proxy's side towards the callee.</summary>
    ProxyUac,

    /// <summary>The proxy's side towards the caller.</summary>
    ProxyUas,
}

/// <summary>Why a call ended.</summary>
public enum CdrReason : byte
{
    /// <summary>A final response of 300 or above.</summary>
    CallRejected,

    /// <summary>CANCEL, or 487.</summary>
    CallCanceled,

    /// <summary>BYE.</summary>
    NormalRelease,

    /// <summary>The session timer ran out.</summary>
    SessionExpired,

    /// <summary>Every other BYE that the server sent of its own accord.</summary>
    SystemInitiatedTermination,
}

/// <summary>The words for <see cref="CdrRole"/> and <see cref="CdrReason"/> on the wire.</summary>
public static class CdrWords
{
    /// <summary>The role's word.</summary>
    public static ReadOnlySpan<byte> Name(this CdrRole role) => role switch
    {
        CdrRole.Uac => "uac"u8,
        CdrRole.Uas => "uas"u8,
        CdrRole.ProxyUac => "proxy-uac"u8,
        _ => "proxy-uas"u8,
    };

    /// <summary>The reason's word.</summary>
    public static ReadOnlySpan<byte> Name(this CdrReason reason) => reason switch
    {
        CdrReason.CallRejected => "call-rejected"u8,
        CdrReason.CallCanceled => "call-canceled"u8,
        CdrReason.NormalRelease => "normal-release"u8,
        CdrReason.SessionExpired => "session-expired"u8,
        _ => "system-initiated-termination"u8,
    };

    /// <summary>The role named so; false for any other word.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out CdrRole role)
    {
        for (role = CdrRole.Uac; role < CdrRole.ProxyUas && !name.SequenceEqual(role.Name()); role++) { }
        return name.SequenceEqual(role.Name());
    }

    /// <summary>The reason named so; false for any other word.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out CdrReason reason)
    {
        for (reason = CdrReason.CallRejected; reason < CdrReason.SystemInitiatedTermination && !name.SequenceEqual(reason.Name()); reason++) { }
        return name.SequenceEqual(reason.Name());
    }
}
