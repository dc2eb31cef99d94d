using CallActors.Descriptions;
using CallActors.Offers;
using CallActors.Tests.Descriptions;

namespace CallActors.Tests.Offers;

public sealed class ModifyQueueTests
{
    private static readonly ModifyQueue Queue = new(OwnsCallId: true) { MostAttempts = 3 };

    /// <summary>Begins with what we said, L, and they said, R; ends with what holds then.</summary>
    public static TheoryData<string, string, string, string> Figure => new()
    {
        { "accepted", "offer 1 A; 200 B", "invite 1 A; ack 1 *, 1 agreed B", "A/B" },
        { "refused", "offer 1 A; 488", "invite 1 A; 1 refused 488", "L/R" },
        { "a refusal frees the next", "offer 1 A; offer 2 C; 488; 200 D", "invite 1 A; -; 1 refused 488, invite 2 C; ack 2 *, 2 agreed D", "C/D" },
        { "three at once go one after the other", "offer 1 A; offer 2 C; offer 3 E; 200 B; 200 D; 200 F", "invite 1 A; -; -; ack 1 *, 1 agreed B, invite 2 C; ack 2 *, 2 agreed D, invite 3 E; ack 3 *, 3 agreed F", "E/F" },
        { "accepted without an answer", "offer 1 A; 200", "invite 1 A; ack 1 *, 1 agreed *", "A/R" },
        { "refresh", "refresh 1; 200 R", "invite 1 L; ack 1 *, 1 agreed R", "L/R" },

        { "491", "offer 1 A; 491; retry 1; 200 B", "invite 1 A; retry 1 in 3.05; invite 1 A; ack 1 *, 1 agreed B", "A/B" },
        { "491 again and again", "offer 1 A; 491; retry 1; 491; retry 2; 491", "invite 1 A; retry 1 in 3.05; invite 1 A; retry 2 in 3.05; invite 1 A; 1 refused 491", "L/R" },
        { "a late retry", "offer 1 A; 491; retry 1; 200 B; retry 1", "invite 1 A; retry 1 in 3.05; invite 1 A; ack 1 *, 1 agreed B; -", "A/B" },
        { "others wait while we do", "offer 1 A; 491; offer 2 C; retry 1; 200 B", "invite 1 A; retry 1 in 3.05; -; invite 1 A; ack 1 *, 1 agreed B, invite 2 C", "A/B" },
        { "500 with Retry-After", "offer 1 A; 500 4; retry 1; 200 B", "invite 1 A; retry 1 in 4; invite 1 A; ack 1 *, 1 agreed B", "A/B" },
        { "500 without it", "offer 1 A; 500", "invite 1 A; 1 refused 500", "L/R" },
        { "500 with too much of it", "offer 1 A; 500 11", "invite 1 A; 1 refused 500", "L/R" },
        { "503 with Retry-After", "offer 1 A; 503 4", "invite 1 A; 1 refused 503", "L/R" },

        { "theirs", "invite 7 X; reply 7 200 Y; ack 7", "present 7 X; reply 7 200 Y; -", "Y/X" },
        { "theirs refused", "invite 7 X; reply 7 488", "present 7 X; reply 7 488 *", "L/R" },
        { "theirs takes its time", "invite 7 X; reply 7 183; reply 7 200 Y", "present 7 X; reply 7 183 *; reply 7 200 Y", "Y/X" },
        { "theirs over ours", "offer 1 A; invite 7 X; 200 B", "invite 1 A; reply 7 491 *; ack 1 *, 1 agreed B", "A/B" },
        { "their update over ours", "offer 1 A; update 7 X", "invite 1 A; reply 7 491 *", "L/R" },
        { "theirs over theirs", "invite 7 X; invite 8 Z; reply 7 200 Y", "present 7 X; reply 8 500 in 5; reply 7 200 Y", "Y/X" },
        { "ours waits for theirs and its ACK", "invite 7 X; offer 1 A; reply 7 200 Y; ack 7", "present 7 X; -; reply 7 200 Y; invite 1 A", "Y/X" },
        { "ours waits for theirs to fail", "invite 7 X; offer 1 A; reply 7 488", "present 7 X; -; reply 7 488 *, invite 1 A", "L/R" },
        { "an update has no ACK", "update 7 X; offer 1 A; reply 7 200 Y", "present 7 X; -; reply 7 200 Y, invite 1 A", "Y/X" },
        { "theirs while we wait after 491", "offer 1 A; 491; invite 7 X; retry 1; reply 7 200 Y; ack 7; 200 B", "invite 1 A; retry 1 in 3.05; present 7 X; -; reply 7 200 Y; invite 1 A; ack 1 *, 1 agreed B", "A/B" },
        { "theirs once more before its ACK", "invite 7 X; reply 7 200 Y; invite 8 Z; ack 7; reply 8 200 W; ack 8", "present 7 X; reply 7 200 Y; present 8 Z; -; reply 8 200 W; -", "W/Z" },
        { "a reply to nothing", "reply 7 200 Y; ack 7; 200 B; 486; answer 1 B; retry 1; limit 1; abandoned 1", "-; -; -; -; -; -; -; -", "L/R" },

        { "they ask for our offer", "invite 7; reply 7 200 Y; ack 7 X", "present 7 *; reply 7 200 Y; -", "Y/X" },
        { "they ask and do not answer", "invite 7; reply 7 200 Y; ack 7", "present 7 *; reply 7 200 Y; -", "L/R" },
        { "they ask and have not answered yet", "invite 7; reply 7 200 Y; invite 8 Z; ack 7 X", "present 7 *; reply 7 200 Y; reply 8 491 *; -", "Y/X" },
        { "they ask and we say what we are", "invite 7; reply 7 200", "present 7 *; reply 7 200 L\r\n", "L/R" },

        { "we ask for their offer", "ask 1; 200 B; answer 1 A", "invite 1 *; answer 1 B?; ack 1 A, 1 agreed B", "A/B" },
        { "we ask, then refresh", "ask 1; 200 B; answer 1 A; refresh 2; 200 B", "invite 1 *; answer 1 B?; ack 1 A, 1 agreed B; invite 2 A; ack 2 *, 2 agreed B", "A/B" },
        { "we ask and others wait for the answer", "ask 1; offer 2 C; 200 B; answer 1 A", "invite 1 *; -; answer 1 B?; ack 1 A, 1 agreed B, invite 2 C", "A/B" },
        { "we ask and have not answered yet", "ask 1; 200 B; invite 7 X", "invite 1 *; answer 1 B?; reply 7 491 *", "L/R" },
        { "we ask and get nothing", "ask 1; 200", "invite 1 *; ack 1 *, 1 agreed *", "L/R" },
        { "we ask and are refused", "ask 1; 488", "invite 1 *; 1 refused 488", "L/R" },
        { "we ask and then refuse", "ask 1; 200 B; answer 1", "invite 1 *; answer 1 B?; ack 1 L\r\n, 1 refused 488", "L\r\n/B" },
        { "somebody else's answer", "ask 1; 200 B; answer 2 A", "invite 1 *; answer 1 B?; -", "L/R" },

        { "too long", "offer 1 A; limit 1; offer 2 C; 487; 200 D", "invite 1 A; 1 TimedOut, cancel 1; -; invite 2 C; ack 2 *, 2 agreed D", "C/D" },
        { "too long, and accepted all the same", "offer 1 A; limit 1; 200 B", "invite 1 A; 1 TimedOut, cancel 1; ack 1 *", "A/B" },
        { "too long, and never ended", "offer 1 A; limit 1; offer 2 C; invite 7 X; abandoned 1", "invite 1 A; 1 TimedOut, cancel 1; -; reply 7 491 *; invite 2 C", "L/R" },
        { "too long between two attempts", "offer 1 A; 491; limit 1; retry 1; offer 2 C", "invite 1 A; retry 1 in 3.05; 1 TimedOut; -; invite 2 C", "L/R" },
        { "a late limit", "offer 1 A; 200 B; offer 2 C; limit 1", "invite 1 A; ack 1 *, 1 agreed B; invite 2 C; -", "A/B" },

        { "not sent", "offer 1 A; offer 2 C; lost; lost", "invite 1 A; -; 1 NotSent, invite 2 C; 2 NotSent", "L/R" },

        { "the call ends", "offer 1 A; offer 2 C; hold 3; end", "invite 1 A; -; -; 1 DialogEnded, 2 DialogEnded, 3 DialogEnded", "L/R" },
        { "the call ends while we wait", "offer 1 A; 491; end; retry 1", "invite 1 A; retry 1 in 3.05; 1 DialogEnded; -", "L/R" },
        { "the call ends while we answer", "ask 1; 200 B; end; answer 1 A", "invite 1 *; answer 1 B?; 1 DialogEnded; -", "L/R" },
        { "the call ends after we gave up", "offer 1 A; limit 1; end; 487", "invite 1 A; 1 TimedOut, cancel 1; -; -", "L/R" },
        { "after the end", "end; offer 1 A; invite 7 X; end", "-; 1 DialogEnded; reply 7 481 *; -", "L/R" },
        { "resuming without a hold", "resume 1; offer 2 A", "1 agreed R; invite 2 A", "L/R" },
    };

