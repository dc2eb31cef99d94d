using CallActors.Ringing;
using CallActors.Sip.Transactions;
using CallActors.Tests.Headers;
using static CallActors.Ringing.RingPlan;

namespace CallActors.Tests.Ringing;

/// <summary>
/// A plan's inputs in short (<c>ring a</c>, <c>answer a</c>, <c>486 a</c>, <c>lose a</c>, <c>time a</c>, <c>silence a</c>, <c>gone</c>, <c>add x</c>) and what came of each.
/// Groups are timed out by their number.
/// </summary>
public sealed class RingSearchTests
{
    private static readonly TimeSpan Twenty = TimeSpan.FromSeconds(20);

    public static TheoryData<string, RingPlan, string, string> Figure => new()
    {
        { "one answers", "a@h", "start; ring a; answer a", "dial a; -; won a" },
        { "one refuses", "a@h", "start; 486 a", "dial a; failed 486" },
        { "one is lost", "a@h", "start; lose a", "dial a; failed 503" },
        { "all at once", Parallel("a@h", "b@h", "c@h"), "start; ring b; answer b", "dial a, dial b, dial c; -; cancel a (200), cancel c (200), won b" },
        { "all at once, all refuse", Parallel("a@h", "b@h"), "start; 486 a; 404 b", "dial a, dial b; -; failed 486" },
        { "the best is one that can be mended", Parallel("a@h", "b@h", "c@h"), "start; 486 a; 407 b; 503 c", "dial a, dial b, dial c; -; -; failed 407" },
        { "4xx is better than 5xx", Parallel("a@h", "b@h"), "start; 503 a; 480 b", "dial a, dial b; -; failed 480" },
        { "one after the other", Serial("a@h", "b@h"), "start; 486 a; answer b", "dial a; dial b; won b" },
        { "one after the other, all refuse", Serial("a@h", "b@h"), "start; 503 a; 486 b", "dial a; dial b; failed 486" },
        { "6xx ends it", Serial("a@h", "b@h"), "start; 603 a", "dial a; failed 603" },
        { "6xx ends it for the others", Parallel("a@h", "b@h"), "start; 600 a; 487 b", "dial a, dial b; cancel b (600), failed 600; -" },
        { "a rule goes on after 6xx", Serial("a@h", "b@h").OnFailure(FailureRule.NextOn(603, 486)), "start; 603 a; 404 b", "dial a; dial b; failed 404" },
        { "a rule ends it", Serial("a@h", "b@h").OnFailure(FailureRule.NextOn(503)), "start; 486 a", "dial a; failed 486" },
        { "a rule adds to 6xx", Serial("a@h", "b@h", "c@h").OnFailure(FailureRule.StopOn(486)), "start; 404 a; 486 b", "dial a; dial b; failed 486" },
        { "each speaks for himself", Parallel("a@h", "b@h").OnFailure(FailureRule.Never), "start; 603 a; answer b", "dial a, dial b; -; won b" },
        { "each speaks for himself, and all refuse", Parallel("a@h", "b@h").OnFailure(FailureRule.Never), "start; 603 a; 486 b", "dial a, dial b; -; failed 603" },
        { "it may ring so long", Serial(Of("a@h").For(Twenty), "b@h"), "start; ring a; time a; 486 b", "dial a, wait a 20; -; cancel a (408), dial b; failed 486" },
        { "nobody said anything in time", Of("a@h").For(Twenty), "start; time a", "dial a, wait a 20; cancel a (408), failed 408" },
        { "a late timer", Serial(Of("a@h").For(Twenty), "b@h"), "start; 486 a; time a", "dial a, wait a 20; dial b; -" },
        { "a timer after the answer", Of("a@h").For(Twenty), "start; answer a; time a", "dial a, wait a 20; won a; -" },
        { "a group may ring so long", Serial(Parallel("a@h", "b@h").For(Twenty), "c@h"), "start; 486 a; time 1; answer c", "wait 1 20, dial a, dial b; -; cancel b (408), dial c; won c" },
        { "the whole may ring so long", Parallel("a@h", "b@h").For(Twenty), "start; 486 b; time 0", "wait 0 20, dial a, dial b; -; cancel a (408), failed 486" },
        { "members that wait are never rung", Serial(Serial("a@h", "b@h").For(Twenty), "c@h"), "start; time 1; 486 c", "wait 1 20, dial a; cancel a (408), dial c; failed 486" },
        { "silence is given up", Serial("a@h", "b@h").GivingUpSilentAfter(Twenty), "start; silence a; ring b; silence b", "dial a, silent a 20; cancel a (408), dial b, silent b 20; -; -" },
        { "the caller goes", Parallel("a@h", "b@h"), "start; ring a; gone", "dial a, dial b; -; cancel a (-), cancel b (-), gone" },
        { "the caller goes before anybody rings", "a@h", "gone; start", "gone; -" },
        { "the caller goes, the next is not rung", Serial("a@h", "b@h"), "start; gone; 487 a", "dial a; cancel a (-), gone; -" },
        { "an answer crosses the cancel", Parallel("a@h", "b@h"), "start; answer a; answer b", "dial a, dial b; cancel b (200), won a; release b (200)" },
        { "an answer crosses the caller's going", "a@h", "start; gone; answer a", "dial a; cancel a (-), gone; release a (-)" },
        { "an answer crosses the end of its time", Serial(Of("a@h").For(Twenty), "b@h"), "start; time a; answer a; answer b", "dial a, wait a 20; cancel a (408), dial b; release a (408); won b" },
        { "one more at once", Parallel("a@h"), "start; add x; answer x", "dial a; dial x; cancel a (200), won x" },
        { "one more beside a single one", "a@h", "start; add x; 486 a; 404 x", "dial a; dial x; -; failed 486" },
        { "one more at the end", Serial("a@h", "b@h"), "start; add x; 486 a; 486 b; answer x", "dial a; -; dial b; dial x; won x" },
        { "one more before the start", Parallel("a@h"), "add x; start", "-; dial a, dial x" },
        { "one more too late", "a@h", "start; 486 a; add x", "dial a; failed 486; -" },
        { "groups in groups", Serial(Parallel("a@h", Serial("b@h", "c@h")), "d@h"), "start; 486 b; 486 a; 486 c; answer d", "dial a, dial b; dial c; -; dial d; won d" },
        { "nobody at all", Parallel(), "start", "failed 480" },
        { "empty groups", Serial(Parallel(), Serial(), "a@h", Parallel()), "start; 486 a", "dial a; failed 486" },
        { "empty groups beside others", Parallel(Serial(), "a@h", Serial()), "start; answer a", "dial a; won a" },
        { "only empty groups", Parallel(Serial(), Serial(Parallel())), "start", "failed 480" },
        { "the same target twice", Serial("a@h", "a@h"), "start; 486 #1; answer #2", "dial a; dial a; won a" },
        { "words after the end", "a@h", "start; answer a; 486 a; lose a; ring a; gone", "dial a; won a; -; -; -; -" },
        { "numbers that nobody has", "a@h", "start; answer #7; 486 #-1; time 9; answer 0", "dial a; -; -; -; -" },
    };

