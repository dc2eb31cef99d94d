using CallActors.Descriptions;
using CallActors.Offers;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Offers.ModifyQueue;

namespace CallActors.Tests.Offers;

public sealed class ModifyQueuePropertyTests
{
    private static readonly ModifyQueue Queue = new(OwnsCallId: false) { MostAttempts = 3 };

    private static readonly Gen<ModifyInput> Inputs = Gen.Select(Gen.Int[0, 15], Gen.Int[1, 4], Gen.Int[0, 3], (kind, number, sdp) =>
    {
        var text = sdp == 0 ? null : $"{(char)('A' + sdp)}";
        return kind switch
        {
            0 => new ModifyInput.Ask(0, new Modification.Offer(text ?? "Z")),
            1 => new ModifyInput.Ask(0, new Modification.Hold(HoldMode.Inactive)),
            2 => new ModifyInput.Ask(0, new Modification.Resume()),
            3 => new ModifyInput.Ask(0, new Modification.AskForOffer()),
            4 => new ModifyInput.Ask(0, new Modification.Refresh()),
            5 or 6 => new ModifyInput.Accepted(text),
            7 => number == 4 && sdp == 3 ? new ModifyInput.NotSent("lost") : (ModifyInput)new ModifyInput.Refused(new[] { 491, 500, 488, 503 }[sdp], "no", TimeSpan.FromSeconds(number * 4), 0.3),
            8 => new ModifyInput.Answer(number, text),
            9 => new ModifyInput.Received(number, text, sdp > 1, 0.3),
            10 => new ModifyInput.Respond(number, new[] { 200, 200, 488, 180 }[sdp], text),
            11 => new ModifyInput.Acknowledged(number, text),
            12 => new ModifyInput.TimerFired(ModifyTimer.Retry, number),
            13 => new ModifyInput.TimerFired(ModifyTimer.Limit, number),
            14 => new ModifyInput.TimerFired(ModifyTimer.Abandoned, number),
            _ => (ModifyInput)(number == 1 && sdp == 0 ? new ModifyInput.Ended("bye") : new ModifyInput.TimerFired(ModifyTimer.Retry, number)),
        };
    });

    [Fact]
    public void Whatever_happens_never_two_of_ours_are_out_and_none_over_theirs() => Inputs.Array[0, 60].Sample(inputs =>
    {
        var host = new Host();
        foreach (var input in inputs) host.Give(input);
        return !host.IsBroken;
    });

    [Fact]
    public void Whatever_happens_every_change_settles_exactly_once() => Inputs.Array[0, 60].Sample(inputs =>
    {
        var host = new Host();
        foreach (var input in inputs) host.Give(input);
        host.Give(new ModifyInput.Ended("bye"));
        return host.Settled.Count == host.Asked && host.Settled.Values.All(count => count == 1);
    });

    [Fact]
    public void Whatever_happens_only_an_exchange_that_succeeds_changes_what_is_agreed() => Inputs.Array[0, 60].Sample(inputs =>
    {
        var host = new Host();
        foreach (var input in inputs)
        {
            var before = host.State;
            host.Give(input);
            var mayChange = input switch
            {
                ModifyInput.Accepted => before.Ours?.Phase is OurPhase.Sent or OurPhase.Cancelled,
                ModifyInput.Answer or ModifyInput.TimerFired { Timer: ModifyTimer.Limit } => before.Ours?.Phase == OurPhase.Answering,
                ModifyInput.Respond { Status: >= 200 and < 300 } => before.Theirs is { IsAnswered: false, Offer: not null },
                ModifyInput.Acknowledged { Sdp: not null } => before.Theirs is { IsAnswered: true, OurOffer: not null },
                _ => false,
            };
            var isSame = (before.Local, before.Remote, before.Hold) == (host.State.Local, host.State.Remote, host.State.Hold);
            if (!mayChange && !isSame) return false;
        }
        return true;
    });

    [Fact]
    public void Whatever_is_asked_is_carried_out_by_a_peer_that_always_accepts() =>
        Gen.Int[0, 4].Array[1, 10].Sample(kinds =>
        {
            var host = new Host();
            foreach (var kind in kinds)
            {
                host.Give(new ModifyInput.Ask(0, kind switch
                {
                    0 => new Modification.Offer("A"),
                    1 => new Modification.Hold(),
                    2 => new Modification.Resume(),
                    3 => new Modification.AskForOffer(),
                    _ => new Modification.Refresh(),
                }));
            }
            for (var turn = 0; host.State.Ours is { } ours && turn < 50; turn++)
                host.Give(ours.Phase == OurPhase.Answering ? new ModifyInput.Answer(ours.Asked.Id, "A") : new ModifyInput.Accepted("B"));
            return host.Settled.Count == kinds.Length && host.State is { Ours: null, Queue.IsEmpty: true };
        });

    /// <summary>Keeps the exchanges as a host would, and notes what may never happen.</summary>
    private sealed class Host
    {
        private readonly HashSet<int> _theirs = [];
        private int _out;

        public State State { get; private set; } = Start("L", "R");

        public Dictionary<int, int> Settled { get; } = [];

        public int Asked { get; private set; }

        public bool IsBroken { get; private set; }

        public void Give(ModifyInput input)
        {
            // Numbers are the host's, so it never gives one twice, nor an end to what has not begun.
            if (input is ModifyInput.Ask ask) input = ask with { Id = ++Asked };
            if (input is ModifyInput.Accepted or ModifyInput.Refused or ModifyInput.NotSent && _out > 0) _out--;
            if (input is ModifyInput.Received received && !_theirs.Add(received.Exchange)) return;
            if (input is ModifyInput.TimerFired { Timer: ModifyTimer.Abandoned } && State.Ours?.Phase == OurPhase.Cancelled) _out = 0;

            var wereTheirsOpen = State.Theirs is { IsAnswered: false };
            var (next, effects) = Queue.Handle(State, input);
            State = next;
            foreach (var effect in effects) Perform(effect);
            if (input is ModifyInput.Received again && wereTheirsOpen) IsBroken |= effects is not [ModifyEffect.Reply { Status: 500 or 491, Exchange: var number }] || number != again.Exchange;
        }

        private void Perform(TransactionEffect effect)
        {
            switch (effect)
            {
                case ModifyEffect.SendInvite:
                    IsBroken |= ++_out > 1 || State.Theirs is not null;
                    break;
                case ModifyEffect.Present:
                    IsBroken |= _out > 0;
                    break;
                case ModifyEffect.Settle settle:
                    Settled[settle.Id] = Settled.GetValueOrDefault(settle.Id) + 1;
                    break;
            }
        }
    }
}
