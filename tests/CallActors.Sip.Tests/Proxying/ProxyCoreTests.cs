using System.Globalization;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;
using CallActors.Sip.Tests.Transactions;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Proxying.ProxyCore;

namespace CallActors.Sip.Tests.Proxying;

public sealed class ProxyCoreTests
{
    private static readonly ProxyOptions Serial = new(IsInvite: true);
    private static readonly ProxyOptions Parallel = Serial with { IsSimultaneous = true };

    private static readonly Dictionary<string, ProxyOptions> Kinds = new()
    {
        ["serial"] = Serial,
        ["parallel"] = Parallel,
        ["timed"] = Serial with { ProvisionalTimeout = TimeSpan.FromSeconds(3), FinalTimeout = TimeSpan.FromSeconds(20) },
        ["following"] = Serial with { FollowsRedirects = true },
        ["following parallel"] = Parallel with { FollowsRedirects = true },
        ["narrow"] = Parallel with { Breadth = 2 },
        ["nowhere"] = Parallel with { Breadth = 0 },
        ["options"] = new(IsInvite: false),
        ["options parallel"] = new(IsInvite: false) { IsSimultaneous = true },
    };

    /// <summary>
    /// How the request is proxied; what happened, to which branch (of targets a, b and c); what the last of it brings about. <c>0:180</c> is a
    /// response, <c>0:over</c>, <c>0:timeout</c> and <c>0:failed</c> the end of a branch's transaction, <c>0:silence</c>, <c>0:patience</c> and <c>0:C</c> its timers.
    /// </summary>
    public static TheoryData<string, string, string> Arrows => new()
    {
        // Targets, one after the other or at once.
        { "serial", "", "begin 0 sip:a /60, C 0 185s" },
        { "parallel", "", "begin 0 sip:a /20, C 0 185s, begin 1 sip:b /20, C 1 185s, begin 2 sip:c /20, C 2 185s" },
        { "options", "", "begin 0 sip:a /60" },
        { "timed", "", "begin 0 sip:a /60, silence 0 3s, patience 0 20s, C 0 185s" },
        { "serial", "0:486", "report 486, begin 1 sip:b /60, C 1 185s" },
        { "serial", "0:503", "report 503, begin 1 sip:b /60, C 1 185s" },
        { "serial", "0:timeout", "begin 1 sip:b /60, C 1 185s" },
        { "serial", "0:failed", "begin 1 sip:b /60, C 1 185s" },
        { "serial", "0:skip", "begin 1 sip:b /60, C 1 185s" },
        { "options", "0:404", "report 404, begin 1 sip:b /60" },

        // Provisional responses.
        { "serial", "0:100", "" },
        { "serial", "0:180", "C 0 185s #1, forward 180" },
        { "serial", "0:180 0:183", "C 0 185s #2, forward 183" },
        { "options", "0:100", "" },
        { "options", "0:180", "" },

        // Success.
        { "serial", "0:180 0:200", "forward 200, report 200, done" },
        { "parallel", "0:100 1:180 1:200", "forward 200, report 200, cancel 0, cancel 2, done" },
        { "parallel", "1:200 0:200", "forward 200" },
        { "parallel", "1:200 0:487", "" },
        { "parallel", "1:200 0:180", "" },
        { "parallel", "1:200 1:200", "forward 200" },
        { "options parallel", "0:200", "forward 200, report 200, done" },
        { "options parallel", "0:200 1:200", "" },
        { "serial", "0:486 1:202", "forward 202, report 202, done" },

        // Failure: the best of what came, 408 of nothing.
        { "serial", "0:486 1:404 2:503", "report 503, forward 486, done" },
        { "serial", "0:503 1:404 2:420", "report 420, forward 420, done" },
        { "serial", "0:302 1:503 2:timeout", "forward 503, done" },
        { "serial", "0:302 1:timeout 2:timeout", "forward 302, done" },
        { "serial", "0:timeout 1:timeout 2:timeout", "respond 408, done, finish Completed" },
        { "serial", "0:failed 1:timeout 2:failed", "respond 408, done, finish Completed" },
        { "serial", "0:failed 1:failed 2:failed", "respond 500, done, finish Completed" },
        { "serial", "0:skip 1:skip 2:skip", "respond 500, done, finish Completed" },
        { "options", "0:timeout 1:timeout 2:timeout", "respond 408, done, finish Completed" },
        { "serial", "0:486 1:404 2:503 0:over 1:over", "" },
        { "serial", "0:486 1:404 2:503 0:over 1:over 2:over", "finish Completed" },

        // 6xx ends the search for everybody.
        { "serial", "0:603", "report 603, forward 603, done" },
        { "parallel", "0:180 1:180 2:100 2:603", "report 603, cancel 0, cancel 1" },
        { "parallel", "0:180 1:180 2:603 0:487", "report 487" },
        { "parallel", "0:180 1:180 2:603 0:487 1:487", "report 487, forward 603, done" },
        { "parallel", "0:180 1:180 2:603 0:200", "forward 200, report 200, done" },
        { "options parallel", "0:603", "report 603, forward 603, done" },

        // A challenge goes back to the one who can answer it.
        { "serial", "0:401!", "report 401, remember 0, forward 401, done" },
        { "serial", "0:407!", "report 407, remember 0, forward 407, done" },
        { "serial", "0:401", "report 401, begin 1 sip:b /60, C 1 185s" },
        { "parallel", "0:180 1:180 2:407! 0:401!", "report 401" },
        { "parallel", "0:180 1:180 2:407! 0:401! 1:487", "report 487, forward 407 +1, done" },
        { "parallel", "2:407!", "report 407, remember 2, cancel 0, cancel 1, forward 407, done" },

        // Redirects.
        { "serial", "0:302 1:302 2:302>x", "report 302, forward 302, done" },
        { "following", "0:302>x,y", "report 302, begin 1 sip:x /60, C 1 185s" },
        { "following", "0:302>x,y 1:404", "report 404, begin 2 sip:y /60, C 2 185s" },
        { "following", "0:302>x;q=0.1,y;q=0.9", "report 302, begin 1 sip:y /60, C 1 185s" },
        { "following", "0:302>b,a,x 1:404 2:404", "report 404, begin 3 sip:c /60, C 3 185s" },
        { "following", "0:302>a 1:302>a 2:302>a", "report 302, forward 302, done" },
        { "following parallel", "0:302>x", "report 302, begin 3 sip:x /20, C 3 185s" },

        // Time-outs of the application and timer C.
        { "timed", "0:silence", "cancel 0, begin 1 sip:b /60, silence 1 3s, patience 1 20s, C 1 185s" },
        { "timed", "0:100 0:silence", "" },
        { "timed", "0:180 0:patience", "cancel 0, begin 1 sip:b /60, silence 1 3s, patience 1 20s, C 1 185s" },
        { "timed", "0:silence 0:180", "" },
        { "timed", "0:silence 0:487", "report 487" },
        { "timed", "0:silence 0:200", "forward 200, report 200, cancel 1, done" },
        { "timed", "0:silence 1:silence 2:silence", "cancel 2, respond 408, done" },
        { "timed", "0:silence 0:487 1:silence 2:silence", "cancel 2, respond 408, done" },
        { "timed", "0:silence 1:silence 2:silence 0:200", "release 0" },
        { "timed", "0:486 0:patience", "" },
        { "serial", "0:180 0:C", "" },
        { "serial", "0:180 0:C1", "cancel 0, begin 1 sip:b /60, C 1 185s" },

        // The caller cancels.
        { "serial", "0:180 cancel", "cancel 0" },
        { "serial", "0:180 cancel 0:487", "report 487, respond 487, done" },
        { "serial", "0:180 cancel 0:200", "forward 200, report 200, done" },
        { "serial", "0:180 cancel 0:cancelled", "respond 487, done, finish Completed" },
        { "serial", "cancel", "cancel 0, respond 487, done" },
        { "serial", "cancel 0:200", "release 0" },
        { "serial", "cancel 0:487", "" },
        { "parallel", "0:180 cancel", "cancel 0, cancel 1, cancel 2" },
        { "parallel", "0:180 1:486 cancel 0:487", "report 487, respond 487, done" },
        { "serial", "0:200 cancel", "" },
        { "serial", "0:180 cancel cancel", "" },
        { "options", "cancel", "" },

        // Max-Breadth.
        { "narrow", "", "begin 0 sip:a /1, C 0 185s, begin 1 sip:b /1, C 1 185s" },
        { "narrow", "0:404", "report 404, begin 2 sip:c /1, C 2 185s" },
        { "nowhere", "", "respond 440, done, finish Completed" },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void Follows_every_arrow(string kind, string script, string expected)
    {
        var machine = new ProxyCore(Kinds[kind]);
        var (state, effects) = machine.Start(["sip:a", "sip:b", "sip:c"]);
        foreach (var step in script.Split(' ', StringSplitOptions.RemoveEmptyEntries)) (state, effects) = machine.Handle(state, Input(step));
        Assert.Equal(expected, string.Join(", ", effects.Select(Show)));
    }

    [Fact]
    public void Redirects_cannot_go_on_for_ever()
    {
        var machine = new ProxyCore(Kinds["following"]);
        var (state, effects) = machine.Start(["sip:start"]);
        var begun = 0;
        for (var i = 0; i < 1000 && effects.OfType<BeginBranch>().SingleOrDefault() is { } begin; i++)
        {
            begun++;
            (state, effects) = machine.Handle(state, new BranchAnswered(begin.Branch, Answer("302>again" + i)));
        }
        Assert.Equal(MostBranches, begun);
        Assert.Contains(effects, effect => effect is ReportDone);
        Assert.Equal(SearchPhase.Failed, state.Phase);
    }

    [Fact]
    public void Whatever_happens_the_caller_hears_one_answer_and_the_application_one_done()
    {
        string[] words = ["100", "180", "200", "302>x,y", "401!", "404", "486", "487", "503", "603", "over", "timeout", "failed", "cancelled", "silence", "patience", "C", "C1"];
        var step = Gen.Select(Gen.Int[0, 4], Gen.OneOf(words)).Select((branch, word) => $"{branch}:{word}");
        var anyStep = Gen.Frequency((12, step), (1, Gen.Const("cancel")));
        Gen.Select(Gen.OneOf(Kinds.Values.ToArray()), anyStep.Array[0, 60]).Sample((options, steps) =>
        {
            var machine = new ProxyCore(options);
            var (state, effects) = machine.Start(["sip:a", "sip:b", "sip:c"]);
            var seen = new List<TransactionEffect>(effects);
            var over = new HashSet<int>();
            foreach (var text in steps)
            {
                var input = Input(text);
                if (IsImpossible(input, state, over)) continue;
                (state, effects) = machine.Handle(state, input);
                seen.AddRange(effects);
            }

            // Let what is still open end, as its transactions will.
            for (var index = 0; index < state.Branches.Length; index++)
            {
                if (!over.Add(index)) continue;
                (state, effects) = machine.Handle(state, new BranchOver(index, TransactionOutcome.TimedOut));
                seen.AddRange(effects);
            }

            var rejections = seen.Count(effect => effect is RespondUpstream or ForwardUpstream { Response.IsRejection: true });
            var successes = seen.Count(effect => effect is ForwardUpstream { Response.IsSuccess: true });
            var lastReport = seen.FindLastIndex(effect => effect is ReportFinal);
            var done = seen.FindIndex(effect => effect is ReportDone);
            return seen.Count(effect => effect is ReportDone) == 1
                && rejections <= 1 && (rejections == 1) == (successes == 0)
                && lastReport < done
                && seen[^1] is Finish && seen.Count(effect => effect is Finish) == 1
                && seen.OfType<BeginBranch>().Select(begin => begin.Target).Distinct().Count() == seen.Count(effect => effect is BeginBranch);
        });
    }

    private static bool IsImpossible(TransactionInput input, State state, HashSet<int> over)
    {
        var branch = input switch
        {
            BranchAnswered answered => answered.Branch,
            BranchOver ended => ended.Branch,
            BranchTimerFired fired => fired.Branch,
            _ => -1,
        };
        if (branch < 0) return false;
        if (branch >= state.Branches.Length) return true;
        return input switch
        {
            BranchOver => !over.Add(branch),
            BranchAnswered => over.Contains(branch),
            _ => false,
        };
    }

    private static TransactionInput Input(string step)
    {
        if (step == "cancel") return UpstreamCancelled.Instance;
        var branch = step[0] - '0';
        return step[2..] switch
        {
            "over" => new BranchOver(branch, TransactionOutcome.Completed),
            "timeout" => new BranchOver(branch, TransactionOutcome.TimedOut),
            "failed" => new BranchOver(branch, TransactionOutcome.SendFailed),
            "cancelled" => new BranchOver(branch, TransactionOutcome.Cancelled),
            "skip" => new BranchSkipped(branch),
            "silence" => new BranchTimerFired(BranchTimer.Provisional, branch, 0),
            "patience" => new BranchTimerFired(BranchTimer.Final, branch, 0),
            "C" => new BranchTimerFired(BranchTimer.C, branch, 0),
            "C1" => new BranchTimerFired(BranchTimer.C, branch, 1),
            var answer => new BranchAnswered(branch, Answer(answer)),
        };
    }

    private static SipResponse Answer(string text)
    {
        var status = int.Parse(text[..3], CultureInfo.InvariantCulture);
        var more = text.Length == 3 ? ""
            : text[3] == '!' ? $"{(status == 401 ? "WWW" : "Proxy")}-Authenticate: Digest realm=\"r\", nonce=\"n\"\n"
            : "Contact: " + string.Join(", ", text[4..].Split(',').Select(contact => contact.Split(';') is [var uri, var q] ? $"<sip:{uri}>;{q}" : $"<sip:{contact}>")) + "\n";
        return Sample.Answer(Sample.Invite, status, more: more);
    }

    private static string Show(TransactionEffect effect) => effect switch
    {
        BeginBranch begin => $"begin {begin.Branch} {begin.Target} /{begin.Breadth}",
        CancelBranch cancel => $"cancel {cancel.Branch}",
        StartBranchTimer start => $"{(start.Timer switch { BranchTimer.Provisional => "silence", BranchTimer.Final => "patience", _ => "C" })} {start.Branch} {start.After.TotalSeconds}s"
            + (start.Turn == 0 ? "" : $" #{start.Turn}"),
        ForwardUpstream forward => $"forward {forward.Response.StatusCode}" + (forward.Challenges.IsEmpty ? "" : $" +{forward.Challenges.Length}"),
        RespondUpstream respond => $"respond {respond.Status}",
        ReportFinal report => $"report {report.Response.StatusCode}",
        ReportDone => "done",
        ReleaseBranch release => $"release {release.Branch}",
        RememberChallenge remember => $"remember {remember.Branch}",
        _ => Notation.Of([effect]),
    };
}
