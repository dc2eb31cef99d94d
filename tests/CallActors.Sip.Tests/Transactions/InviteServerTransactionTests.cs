using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Transactions.InviteServerTransaction;
using static CallActors.Sip.Transactions.InviteServerTransaction.State;

namespace CallActors.Sip.Tests.Transactions;

public sealed class InviteServerTransactionTests
{
    private static readonly SipRequest Invite = Sample.Invite;
    private static readonly InviteServerTransaction Unreliable = new(IsReliable: false, SipTimers.Default);
    private static readonly InviteServerTransaction Reliable = new(IsReliable: true, SipTimers.Default);

    private static readonly Dictionary<string, State> States = new()
    {
        ["Proceeding, silent"] = new Proceeding(null),
        ["Proceeding"] = new Proceeding(Sample.Answer(Invite, 180)),
        ["Completed"] = new Completed(Sample.Answer(Invite, 486), TimeSpan.FromSeconds(0.5)),
        ["Completed, slow"] = new Completed(Sample.Answer(Invite, 486), TimeSpan.FromSeconds(4)),
        ["Confirmed"] = new Confirmed(),
        ["Accepted"] = new Accepted(),
        ["Terminated"] = new Terminated(),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["INVITE"] = new Retransmitted(Invite),
        ["ACK"] = new Retransmitted(Sample.Ack),
        ["183"] = Say(183),
        ["200"] = Say(200),
        ["202"] = Say(202),
        ["302"] = Say(302),
        ["603"] = Say(603),
        ["G"] = TimerFired.Of(TransactionTimer.G),
        ["H"] = TimerFired.Of(TransactionTimer.H),
        ["I"] = TimerFired.Of(TransactionTimer.I),
        ["L"] = TimerFired.Of(TransactionTimer.L),
        ["failure"] = new SendFailed("closed"),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Unreliable, States, Inputs, Show).Check(
    [
        .. new[] { "Proceeding, silent", "Proceeding" }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from, "183", "Proceeding 183", "send 183"),
            new(from, "200", "Accepted", "send 200, start L 32s"),
            new(from, "202", "Accepted", "send 202, start L 32s"),
            new(from, "302", "Completed 0.5s", "send 302, start H 32s, start G 0.5s"),
            new(from, "603", "Completed 0.5s", "send 603, start H 32s, start G 0.5s"),
            new(from, "failure", "Terminated", "finish SendFailed"),
        }),
        new("Proceeding", "INVITE", "Proceeding 180", "send 180"),

        new("Completed", "G", "Completed 1s", "send 486, start G 1s"),
        new("Completed, slow", "G", "Completed 4s", "send 486, start G 4s"),
        .. new[] { ("Completed", "0.5s"), ("Completed, slow", "4s") }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from.Item1, "INVITE", $"Completed {from.Item2}", "send 486"),
            new(from.Item1, "ACK", "Confirmed", "start I 5s"),
            new(from.Item1, "H", "Terminated", "finish TimedOut"),
            new(from.Item1, "failure", "Terminated", "finish SendFailed"),
        }),
        new("Confirmed", "I", "Terminated", "finish Completed"),

        new("Accepted", "200", "Accepted", "send 200"),
        new("Accepted", "202", "Accepted", "send 202"),
        new("Accepted", "ACK", "Accepted", "pass ACK"),
        new("Accepted", "L", "Terminated", "finish Completed"),
    ]);

    [Fact]
    public void Starts_with_a_100_unless_told_not_to()
    {
        var start = Unreliable.Start(Invite);
        Assert.Equal("send 100", Notation.Of(start.Effects));
        Assert.Equal("send 100", Notation.Of(Unreliable.Handle(start.State, Inputs["INVITE"]).Effects));

        var silent = Unreliable with { SendsTrying = false };
        Assert.Empty(silent.Start(Invite).Effects);
    }

    [Fact]
    public void Over_a_reliable_transport_a_rejection_is_not_repeated_and_its_ack_ends_it()
    {
        var rejected = Reliable.Handle(States["Proceeding"], Say(486));
        Assert.Equal("send 486, start H 32s", Notation.Of(rejected.Effects));
        Assert.Empty(Reliable.Handle(rejected.State, Inputs["G"]).Effects);
        Assert.Equal("finish Completed", Notation.Of(Reliable.Handle(rejected.State, Inputs["ACK"]).Effects));
    }

    [Fact]
    public void A_rejection_nobody_acknowledges_is_sent_eleven_times()
    {
        var (state, effects) = Unreliable.Handle(States["Proceeding"], Say(486));
        var sent = 0;
        for (var elapsed = TimeSpan.Zero; elapsed < SipTimers.Default.T1x64;)
        {
            sent++;
            elapsed += effects.OfType<StartTimer>().Single(start => start.Timer == TransactionTimer.G).After;
            (state, effects) = Unreliable.Handle(state, Inputs["G"]);
        }
        Assert.Equal(11, sent);
    }

    [Fact]
    public void Whatever_happens_there_is_one_end_and_one_final_status() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 40].Select(Gen.Bool).Sample(sample =>
        {
            var (inputs, isReliable) = sample;
            var machine = isReliable ? Reliable : Unreliable;
            var seen = Traces.Run(machine, machine.Start(Invite), inputs);
            var classes = seen.OfType<Send>().Select(send => ((SipResponse)send.Message).StatusCode).Where(status => status >= 200).Select(status => status >= 300);
            return Traces.EndsOnce(seen) && classes.Distinct().Count() <= 1;
        });

    private static Respond Say(int status) => new(Sample.Answer(Invite, status));

    private static string Show(State state) => state switch
    {
        Proceeding proceeding => "Proceeding" + (proceeding.Last is { } last ? $" {last.StatusCode}" : ""),
        Completed completed => $"Completed {completed.Interval.TotalSeconds}s",
        _ => state.GetType().Name,
    };
}
