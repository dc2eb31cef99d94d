using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>A request of a phone's: performs what the machine asks.</summary>
internal sealed class ClientTransaction(Phone phone, SipRequest request, Hop hop, Action<SipResponse> heard, Action<TransactionOutcome> over)
{
    private readonly InviteClientTransaction _invites = new(hop.IsReliable, SipTimers.Default, PassesTrying: true);
    private readonly NonInviteClientTransaction _others = new(hop.IsReliable, SipTimers.Default, PassesTrying: true);
    private InviteClientTransaction.State? _invite;
    private NonInviteClientTransaction.State? _other;

    public TransactionKey Key { get; } = TransactionKey.ForClient(request);

    public void Start()
    {
        if (request.Method == SipMethod.Invite)
        {
            (_invite, var effects) = _invites.Start(request);
            Perform(effects);
        }
        else
        {
            (_other, var effects) = _others.Start(request);
            Perform(effects);
        }
    }

    public void Handle(TransactionInput input)
    {
        if (_invite is not null)
        {
            (_invite, var effects) = _invites.Handle(_invite, input);
            Perform(effects);
        }
        else
        {
            (_other, var effects) = _others.Handle(_other!, input);
            Perform(effects);
        }
    }

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send { Message: SipRequest { Method: SipMethod.Ack } } when !phone.AcksRejections: break;
                case Send send: phone.Line.Send(send.Message.Bytes, hop); break;
                case StartTimer start: phone.Net.After(start.After, () => Handle(start.Fired)); break;
                case PassUp { Message: SipResponse response }: heard(response); break;
                case BeginCancel cancel: phone.Exchanges.Begin(cancel.Request, hop, static _ => { }, static _ => { }); break;
                case Finish finish:
                    phone.Exchanges.Forget(this);
                    over(finish.Outcome);
                    break;
            }
        }
    }
}
