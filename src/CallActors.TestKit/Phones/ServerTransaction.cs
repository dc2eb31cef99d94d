using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>A request that a phone was sent: performs what the machine asks.</summary>
internal sealed class ServerTransaction(Phone phone, SipRequest request, Hop hop)
{
    private readonly InviteServerTransaction _invites = new(hop.IsReliable, SipTimers.Default, phone.SendsTrying);
    private readonly NonInviteServerTransaction _others = new(hop.IsReliable, SipTimers.Default);
    private InviteServerTransaction.State? _invite;
    private NonInviteServerTransaction.State? _other;

    public TransactionKey Key { get; } = TransactionKey.ForServer(request);

    public Phone Phone => phone;

    public Hop Hop => hop;

    public SipRequest Request => request;

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
                case Send send: phone.Line.Send(send.Message.Bytes, hop); break;
                case StartTimer start: phone.Net.After(start.After, () => Handle(start.Fired)); break;
                case Finish: phone.Exchanges.Forget(this); break;
            }
        }
    }
}
