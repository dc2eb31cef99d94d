using System.Text.Json.Serialization;

namespace CallActors.Chaos.Histories;

/// <summary>What can happen to a call, as one of its ends saw it, or to the system under it.</summary>
internal enum Happening
{
    /// <summary>The caller has sent its INVITE.</summary>
    Invited,

    /// <summary>The callee has answered; a call that is set up a second time rings at another of its legs.</summary>
    Took,

    /// <summary>This end has the call: the caller has the 200, the callee the ACK.</summary>
    Answered,

    /// <summary>The INVITE got another final response, or none.</summary>
    Refused,

    /// <summary>This end has sent an INFO with a counter.</summary>
    Sent,

    /// <summary>That INFO got its final response; 408 for none.</summary>
    Acknowledged,

    /// <summary>An INFO with a counter reached this end.</summary>
    Received,

    /// <summary>A request of the dialog reached this end with a number not above the last one's (RFC 3261 §12.2.2) and got 500.</summary>
    OutOfOrder,

    /// <summary>This end has sent BYE.</summary>
    HungUp,

    /// <summary>That BYE got its final response; 408 for none.</summary>
    HangupAnswered,

    /// <summary>A BYE reached this end.</summary>
    WasHungUp,

    /// <summary>The fault begins.</summary>
    Fault,

    /// <summary>The fault is over: what was taken away is there again.</summary>
    FaultOver,

    /// <summary>A node has written the call's record.</summary>
    Recorded,
}

/// <summary>Which end of a call.</summary>
internal enum CallEnd
{
    /// <summary>None: it is about the system.</summary>
    None,

    /// <summary>Who called.</summary>
    Caller,

    /// <summary>Who was called.</summary>
    Callee,
}

/// <summary>One line of a history.</summary>
/// <param name="At">Seconds since the beginning.</param>
/// <param name="What">What happened.</param>
/// <param name="Call">The number that was called, which is the call's name; empty where it is about the system.</param>
/// <param name="End">Where it was seen.</param>
/// <param name="Counter">The counter in an INFO.</param>
/// <param name="Sequence">The CSeq of what was received.</param>
/// <param name="Status">A final response's status.</param>
/// <param name="Text">A reason, a fault's name, a record's key.</param>
/// <param name="Leg">The Call-ID at that end.</param>
internal sealed record HistoryEvent(double At, Happening What, string Call = "", CallEnd End = CallEnd.None, long Counter = 0, long Sequence = 0, int Status = 0, string Text = "", string Leg = "")
{
    /// <summary>What the names of calls that are held during the fault begin with.</summary>
    public const char HeldPrefix = '5';

    /// <summary>What the names of calls that are begun during the fault begin with.</summary>
    public const char NewPrefix = '6';

    /// <summary>Whether the call is one of those that are held during the fault; others are begun during it.</summary>
    [JsonIgnore]
    public bool IsHeld => Call.StartsWith(HeldPrefix);
}
