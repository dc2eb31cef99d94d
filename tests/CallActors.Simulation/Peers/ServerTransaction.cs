using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>A request that a phone was sent.</summary>
internal sealed class ServerTransaction(Phone phone, SipRequest request) : PhoneTransaction(phone, request)
{
    public TransactionKey Key { get; } = TransactionKey.ForServer(request);

    /// <summary>Whether a final response was given.</summary>
    public bool IsAnswered { get; private set; }

    public void Start()
    {
        var (invites, others) = (new InviteServerTransaction(Phone.IsReliable, SipTimers.Default), new NonInviteServerTransaction(Phone.IsReliable, SipTimers.Default));
        if (Request.Method == SipMethod.Invite) Run(invites.Start(Request), invites.Handle);
        else Run(others.Start(Request), others.Handle);
    }

    public void Respond(SipResponse response)
    {
        IsAnswered |= response.IsFinal;
        Handle(new Respond(response));
    }

    /// <summary>The same again, or the ACK for a rejection.</summary>
    public void Repeated(SipRequest again) => Handle(new Retransmitted(again));

    protected override void Do(TransactionEffect effect)
    {
        if (effect is Finish) Phone.Forget(this);
    }
}