    [Theory, MemberData(nameof(Figure))]
    public void Follows_every_arrow(string name, string inputs, string expected, string agreed)
    {
        var state = ModifyQueue.Start("L", "R");
        var seen = new List<string>();
        foreach (var input in inputs.Split("; "))
        {
            var (next, effects) = Queue.Handle(state, ModifyScript.Read(input));
            state = next;
            seen.Add(effects.IsEmpty ? "-" : ModifyScript.Written(effects));
        }
        Assert.Equal(expected, string.Join("; ", seen));
        Assert.Equal(agreed, $"{state.Local}/{state.Remote}");
        Assert.NotEmpty(name);
    }

    [Theory]
    [InlineData(true, 0.0, 2.1)]
    [InlineData(true, 0.999, 4.0)]
    [InlineData(false, 0.0, 0.0)]
    [InlineData(false, 0.999, 2.0)]
    public void After_491_the_side_that_made_the_call_id_waits_longer(bool ownsCallId, double chance, double seconds)
    {
        var queue = new ModifyQueue(ownsCallId);
        var sent = queue.Handle(ModifyQueue.Start("L", "R"), ModifyScript.Read("offer 1 A")).State;
        var timer = Assert.IsType<ModifyEffect.StartTimer>(Assert.Single(queue.Handle(sent, new ModifyInput.Refused(491, "Request Pending", null, chance)).Effects));
        Assert.Equal(TimeSpan.FromSeconds(seconds), timer.After);
        Assert.Equal(new ModifyInput.TimerFired(ModifyTimer.Retry, 1), timer.Fired);
    }

