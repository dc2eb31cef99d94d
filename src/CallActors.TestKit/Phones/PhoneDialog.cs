using System.Text;
using CallActors.Net;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>A phone's side of a dialog: what can be sent and expected within it. The steps are in <see cref="DialogSteps"/>.</summary>
public abstract class PhoneDialog : IScripted
{
    private readonly Queue<ReceivedRequest> _unread = [];
    private readonly Dictionary<uint, ReceivedInvite> _invites = [];

    private protected PhoneDialog(Phone phone, string callId, string localTag)
    {
        (Phone, CallId, LocalTag) = (phone, callId, localTag);
        phone.Exchanges.Add(this);
    }

    /// <summary>Whose side it is.</summary>
    public Phone Phone { get; }

    /// <summary>The Call-ID.</summary>
    public string CallId { get; }

    /// <summary>The phone's tag.</summary>
    public string LocalTag { get; }

    /// <summary>The peer's tag; empty while there is none.</summary>
    public string RemoteTag => State is { } state ? Encoding.ASCII.GetString(state.RemoteTag) : "";

    /// <summary>The dialog as a value; null before the first response that makes it.</summary>
    public Dialog? State { get; private protected set; }

    /// <summary>The value of Replaces that names this dialog to its other end (RFC 3891), escaped for a Refer-To URI.</summary>
    public string Replaces => Uri.EscapeDataString($"{CallId};to-tag={RemoteTag};from-tag={LocalTag}");

    /// <summary>Sends a request within the dialog; its responses are to be expected from what this gives.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="body">Its body.</param>
    /// <param name="headers">More fields, or other values for those the phone writes; a null value leaves a field out.</param>
    public SentRequest Sends(string method, PhoneBody? body = null, (string Name, string? Value)[]? headers = null) => Send(method, body, headers);

    /// <summary>Offers anew: a re-INVITE.</summary>
    /// <param name="body">The offer; null for the phone's <see cref="TestKit.Phone.Sdp"/>, <see cref="PhoneBody.None"/> for none.</param>
    /// <param name="headers">More fields, or other values for those the phone writes.</param>
    public SentInvite Reinvites(PhoneBody? body = null, (string Name, string? Value)[]? headers = null) => (SentInvite)Send("INVITE", body ?? Phone.Sdp, headers);

    /// <summary>Asks the peer to refer itself to a URI (RFC 3515).</summary>
    /// <param name="uri">To whom.</param>
    /// <param name="replaces">The dialog that the peer shall replace there (RFC 3891); none when null.</param>
    public SentRequest Refers(string uri, PhoneDialog? replaces = null) =>
        Send("REFER", null, [("Refer-To", replaces is null ? $"<{uri}>" : $"<{uri}?Replaces={replaces.Replaces}>"), ("Referred-By", Phone.From)]);

    /// <summary>Tells the state of a subscription or a transfer.</summary>
    /// <param name="package">The event package, such as <c>refer</c>.</param>
    /// <param name="state">The value of Subscription-State.</param>
    /// <param name="body">What is told.</param>
    public SentRequest Notifies(string package, string state, PhoneBody? body = null) =>
        Send("NOTIFY", body, [("Event", package), ("Subscription-State", state)]);

    /// <summary>Expects a request: the next one must be of this method.</summary>
    public ReceivedRequest Receives(string method) => Next(method);

    /// <summary>Expects a re-INVITE.</summary>
    public ReceivedInvite ReceivesReinvite() => (ReceivedInvite)Next("INVITE");

    /// <summary>Sends a request within the dialog.</summary>
    internal SentRequest Send(string method, PhoneBody? body, (string, string?)[]? headers)
    {
        var request = Next(method, body, headers, out var hop);
        return (method == "INVITE"
            ? new SentInvite(this, request, hop, more => Send(method, body, [.. headers ?? [], .. more]))
            : new SentRequest(Phone, request, hop, more => Send(method, body, [.. headers ?? [], .. more]))).Start();
    }

