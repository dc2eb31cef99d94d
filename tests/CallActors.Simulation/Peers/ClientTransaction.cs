using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>A phone's request: performs what the machine asks, and watches that one INVITE gets one final response.</summary>
internal sealed class ClientTransaction(Phone phone, SipRequest request, Action<SipResponse> heard, Action<TransactionOutcome>? over)
{
    private static readonly InviteClientTransaction s_invites = new(IsReliable: false, SipTimers.Default);
    private static readonly NonInviteClientTransaction s_others = new(IsReliable: false, SipTimers.Default);

    private InviteClientTransaction.State? _invite;
    private NonInviteClientTransaction.State? _other;
    private SipResponse? _final;

    public TransactionKey Key { get; } = TransactionKey.ForClient(request);

    public SipRequest Request => request;

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

    public void Receive(SipResponse response)
    {
        if (response.IsFinal)
        {
            _final ??= response;
            if (!_final.Bytes.SequenceEqual(response.Bytes))
                phone.World.Faults.Add($"two different final responses to one request:\n{_final}\n{response}");
        }

        Handle(new Received(response));
    }

    public void Cancel() => Handle(new Cancel(request.CancelFor()));

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
                case PassUp { Message: SipResponse response }: heard(response); break;
                case BeginCancel cancel: phone.Begin(cancel.Request, static _ => { }); break;
                case Finish finish:
                    phone.Forget(this);
                    over?.Invoke(finish.Outcome);
                    break;
            }
        }
    }
}
