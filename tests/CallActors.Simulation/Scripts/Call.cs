using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CallActors.Control.Commands;
using CallActors.Control.Replies;
using CallActors.Simulation.Peers;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Simulation.Scripts;

/// <summary>One simulated call: the caller's leg, the leg that the application places, and the application's hand on both.</summary>
internal sealed class Call(Switchboard board, Phone callers, ImmutableArray<Phone> callees, Script script, int number)
{
    private readonly HashSet<string> _over = [];
    private bool _talked;

    public World World => callers.World;

    public int Number => number;

    public Script Script => script;

    /// <summary>The caller.</summary>
    public Leg A { get; private set; } = null!;

    /// <summary>Whom the application called; null if it did not come to that.</summary>
    public Leg? B { get; private set; }

    /// <summary>How many phones of the callee's have been rung.</summary>
    public int Rung { get; private set; }

    /// <summary>The states of its subscription that the application was notified of.</summary>
    public List<string> Notified { get; } = [];

    /// <summary>The dialog with the caller, as the application knows it.</summary>
    public string DialogA { get; private set; } = "";

    /// <summary>The dialog with the callee.</summary>
    public string DialogB { get; private set; } = "";

    /// <summary>The transaction of the application's INVITE.</summary>
    public string TransactionB { get; private set; } = "";

    /// <summary>Whether the caller's CANCEL was told.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>Whether the application gave its own INVITE up.</summary>
    public bool GaveUp { get; private set; }

    /// <summary>Why the server ended a dialog of the call by itself.</summary>
    public List<string> EndedByServer { get; } = [];

    /// <summary>Replies <c>NOK</c> of this call.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Final responses to the application's requests, method and status.</summary>
    public List<string> Finals { get; } = [];

    private string TransactionA { get; set; } = "";

    private SipRequest Invite { get; set; } = null!;

    public void Dial()
    {
        A = script.Dials(this, callers, number.ToString(CultureInfo.InvariantCulture) + "@10.0.0.1");
        A.Heard = response =>
        {
            if (!response.IsSuccess || _talked) return;
            _talked = true;
            script.Answered(this);
        };
    }

    public void After(double seconds, double most, Action action) => World.After(World.Between(seconds, most), action);

    /// <summary>The application is offered the caller's request.</summary>
    public void Offered(Frame frame)
    {
        TransactionA = frame.TransactionId;
        Invite = frame.Request!;
        script.Offered(this);
    }

    /// <summary>The application's answer to the caller.</summary>
    public void Respond(int status, string headers = "", Action<bool>? replied = null)
    {
        var body = status is >= 180 and < 300 && Invite.Method == SipMethod.Invite ? Encoding.ASCII.GetString(Leg.Sdp) : "";
        board.Application.Respond(TransactionA, Sip.Answer(status, Invite, headers, body), reply =>
        {
            var isDone = reply.Verdict == ReplyVerdict.Ok;
            if (!isDone) Refusals.Add($"{status}: {reply.Text}");
            if (isDone && status is >= 200 and < 300 && Invite.Method is SipMethod.Invite or SipMethod.Subscribe) DialogA = reply.DialogId;
            if (isDone && status is >= 200 and < 300 && Invite.Method == SipMethod.Invite) Live(DialogA);

            replied?.Invoke(isDone);
        });
    }

    /// <summary>The application calls somebody.</summary>
    public void PlaceB(Action<SipResponse> heard)
    {
        var request = $"INVITE sip:b{number}@{callees[0].Place} SIP/2.0\r\nFrom: sip:app@localhost\r\n" + Sip.Body(Encoding.ASCII.GetString(Leg.Sdp));
        board.Request(this, "", request, heard, reply =>
        {
            TransactionB = reply.TransactionId;
            if (GaveUp || WasCancelled) CancelB();
        });
    }

    /// <summary>The callee's phone rings.</summary>
    public void Called(Leg leg)
    {
        B = leg;
        Rung++;
        script.Called(this);
    }

    /// <summary>The application subscribes to somebody.</summary>
    public void SubscribeToB() =>
        board.Request(this, "", $"SUBSCRIBE sip:b{number}@{callees[0].Place} SIP/2.0\r\nFrom: sip:app@localhost\r\nEvent: presence\r\nExpires: 60\r\n" + Sip.Body(""), response =>
        {
            if (response.IsFinal) Finals.Add($"SUBSCRIBE {response.StatusCode}");
        }, null);

    /// <summary>The application has the call proxied to this many phones, one after the other.</summary>
    public void Proxy(int targets, bool stays = true) => board.Application.Proxy(
        TransactionA, new ProxyOptions { RemainInDialog = stays }, string.Join('|', callees.Take(targets).Select(callee => $"sip:b{number}@{callee.Place}")),
        $"{Invite.Method.ToString().ToUpperInvariant()} sip:placeholder SIP/2.0\r\n" + Sip.Body(""), Fine);

    /// <summary>The application acknowledges the callee's answer.</summary>
    public void AcknowledgeB() => Ask(DialogB, "ACK");

