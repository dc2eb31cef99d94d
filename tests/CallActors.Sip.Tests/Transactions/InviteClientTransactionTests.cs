using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Transactions.InviteClientTransaction;
using static CallActors.Sip.Transactions.InviteClientTransaction.State;

namespace CallActors.Sip.Tests.Transactions;

public sealed class InviteClientTransactionTests
{
    private static readonly SipRequest Invite = Sample.Invite;
    private static readonly SipRequest CancelRequest = Invite.CancelFor();
    private static readonly TimeSpan T1 = SipTimers.Default.T1;
    private static readonly InviteClientTransaction Unreliable = new(IsReliable: false, SipTimers.Default);
    private static readonly InviteClientTransaction Reliable = new(IsReliable: true, SipTimers.Default);

    private static readonly Dictionary<string, State> States = new()
    {
        ["Calling"] = new Calling(Invite, T1),
        ["Calling, CANCEL held"] = new Calling(Invite, T1, CancelRequest),
        ["Proceeding"] = new Proceeding(Invite, 1),
        ["Proceeding, Cancelled"] = new Proceeding(Invite, 1, TransactionOutcome.Cancelled),
        ["Proceeding, TimedOut"] = new Proceeding(Invite, 1, TransactionOutcome.TimedOut),
        ["Completed"] = new Completed(Sample.Ack),
        ["Accepted"] = new Accepted(),
        ["Terminated"] = new Terminated(),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["100"] = Got(100),
        ["180"] = Got(180),
        ["200"] = Got(200),
        ["202"] = Got(202),
        ["302"] = Got(302),
        ["486"] = Got(486),
        ["A"] = TimerFired.Of(TransactionTimer.A),
        ["B"] = TimerFired.Of(TransactionTimer.B),
        ["C"] = TimerFired.Of(TransactionTimer.C, 1),
        ["late C"] = TimerFired.Of(TransactionTimer.C, 0),
        ["D"] = TimerFired.Of(TransactionTimer.D),
        ["M"] = TimerFired.Of(TransactionTimer.M),
        ["Cancelling"] = TimerFired.Of(TransactionTimer.Cancelling),
        ["CANCEL"] = new Cancel(CancelRequest),
        ["failure"] = new SendFailed("no route"),
        ["ACK"] = new Retransmitted(Sample.Ack),
        ["respond"] = new Respond(Sample.Answer(Invite, 200)),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Unreliable, States, Inputs, Show).Check(
    [
        new("Calling", "A", "Calling 1s", "send INVITE, start A 1s"),
        new("Calling", "B", "Terminated", "finish TimedOut"),
        new("Calling", "100", "Proceeding #1", "start C 185s #1"),
        new("Calling", "180", "Proceeding #1", "pass 180, start C 185s #1"),
        new("Calling", "200", "Accepted", "pass 200, start M 32s"),
        new("Calling", "202", "Accepted", "pass 202, start M 32s"),
        new("Calling", "302", "Completed", "send ACK, pass 302, start D 32s"),
        new("Calling", "486", "Completed", "send ACK, pass 486, start D 32s"),
        new("Calling", "CANCEL", "Calling 0.5s, CANCEL held"),
        new("Calling", "failure", "Terminated", "finish SendFailed"),

        new("Calling, CANCEL held", "A", "Calling 1s, CANCEL held", "send INVITE, start A 1s"),
        new("Calling, CANCEL held", "B", "Terminated", "finish TimedOut"),
        new("Calling, CANCEL held", "100", "Proceeding #0, Cancelled", "begin CANCEL, start Cancelling 32s"),
        new("Calling, CANCEL held", "180", "Proceeding #0, Cancelled", "pass 180, begin CANCEL, start Cancelling 32s"),
        new("Calling, CANCEL held", "200", "Accepted", "pass 200, start M 32s"),
        new("Calling, CANCEL held", "202", "Accepted", "pass 202, start M 32s"),
        new("Calling, CANCEL held", "302", "Completed", "send ACK, pass 302, start D 32s"),
        new("Calling, CANCEL held", "486", "Completed", "send ACK, pass 486, start D 32s"),
        new("Calling, CANCEL held", "failure", "Terminated", "finish SendFailed"),

        new("Proceeding", "100", "Proceeding #2", "start C 185s #2"),
        new("Proceeding", "180", "Proceeding #2", "pass 180, start C 185s #2"),
        new("Proceeding", "200", "Accepted", "pass 200, start M 32s"),
        new("Proceeding", "202", "Accepted", "pass 202, start M 32s"),
        new("Proceeding", "302", "Completed", "send ACK, pass 302, start D 32s"),
        new("Proceeding", "486", "Completed", "send ACK, pass 486, start D 32s"),
        new("Proceeding", "C", "Proceeding #1, TimedOut", "begin CANCEL, start Cancelling 32s"),
        new("Proceeding", "CANCEL", "Proceeding #1, Cancelled", "begin CANCEL, start Cancelling 32s"),

        .. new[] { "Cancelled", "TimedOut" }.SelectMany(outcome => new Figure<State>.Arrow[]
        {
            new($"Proceeding, {outcome}", "180", $"Proceeding #1, {outcome}", "pass 180"),
            new($"Proceeding, {outcome}", "200", "Accepted", "pass 200, start M 32s"),
            new($"Proceeding, {outcome}", "202", "Accepted", "pass 202, start M 32s"),
            new($"Proceeding, {outcome}", "302", "Completed", "send ACK, pass 302, start D 32s"),
            new($"Proceeding, {outcome}", "486", "Completed", "send ACK, pass 486, start D 32s"),
            new($"Proceeding, {outcome}", "Cancelling", "Terminated", $"finish {outcome}"),
        }),

        new("Completed", "302", "Completed", "send ACK"),
        new("Completed", "486", "Completed", "send ACK"),
        new("Completed", "D", "Terminated", "finish Completed"),
        new("Completed", "failure", "Terminated", "finish SendFailed"),

        new("Accepted", "200", "Accepted", "pass 200"),
        new("Accepted", "202", "Accepted", "pass 202"),
        new("Accepted", "M", "Terminated", "finish Completed"),
    ]);

