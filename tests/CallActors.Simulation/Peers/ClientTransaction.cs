using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>A phone's request; watches that one INVITE gets one final response.</summary>
internal sealed class ClientTransaction(Phone phone, SipRequest request, Action<SipResponse> heard, Action<TransactionOutcome>? over) : PhoneTransaction(phone, request)
{
    private SipResponse? _final;

    public TransactionKey Key { get; } = TransactionKey.ForClient(request);

    public void Start()
    {
        var (invites, others) = (new InviteClientTransaction(Phone.IsReliable, SipTimers.Default), new NonInviteClientTransaction(Phone.IsReliable, SipTimers.Default));
        if (Request.Method == SipMethod.Invite) Run(invites.Start(Request), invites.Handle);
        else Run(others.Start(Request), others.Handle);
    }

    public void Receive(SipResponse response)
    {
        if (response.IsFinal)
        {
            _final ??= response;
            if (!_final.Bytes.SequenceEqual(response.Bytes))
                Phone.World.Faults.Add($"two different final responses to one request:\n{_final}\n{response}");
        }

        Handle(new Received(response));
    }

    public void Cancel() => Handle(new Cancel(Request.CancelFor()));

    protected override void Do(TransactionEffect effect)
    {
        switch (effect)
        {
            case PassUp { Message: SipResponse response }: heard(response); break;
            case BeginCancel cancel: Phone.Begin(cancel.Request, static _ => { }); break;
            case Finish finish:
                Phone.Forget(this);
                over?.Invoke(finish.Outcome);
                break;
        }
    }
}
