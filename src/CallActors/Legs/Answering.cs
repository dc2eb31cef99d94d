using CallActors.Calls;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>The 200 to a caller: only its reply makes a dialog of the call, for a CANCEL may be in the server already.</summary>
internal sealed class Answering(IncomingCall call, string? sdp) : ICommand
{
    /// <summary>How it ended.</summary>
    public TaskCompletionSource<InviteOutcome> Done { get; } = new();

    /// <summary>Why the leg is to be hung up once it is answered; null when it is not.</summary>
    public string? HangupAfter { get; set; }

    /// <inheritdoc/>
    public bool WantsSent => true;

    public void Send(HeaderFields? headers)
    {
        call.Prepare(sdp);
        if (!call.Invite.SubmitFinal(this, 200, MessageBody.OfSdp(sdp), headers)) End("the connection to the signalling server is lost");
    }

    /// <inheritdoc/>
    public void OnReply(Replied reply)
    {
        if (call.IsOver) return;
        if (reply.Refusal is { } refusal)
        {
            // "Unknown transaction" is what a server says whose CANCEL is already on its way to us.
            call.Finish(new LegEnd(EndedBy.Server, refusal, 487));
            Done.TrySetResult(new InviteOutcome.NotSent(refusal));
            return;
        }

        call.OnSent(reply.DialogId, reply.Sent as SipResponse);
    }

    /// <inheritdoc/>
    public void OnLost(string reason)
    {
        // With the connection, but perhaps behind the answer: the claim will tell.
        if (call.Ownership is not { IsWritten: true }) End(reason);
    }

    private void End(string reason)
    {
        call.Finish(new LegEnd(EndedBy.ServerLost, reason, 503));
        Done.TrySetResult(new InviteOutcome.ServerLost(reason));
    }
}
