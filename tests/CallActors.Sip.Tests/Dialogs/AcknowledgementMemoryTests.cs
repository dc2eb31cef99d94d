using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Tests.Transactions;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Dialogs.AcknowledgementMemory;
using static CallActors.Sip.Dialogs.AcknowledgementMemory.State;

namespace CallActors.Sip.Tests.Dialogs;

public sealed class AcknowledgementMemoryTests
{
    private static readonly AcknowledgementMemory Machine = new(SipTimers.Default);
    private static readonly SipResponse Answer = Sample.Answer(Sample.Invite, 200);

    private static readonly Dictionary<string, State> States = new()
    {
        ["Waiting"] = new Waiting(Answer, []),
        ["Waiting, fork ended"] = new Waiting(Answer, ["fork"]),
        ["Acknowledged"] = new State.Acknowledged(Sample.Ack, []),
        ["Released"] = new Released("bob", []),
        ["Terminated"] = new Terminated(),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["200"] = new Received(Answer),
        ["200 fork"] = new Received(Sample.Answer(Sample.Invite, 200, tag: "fork")),
        ["180"] = new Received(Sample.Answer(Sample.Invite, 180)),
        ["ACK"] = new Acknowledge(Sample.Ack),
        ["abandoned"] = Abandoned.Instance,
        ["wait over"] = TimerFired.Of(TransactionTimer.Acknowledgement),
        ["memory over"] = TimerFired.Of(TransactionTimer.Acknowledgement, 1),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Machine, States, Inputs, Show).Check(
    [
        new("Waiting", "200 fork", "Waiting 1", "acknowledge fork, release fork"),
        new("Waiting, fork ended", "200 fork", "Waiting 1", "acknowledge fork"),
        .. new[] { ("Waiting", ""), ("Waiting, fork ended", " 1") }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from.Item1, "ACK", "Acknowledged" + from.Item2, "send ACK, start Acknowledgement 32s #1"),
            new(from.Item1, "abandoned", "Released" + from.Item2, "acknowledge bob, release bob, start Acknowledgement 32s #1"),
            new(from.Item1, "wait over", "Terminated", "acknowledge bob, release bob, finish TimedOut"),
        }),

        new("Acknowledged", "200", "Acknowledged", "send ACK"),
        new("Acknowledged", "200 fork", "Acknowledged 1", "acknowledge fork, release fork"),
        new("Acknowledged", "memory over", "Terminated", "finish Completed"),

        new("Released", "200", "Released", "acknowledge bob"),
        new("Released", "200 fork", "Released 1", "acknowledge fork, release fork"),
        new("Released", "memory over", "Terminated", "finish Completed"),
    ]);

    [Fact]
    public void Waits_for_the_user_as_long_as_the_peer_repeats_itself() =>
        Assert.Equal("start Acknowledgement 32s", Notation.Of(Machine.Start(Answer).Effects));

    [Fact]
    public void Whatever_happens_each_dialog_but_an_acknowledged_one_is_ended_once() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 40].Sample(inputs =>
        {
            var seen = Traces.Run(Machine, Machine.Start(Answer), inputs);
            var released = seen.OfType<ReleaseAnswer>().Select(effect => Sample.Text(effect.Answer.ToTag)).ToArray();
            var acknowledged = seen.Any(effect => effect is Send);
            return released.Distinct().Count() == released.Length && !(acknowledged && released.Contains("bob")) && Traces.EndsOnce(seen);
        });

    private static string Show(State state) => state.GetType().Name + (state.Surplus.Length == 0 ? "" : $" {state.Surplus.Length}");
}