    [Theory, MemberData(nameof(Figure))]
    public void Follows_every_arrow(string name, RingPlan plan, string inputs, string expected)
    {
        var state = RingSearch.Start(plan);
        var seen = new List<string>();
        foreach (var input in inputs.Split("; "))
        {
            var (next, effects) = RingSearch.Instance.Handle(state, Read(input, state));
            state = next;
            seen.Add(effects.IsEmpty ? "-" : string.Join(", ", effects.Select(effect => Written(effect, next))));
        }
        Assert.Equal(expected, string.Join("; ", seen));
        Assert.NotEmpty(name);
    }

    [Fact]
    public void The_outcome_holds_the_response_it_is_from()
    {
        var state = RingSearch.Instance.Handle(RingSearch.Start("a@h"), new RingInput.Started()).State;
        var busy = SipSample.Response(486);
        var effects = RingSearch.Instance.Handle(state, new RingInput.Rejected(1, busy)).Effects;
        Assert.Equal<TransactionEffect>([new RingEffect.Finish(new RingOutcome.Failed(486, busy))], effects);
    }

    [Fact]
    public void The_callers_reason_is_passed_on()
    {
        var state = RingSearch.Instance.Handle(RingSearch.Start("a@h"), new RingInput.Started()).State;
        var effects = RingSearch.Instance.Handle(state, new RingInput.CallerGone("Q.850;cause=16")).Effects;
        Assert.Equal<TransactionEffect>([new RingEffect.Cancel(1, "Q.850;cause=16"), new RingEffect.Finish(new RingOutcome.CallerGone())], effects);
    }

    [Fact]
    public void Those_who_lose_are_told_that_the_call_was_answered_elsewhere() =>
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", RingReasons.CompletedElsewhere);

    internal static RingInput Read(string input, RingSearch.State state)
    {
        var words = input.Split(' ');
        int Target() => words[1].StartsWith('#') ? int.Parse(words[1][1..], null)
            : int.TryParse(words[1], out var number) ? number
            : state.Nodes.ToList().FindIndex(node => node.Target?.Uri == $"sip:{words[1]}@h");
        return words[0] switch
        {
            "start" => new RingInput.Started(),
            "ring" => new RingInput.Rang(Target()),
            "answer" => new RingInput.Answered(Target()),
            "lose" => new RingInput.Lost(Target(), 503),
            "time" => new RingInput.TimedOut(RingTimer.Ring, Target()),
            "silence" => new RingInput.TimedOut(RingTimer.Silence, Target()),
            "gone" => new RingInput.CallerGone(),
            "add" => new RingInput.Added($"{words[1]}@h"),
            var status => new RingInput.Rejected(Target(), SipSample.Response(int.Parse(status, null))),
        };
    }

    private static string Written(TransactionEffect effect, RingSearch.State state)
    {
        string Name(int number) => state.Nodes[number].Target is { } target ? target.Uri[4..^2] : $"{number}";
        return effect switch
        {
            RingEffect.Dial dial => $"dial {Name(dial.Number)}",
            RingEffect.Cancel cancel => $"cancel {Name(cancel.Number)} ({Cause(cancel.Reason)})",
            RingEffect.Release release => $"release {Name(release.Number)} ({Cause(release.Reason)})",
            RingEffect.StartTimer timer => $"{(timer.Timer == RingTimer.Ring ? "wait" : "silent")} {Name(timer.Node)} {timer.After.TotalSeconds}",
            RingEffect.Finish { Outcome: RingOutcome.Won won } => $"won {Name(won.Number)}",
            RingEffect.Finish { Outcome: RingOutcome.Failed failed } => $"failed {failed.Status}",
            RingEffect.Finish => "gone",
            _ => throw new InvalidOperationException(effect.ToString()),
        };
    }

    private static string Cause(string? reason) => reason is null ? "-" : reason.Split(';')[1]["cause=".Length..];
}