    [Fact]
    public void Every_change_has_its_limit_once_however_often_it_is_sent()
    {
        var (state, effects) = Queue.Handle(ModifyQueue.Start("L", "R"), ModifyScript.Read("offer 5 A"));
        Assert.Equal(new ModifyEffect.StartTimer(ModifyTimer.Limit, 5, TimeSpan.FromSeconds(30)), effects[1]);
        state = Queue.Handle(state, ModifyScript.Read("491")).State;
        Assert.Single(Queue.Handle(state, ModifyScript.Read("retry 1")).Effects);
    }

    [Fact]
    public void Nothing_is_sent_before_the_ack_of_the_call_itself()
    {
        Assert.Equal(["-", "invite 1 A"], Run(ModifyQueue.StartUnacknowledged("L", "R"), "offer 1 A", "ack 0"));

        // A call that asked for our offer has its answer with the ACK.
        var state = ModifyQueue.StartUnacknowledged("L", null);
        Assert.Null(state.Local);
        state = Queue.Handle(state, ModifyScript.Read("ack 0 R")).State;
        Assert.Equal(("L", "R"), (state.Local, state.Remote));
    }

    [Fact]
    public void Without_a_description_there_is_nothing_to_hold_or_repeat() =>
        Assert.Equal(
            ["1 NotSent", "2 NotSent", "present 7 *", "reply 7 488 *"],
            Run(ModifyQueue.Start(null, null), "hold 1", "refresh 2", "invite 7", "reply 7 200"));