    public void CancelB()
    {
        GaveUp = true;
        if (TransactionB.Length == 0) return;
        board.Application.Cancel(TransactionB, reply =>
        {
            // Answered before it could be given up: then it is hung up.
            if (reply.Verdict == ReplyVerdict.Nok && DialogB.Length > 0) HangUp(DialogB);
        });
    }

    /// <summary>A response to the application's INVITE makes a dialog.</summary>
    public void DialogWithB(string id)
    {
        DialogB = id;
        Live(id);
    }

    public void HangUp(string dialog)
    {
        if (!_over.Contains(dialog)) Ask(dialog, "BYE", _ => Over(dialog));
    }

    /// <summary>A request of the application's in a dialog.</summary>
    public void Ask(string dialog, string method, Action<SipResponse>? heard = null, string body = "", Action? refused = null, string headers = "") =>
        board.Request(this, dialog, $"{method} sip:placeholder SIP/2.0\r\n{headers}" + Sip.Body(body), response =>
        {
            if (response.IsFinal) Finals.Add($"{method} {response.StatusCode}");
            heard?.Invoke(response);
        }, null, refused);

    /// <summary>The application tells a subscriber.</summary>
    public void Notify(string state, Action? done = null) => Ask(DialogA, "NOTIFY", response =>
    {
        if (response.IsFinal) done?.Invoke();
    }, headers: $"Event: presence\r\nSubscription-State: {state}\r\n");

    /// <summary>A new offer of the application's; glare makes it wait.</summary>
    public void Renegotiate(int attempts = 6)
    {
        if (_over.Contains(DialogA)) return;
        void Again()
        {
            if (attempts > 1) After(0, 2, () => Renegotiate(attempts - 1));
        }

        Ask(DialogA, "INVITE", response =>
        {
            if (response.IsSuccess) Ask(DialogA, "ACK");
            else if (response.StatusCode is 491 or 500) Again();
        }, Encoding.ASCII.GetString(Leg.Sdp), Again);
    }

    /// <summary>What else the application is told of this call.</summary>
    public void Told(Frame frame)
    {
        var request = frame.Request!;
        if (frame.IsServerRequest)
        {
            EndedByServer.Add(ReasonValue.TryParse(request.First(SipHeaderId.Reason), out var reason) ? Encoding.UTF8.GetString(reason.Text) : "");
            Over(frame.DialogId);
            return;
        }

        switch (request.Method)
        {
            case SipMethod.Cancel:
                WasCancelled = true;
                if (TransactionB.Length > 0) CancelB();
                break;
            case SipMethod.Ack:
                if (request.CSeq == 1) script.Confirmed(this);
                break;
            case SipMethod.Bye:
                Over(frame.DialogId);
                board.Application.Respond(frame.TransactionId, Sip.Answer(200, request), Fine);
                if (frame.DialogId == DialogA && DialogB.Length > 0) HangUp(DialogB);
                else if (frame.DialogId == DialogB && DialogA.Length > 0) HangUp(DialogA);
                break;
            case SipMethod.Subscribe:
                board.Application.Respond(frame.TransactionId, Sip.Answer(200, request, "Expires: 0\r\n"), Fine);
                Notify("terminated");
                break;
            case SipMethod.Notify:
                Notified.Add(SubscriptionState.TryParse(request.First(SipHeaderId.SubscriptionState), out var state) ? state.Status.ToString() : "?");
                board.Application.Respond(frame.TransactionId, Sip.Answer(200, request), Fine);
                break;
            case SipMethod.Invite or SipMethod.Update:
                board.Application.Respond(frame.TransactionId, Sip.Answer(200, request, "", Encoding.ASCII.GetString(Leg.Sdp)), Fine);
                break;
            default:
                board.Application.Respond(frame.TransactionId, Sip.Answer(200, request), Fine);
                if (request.Method == SipMethod.Prack) script.Pracked(this);
                break;
        }
    }

    private void Live(string dialog)
    {
        if (!_over.Contains(dialog)) board.Living.Add(dialog);
    }

    private void Over(string dialog)
    {
        _over.Add(dialog);
        board.Living.Remove(dialog);
    }

    private void Fine(Frame reply)
    {
        if (reply.Verdict != ReplyVerdict.Ok) Refusals.Add(reply.Text);
    }

    public override string ToString() =>
        $"call {number} {script.Name}: caller {A.Final}, {A.Ended ?? "not ended"}, answers {string.Join(',', A.Answers)}, renegotiated {A.Renegotiated}; "
        + $"callee {(B is null ? "none" : $"{B.Final}, {B.Ended ?? "not ended"}")}, rung {Rung}; notified [{string.Join(';', Notified)}] [{string.Join(';', A.Notified)}]; server ended [{string.Join(';', EndedByServer)}]; "
        + $"finals [{string.Join(';', Finals)}]; refusals [{string.Join(';', Refusals)}]; cancelled {WasCancelled}, gave up {GaveUp}";
}
