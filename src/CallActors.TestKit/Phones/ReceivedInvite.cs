using System.Collections.Immutable;
using System.Globalization;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>An INVITE that a phone was sent: the first of a call, or one within it. Repeats reliable 1xx and 2xx until they are acknowledged.</summary>
public sealed class ReceivedInvite : ReceivedRequest
{
    private const uint FirstRSeq = 100;
    private static readonly ReliableProvisionals s_reliable = new(SipTimers.Default);

    private readonly AnswerRetransmission _answers;
    private readonly Queue<ReceivedRequest> _pracks = [];
    private readonly Queue<SipRequest> _acks = [];
    private ReliableProvisionals.State? _reliable;
    private AnswerRetransmission.State? _answer;
    private ReceivedRequest? _prack;
    private ReceivedRequest? _cancel;
    private bool _isUnacknowledged;

    internal ReceivedInvite(ServerTransaction transaction, PhoneDialog? dialog)
        : base(transaction, dialog) => _answers = new AnswerRetransmission(!transaction.Hop.IsReliable, SipTimers.Default);

    /// <summary>The CANCEL that was expected; null before.</summary>
    public SipRequest? Cancel { get; private set; }

    /// <summary>The ACK that was expected last; null before.</summary>
    public SipRequest? Ack { get; private set; }

    /// <summary>Answers with 180, or another provisional status.</summary>
    public ReceivedInvite Rings(int status = 180, PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Respond(status, body, headers);
        return this;
    }

    /// <summary>Answers with a provisional response that is repeated until its PRACK comes (RFC 3262).</summary>
    public ReceivedInvite RingsReliably(int status = 180, PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        _reliable ??= ReliableProvisionals.Start(FirstRSeq);
        var rseq = _reliable.NextRSeq.ToString(CultureInfo.InvariantCulture);
        var response = Compose(status, body, [("Require", "100rel"), ("RSeq", rseq), .. headers ?? []]);
        Handle(new RespondReliably(response));
        return this;
    }

    /// <summary>Expects the PRACK for <see cref="RingsReliably"/> and answers it with 200.</summary>
    /// <param name="body">The body of the 200.</param>
    public ReceivedInvite ReceivesPrack(PhoneBody? body = null)
    {
        TakesPrack().Respond(200, body);
        return this;
    }

    /// <summary>Expects the PRACK and leaves the answer to the script.</summary>
    public ReceivedRequest TakesPrack()
    {
        Expect(() => _pracks.Count > 0, "PRACK");
        return _pracks.Dequeue();
    }

    /// <summary>Answers with 200, which is repeated until the ACK comes.</summary>
    /// <param name="body">The answer; null for the phone's <see cref="TestKit.Phone.Sdp"/>, <see cref="PhoneBody.None"/> for none.</param>
    /// <param name="headers">More fields, or other values for those the phone writes; a null value leaves a field out.</param>
    public ReceivedInvite Answers(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Respond(200, body ?? Phone.Sdp, headers);
        return this;
    }

    /// <summary>Expects the ACK for the 200.</summary>
    public ReceivedInvite ReceivesAck()
    {
        Expect(() => _acks.Count > 0, "ACK");
        Ack = _acks.Dequeue();
        return this;
    }

    /// <summary>Expects that the 200 is repeated for 32 s and never acknowledged.</summary>
    public ReceivedInvite ReceivesNoAck()
    {
        if (!Phone.Net.Holds(() => _isUnacknowledged || _acks.Count > 0) || _acks.Count > 0) throw Phone.Net.Fault($"{Phone.Name} expected no ACK for INVITE {Request.CSeq}, got one.");
        return this;
    }

    /// <summary>Expects CANCEL; answers it with 200 and the INVITE with 487.</summary>
    /// <param name="answers">False leaves both answers to the script, and gives the CANCEL 200 only.</param>
    public ReceivedInvite ReceivesCancel(bool answers = true)
    {
        Expect(() => _cancel is not null, "CANCEL");
        Cancel = _cancel!.Request;
        _cancel.Respond(200);
        if (answers && Status < 200) Respond(487);
        return this;
    }

    /// <summary>Whether a CANCEL has come, expected or not.</summary>
    public bool IsCancelled => _cancel is not null;

    internal override void Give(SipResponse response)
    {
        if (_reliable is not null) Handle(new Respond(response));
        else Reply(response);
    }

    internal void Cancelled(ReceivedRequest cancel) => _cancel = cancel;

    internal bool Acknowledged(SipRequest ack)
    {
        // An ACK that comes again is for a 2xx that crossed the first.
        if (_answer is null) return false;
        if (_answer is AnswerRetransmission.State.Waiting) _acks.Enqueue(ack);
        _answer = _answers.Handle(_answer, CallActors.Sip.Dialogs.Acknowledged.Instance).State;
        return true;
    }

    internal bool Confirmed(ReceivedRequest prack)
    {
        if (_reliable is null) return false;
        _prack = prack;
        Handle(new PrackReceived(prack.Request));
        return true;
    }

    /// <summary>Another who answers the same INVITE, as a proxy that forks has them.</summary>
    internal ReceivedInvite Fork() => new(Transaction, null);

    private void Expect(Func<bool> came, string what)
    {
        if (!Phone.Net.Holds(came)) throw Phone.Net.Fault($"{Phone.Name} expected {what} for INVITE {Request.CSeq}, but none came within {Phone.Net.Options.Patience.TotalSeconds:0.#} s.");
    }

    private void Reply(SipResponse response)
    {
        base.Give(response);
        if (!response.IsSuccess) return;
        Dialog?.Keep(this);
        (_answer, var effects) = _answers.Start(response);
        Perform(effects);
    }

    private void Handle(TransactionInput input)
    {
        (_reliable, var effects) = s_reliable.Handle(_reliable!, input);
        Perform(effects);
    }

    private void Fired(TimerFired fired)
    {
        if (fired.Timer is TransactionTimer.Provisional or TransactionTimer.ProvisionalLimit)
        {
            if (_reliable is not null) Handle(fired);
            return;
        }

        (_answer, var effects) = _answers.Handle(_answer!, fired);
        Perform(effects);
    }

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send send: Phone.Line.Send(send.Message.Bytes, Transaction.Hop); break;
                case Reply reply: Reply(reply.Response); break;
                case PassUp: _pracks.Enqueue(_prack!); break;
                case AnswerRequest answer: _prack!.Respond(answer.Status); break;
                case StartTimer start: Phone.Net.After(start.After, () => Fired(start.Fired)); break;
                case Finish when _reliable is ReliableProvisionals.State.Terminated: _reliable = null; break;
                case Finish { Outcome: TransactionOutcome.TimedOut }: _isUnacknowledged = true; break;
            }
        }
    }
}
