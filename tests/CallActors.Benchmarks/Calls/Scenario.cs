namespace CallActors.Benchmarks.Calls;

/// <summary>A kind of call and the SIPp scenarios that play its two ends.</summary>
internal sealed record Scenario(string Name, string CalledUser, string Caller, string Callee)
{
    /// <summary>Whether there is a dialog that can be held.</summary>
    public bool CanBeHeld => Name != "rejected";

    /// <summary>The same, with a pause before the BYE.</summary>
    public Scenario Held(TimeSpan hold) => Answered(hold) with { Name = Name };

    /// <summary>INVITE, 200 with SDP, ACK, BYE, 200: answered at once, released by the caller. With a hold, the BYE waits so long.</summary>
    public static Scenario Answered(TimeSpan hold = default) => new("answered", "200",
        SippScript.Of("caller", SippScript.Invite, SippScript.Receive100, SippScript.Receive200, SippScript.Ack2xx,
            hold > TimeSpan.Zero ? SippScript.Pause(hold) : "", SippScript.Bye, SippScript.ReceiveByeAnswer),
        SippScript.Of("callee", SippScript.ReceiveInvite, SippScript.Answer200, SippScript.ReceiveAck, SippScript.ReceiveBye, SippScript.AnswerBye));

    /// <summary>INVITE, 486, ACK.</summary>
    public static Scenario Rejected() => new("rejected", "486",
        SippScript.Of("caller", SippScript.Invite, SippScript.Receive100, SippScript.Receive486, SippScript.AckRejection),
        SippScript.Of("callee", SippScript.ReceiveInvite, SippScript.Answer486, SippScript.ReceiveAck));

    /// <summary>As <see cref="Answered"/>, but that a callee of SIPp's answers, and what stands between is a back-to-back user agent.</summary>
    public static Scenario Bridged() => Answered() with { Name = "bridged" };
}