    [Fact]
    public void A_hold_holds_once_it_is_accepted_and_so_does_its_end()
    {
        var talking = Sdp.Audio("a=sendrecv");
        var held = Sdp.Audio("a=sendonly", origin: "7 2");
        var state = ModifyQueue.Start(talking, "R");
        state = Step(state, "hold 1", $"invite 1 {held}");
        Assert.Equal((null, talking), (state.Hold, state.Local));

        state = Step(state, "488", "1 refused 488");
        Assert.Equal((null, talking), (state.Hold, state.Local));

        state = Step(state, "hold 2", $"invite 2 {held}");
        state = Step(state, "200 H", $"ack 2 *, 2 agreed H");
        Assert.Equal((HoldMode.SendOnly, held), (state.Hold, state.Local));
        state = Step(state, "hold 3", $"3 agreed H");

        // A resumption that is refused leaves the hold.
        var resumed = Sdp.Audio("a=sendrecv", origin: "7 3");
        state = Step(state, "resume 4", $"invite 4 {resumed}");
        state = Step(state, "500", "4 refused 500");
        Assert.Equal((HoldMode.SendOnly, held), (state.Hold, state.Local));

        state = Step(state, "resume 5", $"invite 5 {resumed}");
        state = Step(state, "200 S", $"ack 5 *, 5 agreed S");
        Assert.Equal((null, resumed), (state.Hold, state.Local));
        Step(state, "resume 6", $"6 agreed S");
    }

    [Fact]
    public void A_hold_may_become_another_and_the_end_returns_to_what_was_before_both()
    {
        var state = ModifyQueue.Start(Sdp.AudioVideo("a=sendrecv", "a=recvonly"), "R");
        state = Step(state, "hold 1", $"invite 1 {Sdp.AudioVideo("a=sendonly", "a=inactive", "7 2")}");
        state = Queue.Handle(state, ModifyScript.Read("200 H")).State;
        state = Step(state, "silence 2", $"invite 2 {Sdp.AudioVideo("a=inactive", "a=inactive", "7 3")}");
        state = Queue.Handle(state, ModifyScript.Read("200 H")).State;
        Assert.Equal(HoldMode.Inactive, state.Hold);
        Step(state, "resume 3", $"invite 3 {Sdp.AudioVideo("a=sendrecv", "a=recvonly", "7 4")}");
    }

    [Fact]
    public void A_hold_that_was_restored_is_ended_by_sending_and_receiving() =>
        Step(ModifyQueue.Start(Sdp.Audio("a=inactive"), "R", HoldMode.Inactive), "resume 1", $"invite 1 {Sdp.Audio("a=sendrecv", origin: "7 2")}");

    [Fact]
    public void An_offer_of_the_flow_holds_when_it_takes_no_media()
    {
        var state = ModifyQueue.Start(Sdp.Audio(), "R");
        state = Queue.Handle(state, new ModifyInput.Ask(1, new Modification.Offer(Sdp.Audio("a=inactive")))).State;
        state = Queue.Handle(state, new ModifyInput.Accepted("B")).State;
        Assert.NotNull(state.Hold);
        state = Queue.Handle(state, new ModifyInput.Ask(2, new Modification.Offer(Sdp.Audio()))).State;
        state = Queue.Handle(state, new ModifyInput.Accepted("B")).State;
        Assert.Null(state.Hold);
    }

