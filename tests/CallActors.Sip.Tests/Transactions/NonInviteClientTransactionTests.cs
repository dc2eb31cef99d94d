using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Transactions.NonInviteClientTransaction;
using static CallActors.Sip.Transactions.NonInviteClientTransaction.State;

namespace CallActors.Sip.Tests.Transactions;

public sealed class NonInviteClientTransactionTests
{
    private static readonly SipRequest Options = Sample.Options;
    private static readonly NonInviteClientTransaction Unreliable = new(IsReliable: false, SipTimers.Default);
    private static readonly NonInviteClientTransaction Reliable = new(IsReliable: true, SipTimers.Default);

    private static readonly Dictionary<string, State> States = new()
    {
        ["Trying"] = new Trying(Options, TimeSpan.FromSeconds(0.5)),
        ["Trying, slow"] = new Trying(Options, TimeSpan.FromSeconds(4)),
        ["Proceeding"] = new Proceeding(Options),
        ["Completed"] = new Completed(),
        ["Terminated"] = new Terminated(),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["100"] = Got(100),
        ["180"] = Got(180),
        ["200"] = Got(200),
        ["404"] = Got(404),
        ["E"] = TimerFired.Of(TransactionTimer.E),
        ["F"] = TimerFired.Of(TransactionTimer.F),
        ["K"] = TimerFired.Of(TransactionTimer.K),
        ["CANCEL"] = new Cancel(Options),
        ["failure"] = new SendFailed("no route"),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Unreliable, States, Inputs, Show).Check(
    [
        new("Trying", "E", "Trying 1s", "send OPTIONS, start E 1s"),
        new("Trying, slow", "E", "Trying 4s", "send OPTIONS, start E 4s"),
        .. new[] { "Trying", "Trying, slow", "Proceeding" }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from, "F", "Terminated", "finish TimedOut"),
            new(from, "100", "Proceeding"),
            new(from, "180", "Proceeding", "pass 180"),
            new(from, "200", "Completed", "pass 200, start K 5s"),
            new(from, "404", "Completed", "pass 404, start K 5s"),
            new(from, "failure", "Terminated", "finish SendFailed"),
        }),
        new("Proceeding", "E", "Proceeding", "send OPTIONS, start E 4s"),
        new("Completed", "K", "Terminated", "finish Completed"),
    ]);

    [Fact]
    public void Sends_an_unanswered_request_eleven_times()
    {
        var (state, effects) = Unreliable.Start(Options);
        var sent = 0;
        var elapsed = TimeSpan.Zero;
        while (elapsed < SipTimers.Default.T1x64)
        {
            sent += effects.Count(effect => effect is Send);
            elapsed += effects.OfType<StartTimer>().Single(start => start.Timer == TransactionTimer.E).After;
            (state, effects) = Unreliable.Handle(state, TimerFired.Of(TransactionTimer.E));
        }
        Assert.Equal(11, sent);
    }

    [Fact]
    public void Over_a_reliable_transport_the_final_response_ends_it_at_once()
    {
        var start = Reliable.Start(Options);
        Assert.Equal("send OPTIONS, start F 32s", Notation.Of(start.Effects));
        Assert.Empty(Reliable.Handle(start.State, TimerFired.Of(TransactionTimer.E)).Effects);
        Assert.Equal("pass 200, finish Completed", Notation.Of(Reliable.Handle(start.State, Got(200)).Effects));
    }

    [Fact]
    public void Whatever_happens_the_user_hears_of_one_end_and_one_final_response() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 40].Select(Gen.Bool).Sample(sample =>
        {
            var (inputs, isReliable) = sample;
            var machine = isReliable ? Reliable : Unreliable;
            var seen = Traces.Run(machine, machine.Start(Options), inputs);
            return Traces.EndsOnce(seen) && Traces.FinalsPassedUp(seen, status => status >= 200) <= 1;
        });

    private static Received Got(int status) => new(Sample.Answer(Options, status));

    private static string Show(State state) => state is Trying trying ? $"Trying {trying.Interval.TotalSeconds}s" : state.GetType().Name;
}
