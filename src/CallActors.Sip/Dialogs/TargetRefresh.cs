using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>When the Contact of a target refresh request becomes the remote target (RFC 3261 §12.2, RFC 6141 §4).</summary>
/// <remarks>
/// A refresh commits when the exchange succeeds, and a refusal leaves the dialog as it was. A re-INVITE commits with its first reliable
/// provisional response too: from then on both sides act on it (RFC 6141 §4.4), and a later refusal does not take it back.
/// </remarks>
public static class TargetRefresh
{
    /// <summary>Whether requests of this method refresh the target at all.</summary>
    public static bool Is(SipMethod method) =>
        method is SipMethod.Invite or SipMethod.Update or SipMethod.Subscribe or SipMethod.Notify or SipMethod.Refer;

    /// <summary>Whether this response, sent or received, commits the refresh of the request that it answers.</summary>
    public static bool Commits(SipResponse response) =>
        Is(response.CSeqMethod)
        && (response.IsSuccess || (response.CSeqMethod == SipMethod.Invite && response.StatusCode > 100 && response.IsProvisional && response.Has(SipHeaderId.RSeq)));

    /// <summary>Received a request and answered it: the dialog afterwards.</summary>
    public static Dialog AfterAnswering(this Dialog dialog, SipRequest request, SipResponse sent) =>
        Commits(sent) ? dialog.Retarget(request) : dialog;

    /// <summary>Sent a request and received this: the dialog afterwards.</summary>
    public static Dialog AfterReceiving(this Dialog dialog, SipResponse received) =>
        Commits(received) ? dialog.Retarget(received) : dialog;
}
