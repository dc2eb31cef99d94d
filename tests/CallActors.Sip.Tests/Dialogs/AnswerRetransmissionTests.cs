using CallActors.Sip.Dialogs;
using CallActors.Sip.Tests.Transactions;
using CallActors.Sip.Transactions;
using static CallActors.Sip.Dialogs.AnswerRetransmission;
using static CallActors.Sip.Dialogs.AnswerRetransmission.State;

namespace CallActors.Sip.Tests.Dialogs;

public sealed class AnswerRetransmissionTests
{
    private static readonly AnswerRetransmission Machine = new(Repeats: true, SipTimers.Default);

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(
        Machine,
        new Dictionary<string, State>
        {
            ["Waiting"] = new Waiting(Sample.Answer(Sample.Invite, 200), TimeSpan.FromSeconds(0.5)),
            ["Waiting, slow"] = new Waiting(Sample.Answer(Sample.Invite, 200), TimeSpan.FromSeconds(4)),
            ["Terminated"] = new Terminated(),
        },
        new Dictionary<string, TransactionInput>
        {
            ["ACK"] = Acknowledged.Instance,
            ["Answer"] = TimerFired.Of(TransactionTimer.Answer),
            ["AnswerLimit"] = TimerFired.Of(TransactionTimer.AnswerLimit),
        },
        state => state is Waiting waiting ? $"Waiting {waiting.Interval.TotalSeconds}s" : state.GetType().Name).Check(
    [
        new("Waiting", "Answer", "Waiting 1s", "send 200, start Answer 1s"),
        new("Waiting, slow", "Answer", "Waiting 4s", "send 200, start Answer 4s"),
        .. new[] { "Waiting", "Waiting, slow" }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from, "ACK", "Terminated", "finish Completed"),
            new(from, "AnswerLimit", "Terminated", "finish TimedOut"),
        }),
    ]);

    [Fact]
    public void Over_a_reliable_transport_it_only_waits()
    {
        var machine = Machine with { Repeats = false };
        var start = machine.Start(Sample.Answer(Sample.Invite, 200));
        Assert.Equal("start AnswerLimit 32s", Notation.Of(start.Effects));
        Assert.Empty(machine.Handle(start.State, TimerFired.Of(TransactionTimer.Answer)).Effects);
    }

    [Fact]
    public void Without_an_ack_the_answer_is_repeated_ten_times_in_32_seconds()
    {
        var (state, effects) = Machine.Start(Sample.Answer(Sample.Invite, 200));
        Assert.Equal("start AnswerLimit 32s, start Answer 0.5s", Notation.Of(effects));
        var sent = 0;
        for (var elapsed = TimeSpan.FromSeconds(0.5); elapsed < TimeSpan.FromSeconds(32); sent++)
        {
            (state, effects) = Machine.Handle(state, TimerFired.Of(TransactionTimer.Answer));
            elapsed += ((StartTimer)effects[1]).After;
        }
        Assert.Equal(10, sent);
    }
}
