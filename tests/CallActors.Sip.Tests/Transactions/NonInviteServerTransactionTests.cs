using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Transactions.NonInviteServerTransaction;
using static CallActors.Sip.Transactions.NonInviteServerTransaction.State;

namespace CallActors.Sip.Tests.Transactions;

public sealed class NonInviteServerTransactionTests
{
    private static readonly SipRequest Options = Sample.Options;
    private static readonly NonInviteServerTransaction Unreliable = new(IsReliable: false, SipTimers.Default);
    private static readonly NonInviteServerTransaction Reliable = new(IsReliable: true, SipTimers.Default);

    private static readonly Dictionary<string, State> States = new()
    {
        ["Trying"] = new Trying(Options),
        ["Proceeding"] = new Proceeding(Sample.Answer(Options, 100)),
        ["Proceeding, late"] = new Proceeding(Sample.Answer(Options, 100), IsLate: true),
        ["Silent"] = new Silent(IsLate: false),
        ["Silent, late"] = new Silent(IsLate: true),
        ["Completed"] = new Completed(Sample.Answer(Options, 200)),
        ["Terminated"] = new Terminated(),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["again"] = new Retransmitted(Options),
        ["100"] = Say(100),
        ["180"] = Say(180),
        ["200"] = Say(200),
        ["408"] = Say(408),
        ["500"] = Say(500),
        ["due"] = TimerFired.Of(TransactionTimer.TryingDue),
        ["F"] = TimerFired.Of(TransactionTimer.F),
        ["J"] = TimerFired.Of(TransactionTimer.J),
        ["failure"] = new SendFailed("closed"),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Unreliable, States, Inputs, Show).Check(
    [
        new("Trying", "due", "Proceeding, late", "send 100, start F 28.5s"),
        new("Proceeding", "due", "Proceeding, late", "start F 28.5s"),
        new("Silent", "due", "Silent, late", "start F 28.5s"),

        new("Proceeding, late", "100", "Proceeding, late", "send 100"),
        new("Trying", "408", "Silent"),
        new("Proceeding", "408", "Silent"),
        new("Proceeding, late", "408", "Silent, late"),
        new("Proceeding", "again", "Proceeding", "send 100"),
        new("Proceeding, late", "again", "Proceeding, late", "send 100"),
        .. new[] { "Trying", "Proceeding", "Proceeding, late" }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from, "200", "Completed", "send 200, start J 32s"),
            new(from, "500", "Completed", "send 500, start J 32s"),
            new(from, "failure", "Terminated", "finish SendFailed"),
        }),
        .. new[] { "Trying", "Proceeding", "Proceeding, late", "Silent", "Silent, late" }.Select(from =>
            new Figure<State>.Arrow(from, "F", "Terminated", "finish TimedOut")),

        new("Completed", "again", "Completed", "send 200"),
        new("Completed", "J", "Terminated", "finish Completed"),
        new("Completed", "failure", "Terminated", "finish SendFailed"),
    ]);

    [Fact]
    public void Owes_the_100_three_and_a_half_seconds_after_the_request() =>
        Assert.Equal("start TryingDue 3.5s", Notation.Of(Unreliable.Start(Options).Effects));

    [Fact]
    public void Over_a_reliable_transport_a_100_may_go_at_once_and_the_final_response_ends_it()
    {
        var trying = Reliable.Start(Options).State;
        Assert.Equal("send 100", Notation.Of(Reliable.Handle(trying, Say(100)).Effects));
        Assert.Equal("send 200, finish Completed", Notation.Of(Reliable.Handle(trying, Say(200)).Effects));
    }

    [Fact]
    public void Sends_a_408_only_where_that_is_allowed()
    {
        var machine = Unreliable with { MaySendTimeout = true };
        Assert.Equal("send 408, start J 32s", Notation.Of(machine.Handle(new Trying(Options), Say(408)).Effects));
    }

    [Fact]
    public void Whatever_happens_there_is_one_end_and_nothing_that_RFC_4320_forbids() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 40].Select(Gen.Bool).Sample(sample =>
        {
            var (inputs, isReliable) = sample;
            var machine = isReliable ? Reliable : Unreliable;
            var seen = Traces.Run(machine, machine.Start(Options), inputs);
            var sent = seen.OfType<Send>().Select(send => ((SipResponse)send.Message).StatusCode).ToArray();
            return Traces.EndsOnce(seen) && !sent.Contains(408) && !sent.Contains(180) && sent.Where(status => status >= 200).Distinct().Count() <= 1;
        });

    private static Respond Say(int status) => new(Sample.Answer(Options, status));

    private static string Show(State state) => state switch
    {
        Proceeding proceeding => "Proceeding" + (proceeding.IsLate ? ", late" : ""),
        Silent silent => "Silent" + (silent.IsLate ? ", late" : ""),
        _ => state.GetType().Name,
    };
}
