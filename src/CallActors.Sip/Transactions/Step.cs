using System.Collections.Immutable;
using static CallActors.Sip.Transactions.TransactionOutcome;

namespace CallActors.Sip.Transactions;

/// <summary>How the machines write their transitions down.</summary>
internal static class Step
{
    private static readonly ImmutableArray<TransactionEffect> OnlyCompleted = [Finish.With(Completed)];
    private static readonly ImmutableArray<TransactionEffect> OnlyTimedOut = [Finish.With(TimedOut)];
    private static readonly ImmutableArray<TransactionEffect> OnlyCancelled = [Finish.With(Cancelled)];
    private static readonly ImmutableArray<TransactionEffect> OnlySendFailed = [Finish.With(TransactionOutcome.SendFailed)];

    public static Transition<TState> To<TState>(TState next, params ImmutableArray<TransactionEffect> effects) => new(next, effects);

    public static ImmutableArray<TransactionEffect> End(TransactionOutcome outcome) => outcome switch
    {
        Completed => OnlyCompleted,
        TimedOut => OnlyTimedOut,
        Cancelled => OnlyCancelled,
        _ => OnlySendFailed,
    };

    public static TimeSpan Doubled(TimeSpan interval) => 2 * interval;

    public static TimeSpan Doubled(TimeSpan interval, TimeSpan most) => 2 * interval < most ? 2 * interval : most;
}
