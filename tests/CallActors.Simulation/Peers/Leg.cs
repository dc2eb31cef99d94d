using System.Globalization;
using System.Text;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>One phone's side of a call: its dialog, its ACKs, and what became of it.</summary>
internal sealed class Leg
{
    /// <summary>A session description.</summary>
    public static readonly byte[] Sdp = Encoding.ASCII.GetBytes("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n");

    private readonly Phone _phone;
    private readonly SipMessageBuilder _builder = new();
    private readonly Dictionary<uint, SipRequest> _acks = [];
    private readonly HashSet<uint> _pracked = [];
    private readonly RepeatedAnswers _answers;
    private Dialog? _dialog;
    private ClientTransaction? _invite;
    private ServerTransaction? _called;
    private bool _reinviting;

    private Leg(Phone phone, string callId, string tag)
    {
        _phone = phone;
        _answers = new RepeatedAnswers(phone, Overdue);
        CallId = callId;
        Tag = tag;
        phone.Add(this);
    }

    public string CallId { get; }

    public string Tag { get; }

    /// <summary>The final response to the initial INVITE, sent or received; 408 when there was none; 0 while there is none.</summary>
    public int Final { get; private set; }

    /// <summary>How the call ended, in words; null while it lives.</summary>
    public string? Ended { get; private set; }

    /// <summary>How its last re-INVITE was answered.</summary>
    public int Renegotiated { get; private set; }

    /// <summary>How many re-INVITEs of the peer's it answered with 200.</summary>
    public int RenegotiatedByPeer { get; private set; }

    /// <summary>Final responses to its other requests.</summary>
    public List<int> Answers { get; } = [];

    /// <summary>The states of its subscription that it was notified of.</summary>
    public List<string> Notified { get; } = [];

    /// <summary>How long it subscribes for, in seconds.</summary>
    public int Expires { get; private set; } = 60;

    /// <summary>Whether it hears nothing any more.</summary>
    public bool IsDead { get; set; }

    /// <summary>Whether it leaves 2xx unacknowledged.</summary>
    public bool NeverAcknowledges { get; init; }

    /// <summary>Whether it is not to be acknowledged before it gives up repeating its 2xx.</summary>
    public bool IsPatient { get; set; }

    /// <summary>Told of each response to the INVITE.</summary>
    public Action<SipResponse>? Heard { get; set; }

    /// <summary>Told when the far end has acknowledged.</summary>
    public Action? Confirmed { get; set; }

    /// <summary>A call to the server.</summary>
    public static Leg Call(Phone phone, string callId, string user, bool neverAcknowledges = false, string? supported = null)
    {
        var leg = new Leg(phone, callId, "c" + callId) { NeverAcknowledges = neverAcknowledges };
        leg.Open("INVITE", user, supported);
        leg._builder.Header(SipHeaderId.ContentType, "application/sdp"u8);
        leg._invite = phone.Begin(leg._builder.ToRequest(Sdp), leg.Received, leg.Over);
        return leg;
    }

    /// <summary>A request of its own, outside any dialog.</summary>
    public static Leg Ask(Phone phone, string callId, string user, string method)
    {
        var leg = new Leg(phone, callId, "c" + callId);
        leg.Open(method, user, null);
        phone.Begin(leg._builder.ToRequest(), response => leg.Final = response.IsFinal ? response.StatusCode : 0, leg.Over);
        return leg;
    }

    /// <summary>A subscription.</summary>
    public static Leg Subscribe(Phone phone, string callId, string user)
    {
        var leg = new Leg(phone, callId, "c" + callId);
        leg.Open("SUBSCRIBE", user, null);
        leg._builder.Header(SipHeaderId.Event, "presence"u8).Header(SipHeaderId.Expires, leg.Expires);
        var subscribe = leg._builder.ToRequest();
        phone.Begin(subscribe, response =>
        {
            if (!response.IsFinal) return;
            leg.Final = response.StatusCode;
            if (response.IsSuccess) leg._dialog ??= Dialog.ForClient(subscribe, response);
            leg.Heard?.Invoke(response);
        }, leg.Over);
        return leg;
    }

    /// <summary>A call from the server.</summary>
    public static Leg Answering(Phone phone, ServerTransaction invite) =>
        new(phone, Encoding.ASCII.GetString(invite.Request.CallId), "b" + Encoding.ASCII.GetString(invite.Request.FromTag)) { _called = invite };

    public void Cancel() => _invite!.Cancel();

    /// <summary>Answers the call from the server; nothing when it was cancelled meanwhile.</summary>
    public void Answer(int status)
    {
        if (_called!.IsAnswered) return;
        var builder = _builder.BeginResponse(_called.Request, status, default, Encoding.ASCII.GetBytes(Tag));
        if (status < 300) builder.Header(SipHeaderId.Contact, Encoding.ASCII.GetBytes($"<sip:b@{_phone.Place}>"));
        if (status is >= 200 and < 300) builder.Header(SipHeaderId.ContentType, "application/sdp"u8);
        var response = builder.ToResponse(status is >= 200 and < 300 ? Sdp : default);
        if (status >= 200) Final = status;
        _called.Respond(response);
        if (!response.IsSuccess) return;
        _dialog = Dialog.ForServer(_called.Request, response, 100);
        _answers.Begin(response);
    }