    [Fact]
    public void Starts_by_sending_the_invite()
    {
        Assert.Equal("send INVITE, start B 32s, start A 0.5s", Notation.Of(Unreliable.Start(Invite).Effects));
        Assert.Equal("send INVITE, start B 32s", Notation.Of(Reliable.Start(Invite).Effects));
    }

    [Fact]
    public void Sends_an_unanswered_invite_seven_times()
    {
        var state = Unreliable.Start(Invite).State;
        var waits = new List<double>();
        for (var elapsed = T1; elapsed < TimeSpan.FromSeconds(32); elapsed += waits[^1] * TimeSpan.FromSeconds(1))
        {
            var step = Unreliable.Handle(state, TimerFired.Of(TransactionTimer.A));
            state = step.State;
            waits.Add(Assert.IsType<StartTimer>(step.Effects[1]).After.TotalSeconds);
        }
        Assert.Equal([1, 2, 4, 8, 16, 32], waits);
    }

    [Fact]
    public void Over_a_reliable_transport_a_rejection_ends_it_at_once_and_nothing_is_repeated()
    {
        var calling = Reliable.Start(Invite).State;
        Assert.Empty(Reliable.Handle(calling, TimerFired.Of(TransactionTimer.A)).Effects);
        Assert.Equal("send ACK, pass 486, finish Completed", Notation.Of(Reliable.Handle(calling, Got(486)).Effects));
    }

    [Fact]
    public void The_ack_for_a_rejection_has_the_branch_of_the_invite_and_the_tag_of_the_rejection()
    {
        var step = Unreliable.Handle(new Calling(Invite, T1), Got(486));
        var ack = Assert.IsType<SipRequest>(Assert.IsType<Send>(step.Effects[0]).Message);
        Assert.Equal("z9hG4bKbranch", Sample.Text(ack.Branch));
        Assert.Equal("bob", Sample.Text(ack.ToTag));
        Assert.Equal(1u, ack.CSeq);
    }

    [Fact]
    public void A_user_who_wants_the_100_gets_it()
    {
        var machine = Unreliable with { PassesTrying = true };
        Assert.Equal("pass 100, start C 185s #1", Notation.Of(machine.Handle(new Calling(Invite, T1), Got(100)).Effects));
    }

    [Fact]
    public void Without_a_limit_to_ringing_none_is_set()
    {
        var timers = new SipTimers(T1, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(32)) { C = null };
        var machine = new InviteClientTransaction(IsReliable: false, timers);
        Assert.Equal("pass 180", Notation.Of(machine.Handle(new Calling(Invite, T1), Got(180)).Effects));
    }

    [Fact]
    public void Whatever_happens_the_user_hears_of_one_end_and_nothing_after_it() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 40].Select(Gen.Bool).Sample(sample =>
        {
            var (inputs, isReliable) = sample;
            var machine = isReliable ? Reliable : Unreliable;
            var seen = Traces.Run(machine, machine.Start(Invite), inputs);
            return Traces.EndsOnce(seen) && Traces.FinalsPassedUp(seen, status => status >= 300) <= 1;
        });

    [Fact]
    public void Whatever_happens_a_cancel_is_begun_once_at_most_and_only_after_a_provisional_response() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 40].Sample(inputs =>
        {
            var seen = Traces.Run(Unreliable, Unreliable.Start(Invite), inputs);
            var begun = seen.Count(effect => effect is BeginCancel);
            return begun == 0 || (begun == 1 && inputs.Any(input => input is Received { Response.IsProvisional: true }));
        });

    private static Received Got(int status) => new(Sample.Answer(Invite, status));

    private static string Show(State state) => state switch
    {
        Calling calling => $"Calling {calling.Interval.TotalSeconds}s" + (calling.Cancel is null ? "" : ", CANCEL held"),
        Proceeding proceeding => $"Proceeding #{proceeding.Turn}" + (proceeding.GivenUp is { } outcome ? $", {outcome}" : ""),
        _ => state.GetType().Name,
    };
}
