using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Tests.Transactions;

/// <summary>What a machine asked for over a run of inputs, and what must be true of it.</summary>
public static class Traces
{
    public static ImmutableArray<TransactionEffect> Run<TState>(
        IStateMachine<TState> machine, Transition<TState> start, IEnumerable<TransactionInput> inputs)
    {
        var seen = start.Effects.ToBuilder();
        var state = start.State;
        foreach (var input in inputs)
        {
            (state, var effects) = machine.Handle(state, input);
            seen.AddRange(effects);
        }
        return seen.ToImmutable();
    }

    public static bool EndsOnce(ImmutableArray<TransactionEffect> seen)
    {
        var end = seen.IndexOf(seen.FirstOrDefault(effect => effect is Finish)!);
        return end < 0 || end == seen.Length - 1;
    }

    public static int FinalsPassedUp(ImmutableArray<TransactionEffect> seen, Predicate<int> status) =>
        seen.Count(effect => effect is PassUp { Message: SipResponse response } && status(response.StatusCode));
}