    public void HangUp()
    {
        if (_dialog is null || Ended is not null) return;
        Ended = "hangs up";
        Send("BYE"u8, default, response => Ended = $"hung up {response.StatusCode}", outcome =>
        {
            if (outcome != TransactionOutcome.Completed) Ended = $"hung up, {outcome}";
        });
    }

    /// <summary>A new offer; with 491, 500 or 408 it is made again a little later.</summary>
    public void Renegotiate(int attempts = 6)
    {
        if (_dialog is null || Ended is not null) return;
        _reinviting = true;
        Send("INVITE"u8, Sdp, response =>
        {
            if (response.IsProvisional) return;
            _reinviting = false;
            Renegotiated = response.StatusCode;
            if (response.IsSuccess) Acknowledge(response);
            else if (response.StatusCode is 491 or 500 && attempts > 1) _phone.World.After(_phone.World.Between(2.1, 4), () => Renegotiate(attempts - 1));
        });
    }

    public void Ask(string method, byte[]? body = null)
    {
        if (_dialog is not null && Ended is null) Send(Encoding.ASCII.GetBytes(method), body, response => Answers.Add(response.StatusCode));
    }

    /// <summary>Ends its subscription.</summary>
    public void Unsubscribe()
    {
        Expires = 0;
        Ask("SUBSCRIBE");
    }

    /// <summary>Takes a subscription on: two notifications, the second of which ends it.</summary>
    public void Accept()
    {
        var request = _called!.Request;
        Final = 202;
        var response = _builder.BeginResponse(request, 202, default, Encoding.ASCII.GetBytes(Tag))
            .Header(SipHeaderId.Contact, Encoding.ASCII.GetBytes($"<sip:b@{_phone.Place}>")).Header(SipHeaderId.Expires, 60).ToResponse();
        _called.Respond(response);
        _dialog = Dialog.ForServer(request, response, 100);
        Notify("active", () => _phone.World.After(_phone.World.Between(0.1, 3), () => Notify("terminated", () => Ended = "notified")));
    }

    private void Notify(string state, Action done) => Send("NOTIFY"u8, default, response =>
    {
        Answers.Add(response.StatusCode);
        done();
    }, null, state);

    /// <summary>A request of the server's in the dialog.</summary>
    public void Asked(ServerTransaction asked)
    {
        var request = asked.Request;
        if (_dialog is not null && request.Method != SipMethod.Invite && !_dialog.TryReceive(request, out _dialog))
        {
            asked.Respond(request.RespondTo(500));
            return;
        }

        switch (request.Method)
        {
            case SipMethod.Bye:
                var reason = ReasonValue.TryParse(request.First(SipHeaderId.Reason), out var given) ? " " + Encoding.UTF8.GetString(given.Text) : "";
                Ended = Ended is null ? "was hung up" + reason : Ended + ", crossed";
                asked.Respond(request.RespondTo(200));
                break;
            case SipMethod.Invite when _reinviting || _answers.Any:
                asked.Respond(request.RespondTo(_reinviting ? 491 : 500));
                break;
            case SipMethod.Invite when Ended is null && _dialog!.TryReceive(request, out _dialog):
                RenegotiatedByPeer++;
                var answer = _builder.BeginResponse(request, 200)
                    .Header(SipHeaderId.Contact, Encoding.ASCII.GetBytes($"<sip:b@{_phone.Place}>"))
                    .Header(SipHeaderId.ContentType, "application/sdp"u8).ToResponse(Sdp);
                asked.Respond(answer);
                _answers.Begin(answer);
                break;
            case SipMethod.Update when Ended is null:
                asked.Respond(_builder.BeginResponse(request, 200).Header(SipHeaderId.Contact, Encoding.ASCII.GetBytes($"<sip:b@{_phone.Place}>"))
                    .Header(SipHeaderId.ContentType, "application/sdp"u8).ToResponse(Sdp));
                break;
            case SipMethod.Notify:
                Notified.Add(SubscriptionState.TryParse(request.First(SipHeaderId.SubscriptionState), out var state) ? state.Status.ToString() : "?");
                asked.Respond(request.RespondTo(200));
                break;
            default:
                asked.Respond(request.RespondTo(Ended is null ? 200 : 481));
                break;
        }
    }

    /// <summary>The server's CANCEL; false when there is nothing to cancel.</summary>
    public bool Cancelled(SipRequest cancel)
    {
        if (_called is null || cancel.CSeq != _called.Request.CSeq) return false;
        if (_called.IsAnswered) return true;
        Final = 487;
        _called.Respond(_called.Request.RespondTo(487, default, Encoding.ASCII.GetBytes(Tag)));
        return true;
    }

