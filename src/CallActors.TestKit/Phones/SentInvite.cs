using System.Globalization;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>An INVITE that a phone has sent: the first of a call, or one within it.</summary>
public sealed class SentInvite : SentRequest
{
    private readonly Dictionary<string, SipRequest> _acks = [];
    private readonly PhoneDialog _dialog;

    internal SentInvite(PhoneDialog dialog, SipRequest request, Hop hop, Func<(string, string?)[], SentRequest> again)
        : base(dialog.Phone, request, hop, again, dialog) => _dialog = dialog;

    /// <summary>Acknowledges the 2xx that was expected last.</summary>
    /// <param name="body">An answer, where the 2xx made an offer.</param>
    /// <param name="headers">More fields, or other values for those the phone writes.</param>
    public SentInvite Acks(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        if (Response is not { IsSuccess: true } answer) throw Phone.Net.Fault($"{Phone.Name} has no 2xx to acknowledge.");
        var ack = _dialog.Compose(_dialog.StateOf(Request, answer), "ACK", answer.CSeq, body, headers, hasContact: false, out var hop);
        _acks[answer.TagOf()] = ack;
        Phone.Line.Send(ack.Bytes, hop);
        return this;
    }

    /// <summary>Gives the call up: sends CANCEL, as soon as a provisional response allows it (RFC 3261 §9.1). The 487 is still to be expected.</summary>
    /// <param name="reason">The value of a Reason header; none when null.</param>
    public SentInvite Cancels(string? reason = null)
    {
        Handle(new Cancel(Request.CancelFor(reason is null ? default : System.Text.Encoding.UTF8.GetBytes(reason))));
        return this;
    }

    /// <summary>Acknowledges the reliable provisional response that was expected last with PRACK (RFC 3262 §4); its response is to be expected from what this gives.</summary>
    /// <param name="body">An answer, or a new offer.</param>
    /// <param name="headers">More fields, or other values for those the phone writes.</param>
    public SentRequest SendsPrack(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        if (Response is not { IsProvisional: true } reliable || reliable.TextOf("RSeq") is not { } rseq) throw Phone.Net.Fault($"{Phone.Name} has no reliable response to acknowledge.");
        return _dialog.Send("PRACK", body, [("RAck", string.Create(CultureInfo.InvariantCulture, $"{rseq} {reliable.CSeq} INVITE")), .. headers ?? []]);
    }

    /// <summary>The same, and expects 200.</summary>
    public SentInvite Pracks(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        SendsPrack(body, headers).Receives(200);
        return this;
    }

    // A reliable response comes again until its PRACK, a 2xx until its ACK: neither is news (RFC 3262 §4, RFC 3261 §13.2.2.4).
    private protected override bool IsNews(SipResponse response)
    {
        if (response.IsSuccess && WasHeard(earlier => earlier.IsSuccess && earlier.TagOf() == response.TagOf()))
        {
            if (_acks.TryGetValue(response.TagOf(), out var ack)) Phone.Line.Send(ack.Bytes, _dialog.HopOf(_dialog.StateOf(Request, response)));
            return false;
        }

        if (response.IsProvisional && response.TextOf("RSeq") is { } rseq && WasHeard(earlier => earlier.TextOf("RSeq") == rseq && earlier.TagOf() == response.TagOf())) return false;
        return base.IsNews(response);
    }
}