    /// <summary>Writes a request within a dialog.</summary>
    internal SipRequest Compose(Dialog state, string method, uint sequence, PhoneBody? body, (string, string?)[]? headers, bool hasContact, out Hop hop)
    {
        hop = HopOf(state);
        var name = Encoding.ASCII.GetBytes(method);
        var builder = Phone.Route(state.BeginRequest(Phone.Builder, name), hop);
        state.WriteHeaders(builder, name, sequence);
        if (hasContact) builder.Field("Contact", $"<{Phone.Uri}>");
        return builder.Finish(body, headers);
    }

    /// <summary>Where the dialog's requests go.</summary>
    internal Hop HopOf(Dialog state) => Phone.HopTo(state.NextHop()) is var hop && hop.Protocol == NetProtocol.Udp && Phone.Protocol != NetProtocol.Udp && hop.Address.Equals(Phone.Net.Sip)
        ? Phone.ToServer
        : hop;

    /// <summary>The dialog that a response to one of our requests belongs to: this one, or a fork's.</summary>
    internal Dialog StateOf(SipRequest request, SipResponse response) =>
        State is { } state && state.RemoteTag.SequenceEqual(response.ToTag) ? state : Dialog.ForClient(request, response);

    /// <summary>Takes what a response to one of our requests says about the dialog.</summary>
    internal void Learn(SipRequest request, SipResponse response)
    {
        if (response.ToTag.IsEmpty || response.IsRejection || response.StatusCode == 100) return;
        if (State is null || (!State.IsConfirmed && !State.RemoteTag.SequenceEqual(response.ToTag))) State = Dialog.ForClient(request, response).Advance(State?.LocalSequence ?? 0);
        else if (!State.RemoteTag.SequenceEqual(response.ToTag) || !response.IsSuccess) return;
        else State = State.IsConfirmed ? State.Retarget(response) : State.Confirm(response);
    }

    /// <summary>Takes a request within the dialog.</summary>
    internal virtual void Take(ReceivedRequest received)
    {
        if (State is not null && State.TryReceive(received.Request, out var next)) State = next;
        if (received.Method == "PRACK" && _invites.Values.Any(invite => invite.Confirmed(received))) return;
        if (received is ReceivedInvite invite) Keep(invite);
        _unread.Enqueue(received);
    }

    /// <summary>Takes what one of our responses says about the dialog.</summary>
    internal virtual void Answered(SipRequest request, SipResponse response)
    {
        if (response.IsSuccess) State = State?.Retarget(request);
    }

    /// <summary>Takes an ACK; false when it acknowledges nothing.</summary>
    internal bool Acknowledged(SipRequest ack) => _invites.TryGetValue(ack.CSeq, out var invite) && invite.Acknowledged(ack);

    /// <summary>Remembers an INVITE whose ACK will come.</summary>
    internal void Keep(ReceivedInvite invite) => _invites[invite.Request.CSeq] = invite;

    /// <summary>Whether a request waits to be expected.</summary>
    internal bool HasNews => _unread.Count > 0;

    /// <summary>The next request, whatever it is.</summary>
    internal ReceivedRequest TakeNext() => _unread.Dequeue();

    /// <summary>Expects the next request.</summary>
    internal ReceivedRequest Next(string method)
    {
        var net = Phone.Net;
        if (!net.Holds(() => _unread.Count > 0)) throw net.Fault($"{Phone.Name} expected {method}, but nothing came within {net.Options.Patience.TotalSeconds:0.#} s.");
        var request = _unread.Dequeue();
        return method == request.Method ? request : throw net.Fault($"{Phone.Name} expected {method}, got {request.Method} {request.Request.CSeq}.");
    }

    /// <summary>Expects no request.</summary>
    internal void Nothing(TimeSpan during)
    {
        if (Phone.Net.Holds(() => _unread.Count > 0, during))
            throw Phone.Net.Fault($"{Phone.Name} expected nothing for {during.TotalSeconds:0.###} s, got {_unread.Peek().Method} {_unread.Peek().Request.CSeq}.");
    }

    private SipRequest Next(string method, PhoneBody? body, (string, string?)[]? headers, out Hop hop)
    {
        if (State is null) throw Phone.Net.Fault($"{Phone.Name} has no dialog yet to send {method} in.");
        State = State.Advance();
        return Compose(State, method, State.LocalSequence, body, headers, hasContact: method is not ("BYE" or "PRACK"), out hop);
    }
}
