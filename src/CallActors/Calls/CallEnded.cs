namespace CallActors;

/// <summary>A call is over: what its flow is told last.</summary>
/// <param name="Key">The call.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="AnsweredAt">When its first leg was answered; null when none was.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Legs">Its legs, each with its end.</param>
/// <param name="Failure">What the flow threw, where it did.</param>
public sealed record CallEnded(
    CallKey Key, DateTimeOffset StartedAt, DateTimeOffset? AnsweredAt, DateTimeOffset EndedAt, IReadOnlyList<Leg> Legs, Exception? Failure);
