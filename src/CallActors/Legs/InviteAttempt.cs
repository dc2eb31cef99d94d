using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Headers;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>One INVITE of a call that we place, on the wire: another one follows a challenge, a session that is too short, or a redirection.</summary>
/// <param name="call">The call.</param>
/// <param name="before">The INVITE that this one is again; null for the first to a target.</param>
/// <param name="session">What a 422 asked for.</param>
/// <param name="credentials">What answers the challenges so far.</param>
internal sealed class InviteAttempt(OutgoingCall call, InviteAttempt? before, HeaderFields? session, HeaderFields? credentials) : ICommand
{
    private readonly CallTarget _target = call.Target;
    private SipRequest? _sent;
    private uint _lastRSeq;

    /// <summary>The transaction; empty until the server has sent it.</summary>
    public Octets TransactionId { get; private set; }

    /// <inheritdoc/>
    public bool WantsSent => true;

    /// <summary>The Request-URI as it went out.</summary>
    public string SentUri => _sent?.UriText ?? _target.Uri;

    public bool Send(string? nextHop)
    {
        var options = call.Options;
        var text = AppText.Request("INVITE", _target.Uri).Header("Call-ID"u8, call.CallId);
        if (before?._sent is { } earlier) text.Header("From"u8, earlier.First(SipHeaderId.From)).Header("CSeq"u8, $"{earlier.CSeq + 1} INVITE");
        WriteCaller(text, options.Headers);
        text.Headers(HeaderFields.Over(options.Headers, session)).Headers(credentials);
        return call.Submit(this, FrameWriter.NewRequest(text.End(options.Body), Encoding.UTF8.GetBytes(nextHop ?? "")));
    }

    public void Cancel(string? reason)
    {
        if (TransactionId.IsEmpty) return;
        var text = AppText.Request("CANCEL", _target.Uri);
        if (!string.IsNullOrEmpty(reason)) text.Header("Reason"u8, reason);
        call.Submit(null, FrameWriter.Cancel(TransactionId, text.End()));
    }

    // Each reliable provisional response is acknowledged once; a repetition means that our PRACK is on its way (RFC 3262 §4).
    public void Acknowledge(SipResponse response, Octets dialogId)
    {
        if (!HeaderNumbers.TryRSeq(response.First(SipHeaderId.RSeq), out var number) || number == _lastRSeq) return;
        _lastRSeq = number;
        call.Submit(null, FrameWriter.DialogRequest(dialogId, AppText.Request("PRACK", _target.Uri).Header("RAck"u8, $"{number} {response.CSeq} INVITE").End()));
    }

    // RFC 4028 §7.3: the interval was too small, the response says which is not.
    public bool TryLongerSession(SipResponse response, out HeaderFields again)
    {
        again = [];
        if (_sent is null || session is not null || response.StatusCode != 422 || !response.Has(SipHeaderId.MinSE)) return false;
        var least = Encoding.ASCII.GetString(response.First(SipHeaderId.MinSE));
        again["Session-Expires"] = least;
        again["Min-SE"] = least;
        return true;
    }

    /// <inheritdoc/>
    public void OnReply(Replied reply)
    {
        if (call.IsOver) return;
        if (reply.Refusal is { } refusal)
        {
            call.OnNotSent(refusal);
            return;
        }

        TransactionId = reply.TransactionId;
        _sent = reply.Sent as SipRequest;
        call.OnSent(this, _sent);
    }

    /// <inheritdoc/>
    public void OnResponse(Responded responded) => call.OnResponse(this, responded);

    /// <inheritdoc/>
    public void OnLost(string reason)
    {
        if (!call.IsAnswered) call.LoseServer(reason);
    }

    // The server writes its own address in the place of localhost. A field that the application gives takes the place of ours.
    private void WriteCaller(AppText text, HeaderFields? given)
    {
        var caller = _target.Caller;
        if (before is null && given?["From"] is null)
        {
            if (caller is null) text.Header("From"u8, "<sip:anonymous@localhost>");
            else foreach (var (name, value) in caller.Headers(_target.IsSecure)) if (given?[name] is null) text.Header(Encoding.ASCII.GetBytes(name), value);
        }

        if (caller is null || given?["Contact"] is not null) return;
        var scheme = _target.IsSecure ? UriScheme.Sips : UriScheme.Sip;
        var user = caller.IsPrivate ? "anonymous" : caller.Number;
        if (SipUri.TryCreate(scheme, Encoding.UTF8.GetBytes(user), "localhost"u8, 0, out var contact)) text.Header("Contact"u8, $"<{contact}>");
    }
}
