namespace CallActors.Sip.Messages;

/// <summary>The request methods this stack knows by name; every other token is <see cref="Unknown"/> and lives in its bytes.</summary>
public enum SipMethod : byte
{
    /// <summary>A method without an entry here.</summary>
    Unknown,

    /// <summary>RFC 3261 §13.</summary>
    Invite,

    /// <summary>RFC 3261 §13, §17.1.1.3.</summary>
    Ack,

    /// <summary>RFC 3261 §15.</summary>
    Bye,

    /// <summary>RFC 3261 §9.</summary>
    Cancel,

    /// <summary>RFC 3261 §10.</summary>
    Register,

    /// <summary>RFC 3261 §11.</summary>
    Options,

    /// <summary>RFC 6086.</summary>
    Info,

    /// <summary>RFC 3262.</summary>
    Prack,

    /// <summary>RFC 6665.</summary>
    Subscribe,

    /// <summary>RFC 6665.</summary>
    Notify,

    /// <summary>RFC 3311.</summary>
    Update,

    /// <summary>RFC 3428.</summary>
    Message,

    /// <summary>RFC 3515.</summary>
    Refer,

    /// <summary>RFC 3903.</summary>
    Publish,
}
