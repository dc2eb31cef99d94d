using CallActors.Chaos.Histories;

namespace CallActors.Chaos.Checking;

/// <summary>A checker that finds nothing wrong proves nothing: each of its rules is shown a history that breaks it, and a good one beside it.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void A_good_history_breaks_no_rule_and_is_measured()
    {
        var verdict = Checker.Check(Good());
        Assert.Empty(verdict.Breaches);
        Assert.Equal((2, 1, 3), (verdict.Held, verdict.Begun, verdict.Records));
        // Both ends of both calls; one first answer was late by 3 s.
        Assert.Equal((1, 3.0, 3.0, 3.0), (verdict.Touched, Math.Round(verdict.FirstAnswerMedian, 3), Math.Round(verdict.FirstAnswerLongest, 3), Math.Round(verdict.LongestAnswer, 3)));
    }

    [Fact]
    public void A_call_that_was_not_there_before_the_fault() =>
        Breaks(Rule.SetUp, Good().Select(entry => entry is { What: Happening.Answered, Call: "51", End: CallEnd.Callee } ? entry with { At = 21 } : entry));

    [Fact]
    public void A_bye_that_nobody_sent() => Breaks(Rule.Lost, [.. Good(), On("51", CallEnd.Caller, 22, Happening.WasHungUp)]);

    [Fact]
    public void A_hangup_that_did_not_reach_the_other_end() => Breaks(Rule.Lost, Good().Where(entry => entry is not { What: Happening.WasHungUp, Call: "52" }));

    [Fact]
    public void A_hangup_that_was_not_answered() => Breaks(Rule.Lost, Good().Where(entry => entry is not { What: Happening.HangupAnswered, Call: "52" }));

    [Fact]
    public void A_hangup_that_reached_the_other_end_twice() => Breaks(Rule.Duplicate, [.. Good(), On("51", CallEnd.Callee, 41, Happening.WasHungUp)]);

    [Fact]
    public void A_leg_that_nobody_ended() => Breaks(Rule.Lost, [.. Good(), On("61", CallEnd.Callee, 22.2, Happening.Took, leg: "another")]);

    [Fact]
    public void A_leg_that_was_given_up_while_the_call_was_set_up_again_is_ended_once() =>
        Assert.Empty(Checker.Check([.. Good(), .. (HistoryEvent[])[On("61", CallEnd.Callee, 22.2, Happening.Took, leg: "first"), On("61", CallEnd.Callee, 22.3, Happening.Answered, leg: "first"), On("61", CallEnd.Callee, 22.4, Happening.WasHungUp, leg: "first")]]).Breaches);

    [Fact]
    public void An_answered_call_that_nobody_hung_up() =>
        Breaks(Rule.Lost, Good().Where(entry => !(entry.Call == "51" && entry.What is Happening.HungUp or Happening.HangupAnswered or Happening.WasHungUp)));

    [Theory]
    [InlineData(481, Rule.Unknown)]
    [InlineData(408, Rule.Lost)]
    [InlineData(503, Rule.Failed)]
    internal void A_request_in_a_dialog_that_failed(int status, Rule rule) =>
        Breaks(rule, Good().Select(entry => entry is { What: Happening.Acknowledged, Call: "51", End: CallEnd.Caller, Counter: 1 } ? entry with { Status = status } : entry));

    [Theory]
    [InlineData(481, Rule.Unknown)]
    [InlineData(500, Rule.Failed)]
    internal void A_bye_that_failed(int status, Rule rule) =>
        Breaks(rule, Good().Select(entry => entry is { What: Happening.HangupAnswered, Call: "51" } ? entry with { Status = status } : entry));

    [Fact]
    public void A_counter_that_came_twice_with_different_numbers() => Breaks(Rule.Duplicate, [.. Good(), On("51", CallEnd.Callee, 14, Happening.Received, 2, 12)]);

    [Fact]
    public void A_counter_that_came_twice_with_the_same_number_is_a_retransmission() =>
        Assert.Empty(Checker.Check([.. Good(), On("51", CallEnd.Callee, 14, Happening.Received, 2, 2)]).Breaches);

    [Fact]
    public void A_counter_that_came_after_a_higher_one() =>
        Breaks(Rule.Order, [.. Good().Where(entry => entry is not { What: Happening.Received, Call: "51", End: CallEnd.Callee, Counter: 1 }), On("51", CallEnd.Callee, 24, Happening.Received, 1, 3)]);

    [Fact]
    public void A_request_with_an_old_number() => Breaks(Rule.Order, [.. Good(), On("51", CallEnd.Callee, 14, Happening.OutOfOrder, 0, 1)]);

    [Fact]
    public void A_counter_that_was_answered_and_never_arrived() => Breaks(Rule.Vanished, Good().Where(entry => entry is not { What: Happening.Received, Call: "51", End: CallEnd.Caller, Counter: 2 }));

    [Fact]
    public void A_call_without_a_record() => Breaks(Rule.Record, Good().Where(entry => entry is not { What: Happening.Recorded, Call: "51" }));

    [Fact]
    public void A_call_with_two_records() => Breaks(Rule.Record, [.. Good(), On("51", CallEnd.None, 60, Happening.Recorded, text: "another")]);

    [Fact]
    public void A_key_with_two_records() => Breaks(Rule.Record, [.. Good(), On("51", CallEnd.None, 60, Happening.Recorded, text: "key-51")]);

    [Fact]
    public void An_answer_that_came_too_late() => Breaks(Rule.Late, Good(), new Bounds { LongestAnswer = 2.9 });

    [Fact]
    public void A_median_that_is_too_high() => Breaks(Rule.Late, Good(), new Bounds { MedianAnswer = 2.9 });

    [Fact]
    public void An_end_that_had_no_answer_any_more() =>
        Breaks(Rule.Late, Good().Where(entry => entry is not { What: Happening.Acknowledged, Call: "52", End: CallEnd.Callee, At: > 20 }));

    [Fact]
    public void A_new_call_that_was_refused()
    {
        var history = Good().Where(entry => entry is not { Call: "61", What: not Happening.Invited }).Append(On("61", CallEnd.Caller, 23, Happening.Refused, status: 503, text: "SIP/2.0 503 Busy")).ToArray();
        Breaks(Rule.NewCalls, history);
        Assert.Empty(Checker.Check(history, new Bounds { Refused = 1 }).Breaches);
    }

    [Fact]
    public void A_history_in_a_file_is_the_same()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var history = new History(path))
            {
                foreach (var entry in Good()) history.Write(entry.What, entry.Call, entry.End, entry.Counter, entry.Sequence, entry.Status, entry.Text, entry.Leg);
                Assert.Equal(Good().Select(entry => entry with { At = 0 }), history.Events.Select(entry => entry with { At = 0 }));
            }
            Assert.Equal(Good().Select(entry => entry with { At = 0 }), History.Read(path).Select(entry => entry with { At = 0 }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Breaks(Rule rule, IEnumerable<HistoryEvent> history, Bounds? bounds = null) =>
        Assert.Equal([rule], Checker.Check(history, bounds).Breaches.Select(breach => breach.Rule).Distinct());

    // Two held calls with two counters each way, one before the fault at 20 s and one across it; a third call that begins during it.
    private static IEnumerable<HistoryEvent> Good() =>
    [
        .. Call("51", 1, across: 0.1), .. Call("52", 2, across: 3), On("", CallEnd.None, 20, Happening.Fault, text: "node-kill"), On("", CallEnd.None, 21, Happening.FaultOver),
        On("61", CallEnd.Caller, 22, Happening.Invited), On("61", CallEnd.Caller, 23, Happening.Answered, status: 200), On("61", CallEnd.Callee, 23, Happening.Answered), .. Ending("61", 27),
    ];

    private static IEnumerable<HistoryEvent> Call(string name, double at, double across) =>
    [
        On(name, CallEnd.Caller, at, Happening.Invited), On(name, CallEnd.Callee, at + 0.05, Happening.Took), On(name, CallEnd.Caller, at + 0.1, Happening.Answered, status: 200), On(name, CallEnd.Callee, at + 0.2, Happening.Answered),
        .. Exchange(name, CallEnd.Caller, CallEnd.Callee, 1, 10, 10.1), .. Exchange(name, CallEnd.Callee, CallEnd.Caller, 1, 11, 11.1),
        .. Exchange(name, CallEnd.Caller, CallEnd.Callee, 2, 19, 20 + across), .. Exchange(name, CallEnd.Callee, CallEnd.Caller, 2, 25, 25.1), .. Ending(name, 40),
    ];

    private static IEnumerable<HistoryEvent> Exchange(string name, CallEnd from, CallEnd to, long counter, double sent, double answered) =>
    [
        On(name, from, sent, Happening.Sent, counter, counter), On(name, to, answered - 0.05, Happening.Received, counter, counter), On(name, from, answered, Happening.Acknowledged, counter, status: 200),
    ];

    private static IEnumerable<HistoryEvent> Ending(string name, double at) =>
    [
        On(name, CallEnd.Caller, at, Happening.HungUp), On(name, CallEnd.Callee, at + 0.1, Happening.WasHungUp, sequence: 9), On(name, CallEnd.Caller, at + 0.2, Happening.HangupAnswered, status: 200),
        On(name, CallEnd.None, at + 0.3, Happening.Recorded, text: "key-" + name),
    ];

    private static HistoryEvent On(string call, CallEnd end, double at, Happening what, long counter = 0, long sequence = 0, int status = 0, string text = "", string? leg = null) =>
        new(at, what, call, end, counter, sequence, status, text, leg ?? (end == CallEnd.None ? "" : $"{call}-{end}"));
}
