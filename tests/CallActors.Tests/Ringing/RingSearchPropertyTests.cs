using CallActors.Ringing;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CallActors.Tests.Headers;
using CsCheck;

namespace CallActors.Tests.Ringing;

public sealed class RingSearchPropertyTests
{
    private static readonly SipResponse[] Rejections = [.. new[] { 302, 401, 404, 480, 486, 487, 500, 503, 600, 603 }.Select(status => SipSample.Response(status))];

    private static readonly Gen<RingPlan> Plans = Gen.Recursive<RingPlan>((depth, inner) => depth > 3
        ? Target()
        : Gen.Frequency((3, Target()), (1, Group(inner, isParallel: true)), (1, Group(inner, isParallel: false))));

    private static readonly Gen<RingPlan> Wholes = Gen.Select(Plans, Gen.Bool, Gen.Int[0, 3], (plan, limitsSilence, rule) =>
        (limitsSilence ? plan.GivingUpSilentAfter(TimeSpan.FromSeconds(3)) : plan).OnFailure(rule switch
        {
            0 => FailureRule.Default,
            1 => FailureRule.NextOn(486, 503),
            2 => FailureRule.Never,
            _ => FailureRule.StopOn(404),
        }));

    private static readonly Gen<RingInput> Inputs = Gen.Select(Gen.Int[0, 9], Gen.Int[-1, 12], Gen.Int[0, Rejections.Length - 1], (kind, number, rejection) => kind switch
    {
        0 => new RingInput.Started(),
        1 => new RingInput.Rang(number),
        2 => new RingInput.Answered(number),
        3 or 4 => new RingInput.Rejected(number, Rejections[rejection]),
        5 => new RingInput.Lost(number, 503),
        6 => new RingInput.TimedOut(RingTimer.Ring, number),
        7 => new RingInput.TimedOut(RingTimer.Silence, number),
        8 => new RingInput.Added("new@h"),
        _ => rejection == 0 ? new RingInput.CallerGone() : (RingInput)new RingInput.Rang(number),
    });

    [Fact]
    public void Whatever_happens_at_most_one_target_wins_and_every_other_is_cancelled_or_over() =>
        Gen.Select(Wholes, Inputs.Array[0, 40]).Sample((plan, inputs) =>
        {
            var host = new Host(plan);
            host.Give(new RingInput.Started());
            foreach (var input in inputs) host.Give(input);
            return host.IsSound;
        });

    [Fact]
    public void Whatever_the_plan_once_all_have_failed_there_is_an_outcome() =>
        Gen.Select(Wholes, Gen.Int[0, 1000].Array[60]).Sample((plan, chances) =>
        {
            var host = new Host(plan);
            host.Give(new RingInput.Started());
            foreach (var chance in chances)
            {
                if (host.Calling.Count == 0) break;
                var target = host.Calling.Order().ElementAt(chance % host.Calling.Count);
                host.Give(chance % 3 == 0 ? new RingInput.Lost(target, 503) : new RingInput.Rejected(target, Rejections[chance % Rejections.Length]));
            }
            return host.Calling.Count == 0 && host.Outcome is RingOutcome.Failed && host.IsSound;
        });

    private static Gen<RingPlan> Target() => Gen.Select(Gen.Char['a', 'f'], Gen.Bool, (name, isLimited) =>
        isLimited ? RingPlan.Of($"{name}@h").For(TimeSpan.FromSeconds(9)) : RingPlan.Of($"{name}@h"));

    private static Gen<RingPlan> Group(Gen<RingPlan> inner, bool isParallel) =>
        inner.Array[0, 3].Select(members => isParallel ? RingPlan.Parallel(members) : RingPlan.Serial(members));

    /// <summary>Keeps the calls as a host would, and notes what may never happen.</summary>
    private sealed class Host(RingPlan plan)
    {
        private RingSearch.State _state = RingSearch.Start(plan);
        private readonly HashSet<int> _dialled = [];
        private readonly HashSet<int> _released = [];
        private bool _isBroken;

        /// <summary>Those whose call was placed, and neither ended nor cancelled.</summary>
        public HashSet<int> Calling { get; } = [];

        public RingOutcome? Outcome { get; private set; }

        /// <summary>With an outcome nobody is left but the winner; before it somebody is.</summary>
        public bool IsSound => !_isBroken && (Outcome is null ? Calling.Count > 0 : Calling.Count == 0)
            && _state.Nodes.Count(node => node.Stage == RingSearch.Stage.Winner) == (Outcome is RingOutcome.Won ? 1 : 0);

        public void Give(RingInput input)
        {
            var wasOver = Outcome is not null;
            var answered = input is RingInput.Answered { Target: var target } && _dialled.Contains(target) ? target : -1;
            var wasCalling = Calling.Contains(answered);
            var (next, effects) = RingSearch.Instance.Handle(_state, input);
            _state = next;
            if (input is RingInput.Rejected rejected) Calling.Remove(rejected.Target);
            if (input is RingInput.Lost lost) Calling.Remove(lost.Target);
            foreach (var effect in effects) Perform(effect, wasOver);

            // An answer wins, or is released; it is never left alone.
            if (wasCalling) _isBroken |= Outcome is not RingOutcome.Won { Number: var winner } || winner != answered;
            else if (answered >= 0 && Outcome is not RingOutcome.Won { Number: var first }) _isBroken |= !_released.Contains(answered);
        }

        private void Perform(TransactionEffect effect, bool wasOver)
        {
            switch (effect)
            {
                case RingEffect.Dial dial:
                    _isBroken |= wasOver || Outcome is not null || !_dialled.Add(dial.Number) || !Calling.Add(dial.Number);
                    break;
                case RingEffect.Cancel cancel:
                    _isBroken |= wasOver || !Calling.Remove(cancel.Number);
                    break;
                case RingEffect.Release release:
                    _isBroken |= Calling.Contains(release.Number) || !_dialled.Contains(release.Number);
                    _released.Add(release.Number);
                    break;
                case RingEffect.Finish finish:
                    _isBroken |= Outcome is not null;
                    Outcome = finish.Outcome;
                    if (finish.Outcome is RingOutcome.Won won) _isBroken |= !Calling.Remove(won.Number);
                    break;
            }
        }
    }
}
