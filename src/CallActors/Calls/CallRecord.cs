namespace CallActors;

/// <summary>What is to be known of a call that is over: its call detail record. There is exactly one for each call.</summary>
/// <param name="Key">The call.</param>
/// <param name="Flow">The flow that ran it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="AnsweredAt">When its first leg was answered; null when none was.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Legs">Its legs, in the order they began.</param>
/// <param name="HasFailed">Whether its flow threw.</param>
public sealed record CallRecord(
    CallKey Key, string Flow, DateTimeOffset StartedAt, DateTimeOffset? AnsweredAt, DateTimeOffset EndedAt, IReadOnlyList<LegRecord> Legs, bool HasFailed)
{
    /// <summary>How long the call was answered; zero when it never was.</summary>
    public TimeSpan AnsweredFor => AnsweredAt is { } answered ? EndedAt - answered : TimeSpan.Zero;
}

/// <summary>One leg in a <see cref="CallRecord"/>.</summary>
/// <param name="IsIncoming">Whether the far end called.</param>
/// <param name="CallId">The Call-ID.</param>
/// <param name="LocalUri">Our side.</param>
/// <param name="RemoteUri">The far end.</param>
/// <param name="IsAnswered">Whether it was answered.</param>
/// <param name="End">How it ended.</param>
public sealed record LegRecord(bool IsIncoming, string CallId, string LocalUri, string RemoteUri, bool IsAnswered, LegEnd End);

/// <summary>Takes the call detail records of a node. Register one or several with dependency injection.</summary>
public interface ICallRecordSink
{
    /// <summary>Takes a record. It is called in the call's mailbox: what takes time belongs behind it.</summary>
    void Write(CallRecord record);
}
