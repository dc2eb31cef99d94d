using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Tests.Transactions;

/// <summary>What a transaction costs apart from its messages: figures that must not grow unseen.</summary>
public sealed class TransactionCostTests
{
    private static readonly SipResponse Ringing = Sample.Answer(Sample.Invite, 180);
    private static readonly SipResponse Answer = Sample.Answer(Sample.Invite, 200);

    [Fact]
    public void An_invite_sent_rung_and_answered_allocates_at_most_440_bytes()
    {
        var machine = new InviteClientTransaction(IsReliable: false, SipTimers.Default);
        Assert.InRange(Cost(() =>
        {
            var (state, _) = machine.Start(Sample.Invite);
            (state, _) = machine.Handle(state, new Received(Ringing));
            (state, _) = machine.Handle(state, new Received(Answer));
            machine.Handle(state, TimerFired.Of(TransactionTimer.M));
        }), 0, 440);
    }

    [Fact]
    public void An_invite_received_rung_and_answered_allocates_at_most_300_bytes_beside_its_100()
    {
        var machine = new InviteServerTransaction(IsReliable: false, SipTimers.Default, SendsTrying: false);
        Assert.InRange(Cost(() =>
        {
            var (state, _) = machine.Start(Sample.Invite);
            (state, _) = machine.Handle(state, new Respond(Ringing));
            (state, _) = machine.Handle(state, new Respond(Answer));
            machine.Handle(state, TimerFired.Of(TransactionTimer.L));
        }), 0, 300);
    }

    private static long Cost(Action transaction)
    {
        transaction();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) transaction();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
    }
}
