using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Tests.Transactions;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Dialogs.ReliableProvisionals;
using static CallActors.Sip.Dialogs.ReliableProvisionals.State;

namespace CallActors.Sip.Tests.Dialogs;

public sealed class ReliableProvisionalsTests
{
    private static readonly ReliableProvisionals Machine = new(SipTimers.Default);
    private static readonly TimeSpan T1 = SipTimers.Default.T1;
    private static readonly Promise Plain = Promised(180, 11);
    private static readonly Promise Described = Promised(183, 11, Sample.Sdp);
    private static readonly SipResponse Answer = Sample.Answer(Sample.Invite, 200);

    private static readonly Dictionary<string, State> States = new()
    {
        ["Idle"] = new Idle(11),
        ["Waiting"] = new Waiting(Plain, T1, [], null, 12),
        ["Waiting, described"] = new Waiting(Described, T1, [], null, 12),
        ["Waiting, queue"] = new Waiting(Plain, T1, [Promised(183, 12, Sample.Sdp)], null, 13),
        ["Waiting, 2xx held"] = new Waiting(Described, T1, [], Answer, 12),
        ["Waiting, queue and 2xx held"] = new Waiting(Described, T1, [Promised(182, 12)], Answer, 13),
        ["Waiting, described queue and 2xx held"] = new Waiting(Described, T1, [Promised(183, 12, Sample.Sdp)], Answer, 13),
        ["Waiting, automatic"] = new Waiting(Plain with { IsAutomatic = true }, T1, [], null, 12),
        ["Answered"] = new Answered(Plain, 12),
        ["Terminated"] = new Terminated(),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["reliable 183"] = new RespondReliably(Sample.Answer(Sample.Invite, 183)),
        ["180"] = new Respond(Sample.Answer(Sample.Invite, 180)),
        ["200"] = new Respond(Answer),
        ["486"] = new Respond(Sample.Answer(Sample.Invite, 486)),
        ["another user"] = UserReplaced.Instance,
        ["PRACK 11"] = new PrackReceived(Prack("11 1 INVITE")),
        ["PRACK 99"] = new PrackReceived(Prack("99 1 INVITE")),
        ["PRACK of another"] = new PrackReceived(Prack("11 2 INVITE")),
        ["PRACK of UPDATE"] = new PrackReceived(Prack("11 1 UPDATE")),
        ["PRACK broken"] = new PrackReceived(Prack(null)),
        ["again"] = TimerFired.Of(TransactionTimer.Provisional, 11),
        ["late again"] = TimerFired.Of(TransactionTimer.Provisional, 10),
        ["limit"] = TimerFired.Of(TransactionTimer.ProvisionalLimit, 11),
        ["late limit"] = TimerFired.Of(TransactionTimer.ProvisionalLimit, 10),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Machine, States, Inputs, Show).Check(
    [
        .. States.SelectMany(state => new[] { "PRACK 11", "PRACK 99", "PRACK of another", "PRACK of UPDATE", "PRACK broken" }
            .Where(prack => prack != "PRACK 11" || state.Value is Idle or Terminated)
            .Select(prack => new Figure<State>.Arrow(state.Key, prack, Show(state.Value), "answer PRACK 481"))),

        new("Idle", "reliable 183", "Waiting 0.5s, 0 queued", "reply 183, start Provisional 0.5s #11, start ProvisionalLimit 32s #11"),
        new("Idle", "180", "Idle", "reply 180"),
        new("Idle", "200", "Terminated", "reply 200, finish Completed"),
        new("Idle", "486", "Terminated", "reply 486, finish Completed"),

        new("Waiting", "reliable 183", "Waiting 0.5s, 1 queued"),
        new("Waiting", "180", "Waiting 0.5s, 0 queued", "reply 180"),
        new("Waiting", "200", "Answered", "reply 200"),
        new("Waiting", "486", "Answered", "reply 486"),
        new("Waiting", "PRACK 11", "Idle", "pass PRACK"),

        new("Waiting, described", "reliable 183", "Waiting 0.5s, 1 queued"),
        new("Waiting, described", "180", "Waiting 0.5s, 0 queued", "reply 180"),
        new("Waiting, described", "200", "Waiting 0.5s, 0 queued, 200 held"),
        new("Waiting, described", "486", "Answered", "reply 486"),
        new("Waiting, described", "PRACK 11", "Idle", "pass PRACK"),

        new("Waiting, queue", "reliable 183", "Waiting 0.5s, 2 queued"),
        new("Waiting, queue", "another user", "Waiting 0.5s, 0 queued"),
        new("Waiting, queue", "180", "Waiting 0.5s, 1 queued", "reply 180"),
        new("Waiting, queue", "200", "Waiting 0.5s, 1 queued, 200 held"),
        new("Waiting, queue", "486", "Answered", "reply 486"),
        new("Waiting, queue", "PRACK 11", "Waiting 0.5s, 0 queued", "pass PRACK, reply 183, start Provisional 0.5s #12, start ProvisionalLimit 32s #12"),

        new("Waiting, 2xx held", "486", "Answered", "reply 486"),
        new("Waiting, 2xx held", "PRACK 11", "Terminated", "pass PRACK, reply 200, finish Completed"),
        new("Waiting, queue and 2xx held", "486", "Answered", "reply 486"),
        new("Waiting, queue and 2xx held", "PRACK 11", "Terminated", "pass PRACK, reply 200, finish Completed"),
        new("Waiting, described queue and 2xx held", "486", "Answered", "reply 486"),
        new("Waiting, described queue and 2xx held", "PRACK 11", "Waiting 0.5s, 0 queued, 200 held", "pass PRACK, reply 183, start Provisional 0.5s #12, start ProvisionalLimit 32s #12"),

        new("Waiting, automatic", "reliable 183", "Waiting 0.5s, 1 queued"),
        new("Waiting, automatic", "180", "Waiting 0.5s, 0 queued", "reply 180"),
        new("Waiting, automatic", "200", "Answered", "reply 200"),
        new("Waiting, automatic", "486", "Answered", "reply 486"),
        new("Waiting, automatic", "PRACK 11", "Idle", "answer PRACK 200"),

        .. States.Where(state => state.Value is Waiting).SelectMany(state => new Figure<State>.Arrow[]
        {
            new(state.Key, "again", Show(state.Value).Replace("0.5s", "1s", StringComparison.Ordinal), $"reply {((Waiting)state.Value).Current.Response.StatusCode}, start Provisional 1s #11"),
            new(state.Key, "limit", "Terminated", "finish TimedOut"),
        }),

        new("Answered", "PRACK 11", "Terminated", "pass PRACK, finish Completed"),
        new("Answered", "limit", "Terminated", "finish Completed"),
    ]);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(11, 11)]
    [InlineData(uint.MaxValue, int.MaxValue)]
    public void Begins_with_a_number_that_may_begin(uint drawn, uint first) => Assert.Equal(first, ReliableProvisionals.Start(drawn).NextRSeq);

    [Fact]
    public void Repeats_at_doubling_intervals_without_a_ceiling()
    {
        var (state, effects) = Machine.Handle(new Idle(11), Inputs["reliable 183"]);
        var waits = new List<double> { ((StartTimer)effects[1]).After.TotalSeconds };
        for (var i = 0; i < 5; i++)
        {
            (state, effects) = Machine.Handle(state, Inputs["again"]);
            waits.Add(((StartTimer)effects[1]).After.TotalSeconds);
        }
        Assert.Equal([0.5, 1, 2, 4, 8, 16], waits);
    }

    [Fact]
    public void What_one_user_said_is_confirmed_to_the_host_once_another_answers_who_goes_on_with_the_next_number()
    {
        var (state, _) = Machine.Handle(States["Waiting, queue"], UserReplaced.Instance);
        Assert.Equal(12u, state.NextRSeq);
        var (idle, effects) = Machine.Handle(state, Inputs["PRACK 11"]);
        Assert.Equal(200, Assert.IsType<AnswerRequest>(Assert.Single(effects)).Status);
        Assert.Equal(new Idle(12), idle);
    }

    [Fact]
    public void Whatever_happens_no_answer_overtakes_a_description() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 30].Sample(inputs =>
        {
            State state = States["Waiting, described"];
            foreach (var input in inputs)
            {
                var (next, effects) = Machine.Handle(state, input);
                var acknowledged = input is PrackReceived && effects.Any(effect => effect is PassUp or AnswerRequest { Status: 200 });
                if (effects.Any(effect => effect is Reply { Response.IsSuccess: true }) && state is Waiting { Current.Response.Body.IsEmpty: false } && !acknowledged) return false;
                state = next;
            }
            return true;
        });

    [Theory]
    [InlineData(0, 500, ProvisionalOrder.Next)]
    [InlineData(500, 501, ProvisionalOrder.Next)]
    [InlineData(500, 500, ProvisionalOrder.Repeated)]
    [InlineData(500, 499, ProvisionalOrder.Repeated)]
    [InlineData(500, 502, ProvisionalOrder.OutOfOrder)]
    public void The_receiver_takes_them_in_order(uint last, uint rseq, ProvisionalOrder order)
    {
        var received = new ReceivedProvisionals(last);
        Assert.Equal(order, received.Judge(rseq));
        Assert.Equal(order == ProvisionalOrder.Next ? rseq : last, received.After(rseq).Last);
    }

    private static Promise Promised(int status, uint rseq, string body = "") =>
        new(Sample.Answer(Sample.Invite, status, more: $"Require: 100rel\nRSeq: {rseq}\n", body: body), rseq, IsAutomatic: false);

    private static SipRequest Prack(string? rack) =>
        Sample.Request("PRACK", 2, to: "<sip:bob@example.com>;tag=bob", more: rack is null ? "" : $"RAck: {rack}\n");

    private static string Show(State state) => state is Waiting waiting
        ? $"Waiting {waiting.Interval.TotalSeconds}s, {waiting.Queue.Length} queued" + (waiting.Answer is null ? "" : ", 200 held")
        : state.GetType().Name;
}
