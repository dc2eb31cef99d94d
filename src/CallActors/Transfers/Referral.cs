using CallActors.Headers;
using CallActors.Targets;

namespace CallActors.Transfers;

/// <summary>A REFER of ours: the request, and the implicit subscription by which its receiver tells how it goes (RFC 3515 §2.4.4).</summary>
internal sealed class Referral(Leg leg)
{
    // Nobody rings for longer; timer C of a proxy is three minutes.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly TaskCompletionSource<ReferOutcome> _done = new();
    private OutgoingRequest? _refer;

    /// <summary>Whether it has an outcome.</summary>
    public bool IsOver => _done.Task.IsCompleted;

    public Task<ReferOutcome> Send(CallTarget target, Leg? replaces, HeaderFields? headers)
    {
        var fields = new HeaderFields
        {
            { "Refer-To", replaces is null ? $"<{target.Uri}>" : $"<{target.Uri}{(target.Uri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}Replaces={Uri.EscapeDataString(NameOf(replaces))}>" },
            { "Referred-By", $"<{leg.LocalUri}>" },
        };
        foreach (var (name, value) in headers ?? []) fields[name] = value;
        _refer = leg.SendInDialog("REFER", null, fields);
        if (_refer.IsOver) OnFinal(_refer.Done.Result);
        else _refer.Over = OnFinal;
        leg.Core.After(s_patience, () => Settle(new ReferOutcome.Untold("nothing was told in time")));
        return _done.Task;
    }

    /// <summary>Takes a NOTIFY of the subscription; false when it is of another.</summary>
    public bool Take(LegRequest notify)
    {
        if (IsOver || !IsEventOfRefer(notify.Header("Event"))) return false;
        notify.Send(200);
        if (SipFragment.TryRead(notify.Message.Body, out var fragment) && fragment.IsFinal) Settle(new ReferOutcome.Notified(fragment.Status, fragment.Reason));
        else if (notify.Header("Subscription-State")?.TrimStart().StartsWith("terminated", StringComparison.OrdinalIgnoreCase) == true)
            Settle(new ReferOutcome.Untold("the subscription ended"));
        return true;
    }

    /// <summary>The dialog is over.</summary>
    public void End(string reason) => Settle(new ReferOutcome.DialogEnded(reason));

    private void OnFinal(RequestOutcome outcome)
    {
        switch (outcome)
        {
            case RequestOutcome.Final { Response: { IsSuccess: true } response }:
                if (string.Equals(response.Header("Refer-Sub"), "false", StringComparison.OrdinalIgnoreCase)) Settle(new ReferOutcome.Untold("the far end tells nothing"));
                break;
            case RequestOutcome.Final { Response: { } response }: Settle(new ReferOutcome.Refused(response.StatusCode, response.ReasonText)); break;
            case RequestOutcome.DialogEnded ended: End(ended.Reason); break;
            case RequestOutcome.ServerLost lost: Settle(new ReferOutcome.NotSent(lost.Reason)); break;
            case RequestOutcome.NotSent notSent: Settle(new ReferOutcome.NotSent(notSent.Reason)); break;
        }
    }

    private void Settle(ReferOutcome outcome)
    {
        if (_done.TrySetResult(outcome)) leg.Referrals!.Remove(this);
    }

    private static bool IsEventOfRefer(string? package) =>
        package is not null && package.StartsWith("refer", StringComparison.OrdinalIgnoreCase) && (package.Length == 5 || package[5] is ';' or ' ');

    // As whoever gets the INVITE has it: its own tag is the one we know as the far end's (RFC 3891 §3).
    private static string NameOf(Leg replaced) => $"{replaced.CallId};to-tag={replaced.RemoteTag};from-tag={replaced.LocalTag}";
}