    /// <summary>The server's ACK for a 2xx.</summary>
    public void Acknowledged(SipRequest ack)
    {
        if (!_answers.End(ack.CSeq)) return;
        if (_called is not null && ack.CSeq == _called.Request.CSeq) Confirmed?.Invoke();
    }

    private void Received(SipResponse response)
    {
        if (response.IsFinal && Final == 0)
        {
            Final = response.StatusCode;
            if (response.IsSuccess) _dialog = _dialog?.Confirm(response) ?? Dialog.ForClient(_invite!.Request, response);
        }

        if (response.IsSuccess && !NeverAcknowledges) Acknowledge(response);
        if (response is { IsProvisional: true } && response.Has(SipHeaderId.RSeq)) Confirm(response);
        Heard?.Invoke(response);
    }

    private void Over(TransactionOutcome outcome)
    {
        if (Final == 0) Final = outcome == TransactionOutcome.TimedOut ? 408 : 599;
    }

    private void Acknowledge(SipResponse answer)
    {
        if (!_acks.TryGetValue(answer.CSeq, out var ack))
        {
            Begin("ACK"u8);
            _acks[answer.CSeq] = ack = _dialog!.WriteHeaders(_builder, "ACK"u8, answer.CSeq).ToRequest();
        }

        _phone.Send(ack);
    }

    // RFC 3262 §4: each reliable response once, in its order.
    private void Confirm(SipResponse reliable)
    {
        var rseq = uint.Parse(reliable.First(SipHeaderId.RSeq), CultureInfo.InvariantCulture);
        if (!_pracked.Add(rseq)) return;
        _dialog ??= Dialog.ForClient(_invite!.Request, reliable);
        _dialog = _dialog.Advance();
        Begin("PRACK"u8);
        _dialog.WriteHeaders(_builder, "PRACK"u8, _dialog.LocalSequence);
        _builder.BeginHeader(SipHeaderId.RAck).Append(rseq).Append(" "u8).Append(reliable.CSeq).Append(" INVITE"u8).EndHeader();
        _phone.Begin(_builder.ToRequest(), response => Answers.Add(response.StatusCode));
    }

    private void Send(ReadOnlySpan<byte> method, ReadOnlySpan<byte> body, Action<SipResponse> heard, Action<TransactionOutcome>? over = null, string? state = null)
    {
        _dialog = _dialog!.Advance();
        Begin(method);
        _dialog.WriteHeaders(_builder, method, _dialog.LocalSequence);
        _builder.Header(SipHeaderId.Contact, Encoding.ASCII.GetBytes($"<sip:a@{_phone.Place}>"));
        if (method.SequenceEqual("SUBSCRIBE"u8) || state is not null) _builder.Header(SipHeaderId.Event, "presence"u8);
        if (method.SequenceEqual("SUBSCRIBE"u8)) _builder.Header(SipHeaderId.Expires, Expires);
        if (state is not null) _builder.Header(SipHeaderId.SubscriptionState, Encoding.ASCII.GetBytes(state));
        if (!body.IsEmpty) _builder.Header(SipHeaderId.ContentType, "application/sdp"u8);
        _phone.Begin(_builder.ToRequest(body), heard, over);
    }

    private void Begin(ReadOnlySpan<byte> method)
    {
        _dialog!.BeginRequest(_builder, method);
        Via();
    }

    private void Open(string method, string user, string? supported)
    {
        _builder.Request(Encoding.ASCII.GetBytes(method), Encoding.ASCII.GetBytes($"sip:{user}@10.0.0.9:5060"));
        Via();
        _builder.Header(SipHeaderId.From, Encoding.ASCII.GetBytes($"<sip:a@{_phone.HostPort}>;tag={Tag}"));
        _builder.Header(SipHeaderId.To, Encoding.ASCII.GetBytes($"<sip:{user}@10.0.0.9>"));
        _builder.Header(SipHeaderId.CallId, Encoding.ASCII.GetBytes(CallId));
        _builder.Header(SipHeaderId.CSeq, Encoding.ASCII.GetBytes($"1 {method}"));
        _builder.Header(SipHeaderId.Contact, Encoding.ASCII.GetBytes($"<sip:a@{_phone.Place}>"));
        if (supported is not null) _builder.Header(SipHeaderId.Supported, Encoding.ASCII.GetBytes(supported));
    }

    private void Via()
    {
        _builder.Header(SipHeaderId.Via, Encoding.ASCII.GetBytes($"SIP/2.0/{_phone.Protocol} {_phone.HostPort};branch={_phone.NewBranch()};rport"));
        _builder.Header(SipHeaderId.MaxForwards, 70);
    }

    private void Overdue()
    {
        if (!IsPatient) _phone.World.Faults.Add($"the server never acknowledged {CallId}");
    }
}
