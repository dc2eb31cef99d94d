using System.Text;
using CallActors.Bridges;
using CallActors.Calls;
using CallActors.Headers;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors.Transfers;

/// <summary>Carries out a REFER: the far end of one leg (the transferor) wants the other leg (the transferee) to talk with somebody else (RFC 5589).</summary>
internal sealed class Transfer(CallCore core, LegRequest refer, CallOptions options, Func<CallTarget, CallTarget>? where = null)
{
    private static readonly TimeSpan s_subscription = TimeSpan.FromSeconds(60);

    public async Task<TransferOutcome> Run()
    {
        var transferor = refer.Leg;
        if (transferor.Peer is not { IsOver: false } transferee) return await Refuse(481, "nobody to transfer");
        if (!ReferTo.TryParse(refer.Message.First(SipHeaderId.ReferTo), out var referTo)) return await Refuse(400, "Refer-To is missing or broken");
        var target = TargetOf(referTo, out var replaces);
        if (target.Length == 0) return await Refuse(400, "Refer-To names nobody");
        await refer.Respond(202);
        await Notify(transferor, new SipFragment(100, "Trying"));
        var outcome = replaces is { } dialog ? await Attended(transferee, dialog) : await Blind(transferee, target);
        if (!transferor.IsOver)
        {
            await Notify(transferor, new SipFragment(outcome.Status, outcome.IsDone ? "OK" : outcome.Reason));
            if (outcome.IsDone) await transferor.Hangup();
        }

        return outcome;
    }

    private async Task<TransferOutcome> Refuse(int status, string reason)
    {
        await refer.Respond(status);
        return new TransferOutcome(status, reason, null);
    }

    // The target is asked for an offer, the transferee answers it: so each describes itself for the other, whatever the transferor had agreed.
    private async Task<TransferOutcome> Blind(Leg transferee, string target)
    {
        var transferor = refer.Leg;
        var referredBy = refer.Header("Referred-By");
        var headers = new HeaderFields();
        if (options.Headers is not null) headers.AddAll(options.Headers);
        if (referredBy is not null) headers["Referred-By"] = referredBy;
        var caller = SipAddress.Read($"<{transferee.RemoteUri}>");
        if (!CallTarget.TryParse(target, out var whom)) return new TransferOutcome(404, "Refer-To is no target", null);
        if (where is not null) whom = where(whom);
        var call = core.Dial(whom with { Caller = whom.Caller ?? new CallerIdentity { Number = caller.User, Name = caller.DisplayName } }, options with
        {
            Headers = headers,
            Sdp = null,
            LateAnswer = async offer => await transferee.Modify(offer) is ModifyOutcome.Agreed { Sdp: { } answer } ? answer : null,
        });
        var outcome = await call.Outcome;
        if (!outcome.IsAnswered || transferee.IsOver)
        {
            if (outcome.IsAnswered) _ = call.Hangup();
            return new TransferOutcome(outcome.IsAnswered ? 487 : outcome.Status, outcome is InviteOutcome.Rejected rejected ? rejected.Reason : "not connected", null);
        }

        Relink(transferor, transferee, call);
        return new TransferOutcome(200, "connected", call);
    }

    private async Task<TransferOutcome> Attended(Leg transferee, DialogName dialog)
    {
        if (await core.Take(dialog) is not { } target) return new TransferOutcome(481, "Call/Transaction Does Not Exist", null);
        var joined = await Joining.Join(transferee, target);
        if (!joined.IsAgreed)
        {
            _ = target.Hangup("transfer failed");
            return new TransferOutcome(joined.Status, "the two could not be joined", null);
        }

        Relink(refer.Leg, transferee, target);
        return new TransferOutcome(200, "joined", target);
    }

    private void Relink(Leg transferor, Leg transferee, Leg target)
    {
        transferor.Peer = null;
        core.Link(transferee, target, transferee.PeerHeaders);
    }

    private static async Task Notify(Leg transferor, SipFragment fragment)
    {
        if (transferor.IsOver) return;
        await transferor.Request(
            "NOTIFY", MessageBody.Text(SipFragment.ContentType, fragment.ToString()),
            new HeaderFields { { "Event", "refer" }, { "Subscription-State", fragment.SubscriptionState(s_subscription) } });
    }

    // The Replaces of an attended transfer stands in the URI's headers, escaped (RFC 3891 §3, RFC 5589 §7).
    private static string TargetOf(ReferTo referTo, out DialogName? replaces)
    {
        replaces = null;
        var uri = Encoding.UTF8.GetString(referTo.Uri);
        var headers = uri.IndexOf('?', StringComparison.Ordinal);
        if (headers < 0) return uri;
        foreach (var header in uri[(headers + 1)..].Split('&'))
        {
            if (!header.StartsWith("Replaces=", StringComparison.OrdinalIgnoreCase)) continue;
            replaces = DialogName.Read(Uri.UnescapeDataString(header["Replaces=".Length..]));
        }

        return uri[..headers];
    }
}