    [Fact]
    public void What_they_offer_is_told_with_its_meaning_and_holds_once_it_is_answered()
    {
        var talking = Sdp.Audio(origin: "9 1");
        var hold = Sdp.Audio("a=sendonly", origin: "9 2");
        var state = ModifyQueue.Start(Sdp.Audio(), talking);

        var (asked, effects) = Queue.Handle(state, new ModifyInput.Received(7, hold, IsUpdate: false, 0));
        Assert.Equal(RemoteHoldKind.Held, Assert.IsType<ModifyEffect.Present>(Assert.Single(effects)).Meaning.Kind);
        Assert.Equal(talking, asked.Remote);
        Assert.Equal(talking, Queue.Handle(asked, new ModifyInput.Respond(7, 488, null)).State.Remote);

        // Without a word of the flow we answer as far as they let us, and after their hold as before it.
        state = Step(asked, "reply 7 200", $"reply 7 200 {Sdp.Audio("a=recvonly", origin: "7 2")}");
        Assert.Equal(hold, state.Remote);
        state = Queue.Handle(state, ModifyScript.Read("ack 7")).State;
        (state, effects) = Queue.Handle(state, new ModifyInput.Received(8, Sdp.Audio(origin: "9 3"), IsUpdate: false, 0));
        Assert.Equal(RemoteHoldKind.Resumed, Assert.IsType<ModifyEffect.Present>(Assert.Single(effects)).Meaning.Kind);
        Step(state, "reply 8 200", $"reply 8 200 {Sdp.Audio("a=sendrecv", origin: "7 3")}");
    }

    [Fact]
    public void A_refresh_of_theirs_is_answered_with_the_same_version_and_our_own_hold_stays()
    {
        var state = Queue.Handle(ModifyQueue.Start(Sdp.Audio(), Sdp.Audio(origin: "9 1")), new ModifyInput.Received(7, Sdp.Audio(origin: "9 1"), false, 0)).State;
        Step(state, "reply 7 200", $"reply 7 200 {Sdp.Audio()}");

        state = ModifyQueue.Start(Sdp.Audio("a=sendonly"), Sdp.Audio("a=recvonly", origin: "9 1"), HoldMode.SendOnly);
        state = Queue.Handle(state, new ModifyInput.Received(7, Sdp.Audio(origin: "9 2"), false, 0)).State;
        state = Step(state, "reply 7 200", $"reply 7 200 {Sdp.Audio("a=sendonly")}");
        state = Queue.Handle(state, ModifyScript.Read("ack 7")).State;
        state = Queue.Handle(state, ModifyScript.Read("invite 8")).State;
        Step(state, "reply 8 200", $"reply 8 200 {Sdp.Audio("a=sendonly")}");
    }

    [Fact]
    public void An_offer_that_the_flow_does_not_answer_in_time_is_answered_for_it()
    {
        var state = ModifyQueue.Start(Sdp.Audio(), Sdp.Audio(origin: "9 1"));
        state = Queue.Handle(state, ModifyScript.Read("ask 1")).State;
        state = Queue.Handle(state, new ModifyInput.Accepted(Sdp.Audio("a=sendonly", origin: "9 2"))).State;
        var answer = Sdp.Audio("a=recvonly", origin: "7 2");
        state = Step(state, "limit 1", $"ack 1 {answer}, 1 TimedOut");
        Assert.Equal(answer, state.Local);
    }

    private static ModifyQueue.State Step(ModifyQueue.State state, string input, string expected)
    {
        var (next, effects) = Queue.Handle(state, ModifyScript.Read(input));
        Assert.Equal(expected, ModifyScript.Written(effects));
        return next;
    }

    private static string[] Run(ModifyQueue.State state, params string[] inputs)
    {
        var seen = new List<string>();
        foreach (var input in inputs)
        {
            var (next, effects) = Queue.Handle(state, ModifyScript.Read(input));
            state = next;
            seen.Add(effects.IsEmpty ? "-" : ModifyScript.Written(effects));
        }
        return [.. seen];
    }
}
