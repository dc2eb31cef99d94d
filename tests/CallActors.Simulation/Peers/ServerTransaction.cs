using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>A request that a phone was sent.</summary>
internal sealed class ServerTransaction(Phone phone, SipRequest request)
{
    private static readonly InviteServerTransaction s_invites = new(IsReliable: false, SipTimers.Default);
    private static readonly NonInviteServerTransaction s_others = new(IsReliable: false, SipTimers.Default);

    private InviteServerTransaction.State? _invite;
    private NonInviteServerTransaction.State? _other;

    public TransactionKey Key { get; } = TransactionKey.ForServer(request);

    public SipRequest Request => request;

    /// <summary>Whether a final response was given.</summary>
    public bool IsAnswered { get; private set; }

    public void Start()
    {
        if (request.Method == SipMethod.Invite)
        {
            (_invite, var effects) = s_invites.Start(request);
            Perform(effects);
        }
        else
        {
            (_other, var effects) = s_others.Start(request);
            Perform(effects);
        }
    }

    public void Respond(SipResponse response)
    {
        IsAnswered |= response.IsFinal;
        Handle(new Respond(response));
    }

    /// <summary>The same again, or the ACK for a rejection.</summary>
    public void Repeated(SipRequest again) => Handle(new Retransmitted(again));

    private void Handle(TransactionInput input)
    {
        if (_invite is not null)
        {
            (_invite, var effects) = s_invites.Handle(_invite, input);
            Perform(effects);
        }
        else
        {
            (_other, var effects) = s_others.Handle(_other!, input);
            Perform(effects);
        }
    }

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send send: phone.Send(send.Message); break;
                case StartTimer start: phone.World.After(start.After, () => Handle(start.Fired)); break;
                case Finish: phone.Forget(this); break;
            }
        }
    }
}
