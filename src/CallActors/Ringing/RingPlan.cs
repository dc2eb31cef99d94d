using System.Collections.Immutable;
using CallActors.Targets;

namespace CallActors.Ringing;

/// <summary>
/// Whom to ring, in which order and for how long: targets, one after the other or all at once, in groups of groups. Immutable.
/// </summary>
/// <example><c>RingPlan.Serial(RingPlan.Parallel("a@x", "b@x").For(20 s), "voicemail@x")</c></example>
public sealed class RingPlan
{
    private RingPlan(CallTarget? target, bool isParallel, ImmutableArray<RingPlan> members)
    {
        Target = target;
        IsParallel = isParallel;
        Members = members;
        Timeout = target?.RingTimeout;
    }

    /// <summary>How long this target or group may ring; null for as long as the plan around it lets it.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>
    /// How long each target may stay silent: one that has not rung by then is given up, long before SIP itself would (32 s). Null for no such limit. Only that
    /// of the whole plan counts.
    /// </summary>
    public TimeSpan? Silence { get; private init; }

    /// <summary>Which failures lead to the next target. Only the rule of the whole plan counts.</summary>
    public FailureRule Failures { get; private init; } = FailureRule.Default;

    internal CallTarget? Target { get; }

    internal bool IsParallel { get; }

    internal ImmutableArray<RingPlan> Members { get; }

    /// <summary>A plan of one target.</summary>
    public static implicit operator RingPlan(CallTarget target) => Of(target);

    /// <summary>A plan of one target, as <see cref="CallTarget.Parse"/> reads it.</summary>
    public static implicit operator RingPlan(string target) => Of(CallTarget.Parse(target));

    /// <summary>A plan of one target.</summary>
    public static RingPlan Of(CallTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(target, isParallel: false, []);
    }

    /// <summary>All at once: the first answer wins.</summary>
    public static RingPlan Parallel(params ReadOnlySpan<RingPlan> members) => new(null, isParallel: true, ImmutableArray.Create(members));

    /// <summary>One after the other, until one answers.</summary>
    public static RingPlan Serial(params ReadOnlySpan<RingPlan> members) => new(null, isParallel: false, ImmutableArray.Create(members));

    /// <summary>The same, for so long at most.</summary>
    public RingPlan For(TimeSpan timeout) => Copy(timeout, Silence, Failures);

    /// <summary>The same, giving up targets that stay silent for so long.</summary>
    public RingPlan GivingUpSilentAfter(TimeSpan silence) => Copy(Timeout, silence, Failures);

    /// <summary>The same, with this rule about failures.</summary>
    public RingPlan OnFailure(FailureRule rule) => Copy(Timeout, Silence, rule);

    private RingPlan Copy(TimeSpan? timeout, TimeSpan? silence, FailureRule failures) =>
        new(Target, IsParallel, Members) { Timeout = timeout, Silence = silence, Failures = failures };
}

/// <summary>Which failures of one target end the whole plan instead of leading to the next.</summary>
public sealed class FailureRule
{
    private readonly ImmutableArray<int> _statuses;
    private readonly bool _areNext;
    private readonly int _worst;

    private FailureRule(ImmutableArray<int> statuses, bool areNext, int worst = 600)
    {
        _statuses = statuses;
        _areNext = areNext;
        _worst = worst;
    }

    /// <summary>6xx speaks for every place where the callee is, and ends it (RFC 3261 §16.7); every other failure leads to the next.</summary>
    public static FailureRule Default { get; } = StopOn();

    /// <summary>No failure ends it, 6xx neither: for a group of several callees, of whom each speaks for himself alone.</summary>
    public static FailureRule Never { get; } = new([], areNext: false, worst: int.MaxValue);

    /// <summary>Only these statuses lead to the next target, 6xx too if it is named.</summary>
    public static FailureRule NextOn(params ReadOnlySpan<int> statuses) => new(ImmutableArray.Create(statuses), areNext: true);

    /// <summary>6xx and these statuses end the plan.</summary>
    public static FailureRule StopOn(params ReadOnlySpan<int> statuses) => new(ImmutableArray.Create(statuses), areNext: false);

    internal bool Stops(int status) => _areNext ? !_statuses.Contains(status) : status >= _worst || _statuses.Contains(status);
}
