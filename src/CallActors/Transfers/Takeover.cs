using CallActors.Headers;

namespace CallActors.Transfers;

/// <summary>An INVITE that asks to take a dialog's place (RFC 3891): its caller is connected with whoever that dialog is bridged with.</summary>
internal sealed class Takeover(IncomingCall call)
{
    public async Task<TransferOutcome> Run()
    {
        if (call.Replaces is not { } dialog) return await Refuse(call.Invite.Message.Has(Sip.Messages.SipHeaderId.Replaces) ? 400 : 481);
        // A dialog that is answered is not the one that only rings (RFC 3891 §3).
        if (dialog.IsEarlyOnly) return await Refuse(await call.Core.Runtime.FindDialog(dialog) is not null ? 486 : 481);
        if (await call.Core.Take(dialog) is not { } other) return await Refuse(481);
        var outcome = call.Offer is { } offer ? await Answer(other, offer) : await Offer(other);
        if (!outcome.IsAgreed || other.IsOver)
        {
            _ = other.Hangup("the caller could not take over");
            if (call.IsAnswered) _ = call.Hangup("nobody is there any more");
            return await Refuse(outcome.IsAgreed ? 481 : outcome.Status);
        }

        call.Core.Link(call, other, HeaderPolicy.All);
        return new TransferOutcome(200, "joined", other);
    }

    private async Task<ModifyOutcome> Answer(Leg other, string offer)
    {
        var outcome = await other.Modify(offer);
        if (outcome is not ModifyOutcome.Agreed { Sdp: var answer }) return outcome;
        return await call.Answer(answer) is { IsAnswered: true } ? outcome : new ModifyOutcome.DialogEnded(call.End?.Reason ?? "the caller has gone");
    }

    private Task<ModifyOutcome> Offer(Leg other) => other.ModifyWithoutOffer(async offer =>
        (await call.Answer(offer)).IsAnswered && await call.Acknowledged ? call.RemoteSdp : null);

    private async Task<TransferOutcome> Refuse(int status)
    {
        if (!call.IsSettled) await call.Reject(status);
        return new TransferOutcome(status, "nobody to take over", null);
    }
}
