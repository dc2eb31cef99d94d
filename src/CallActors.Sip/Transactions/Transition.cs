using System.Collections.Immutable;

namespace CallActors.Sip.Transactions;

/// <summary>A machine's answer to one input: where it now stands, and what its host must do, in this order.</summary>
/// <typeparam name="TState">The machine's states.</typeparam>
/// <param name="State">The state after the input.</param>
/// <param name="Effects">What the host performs, first to last; empty when the input changes nothing outside.</param>
public readonly record struct Transition<TState>(TState State, ImmutableArray<TransactionEffect> Effects);

/// <summary>
/// A protocol machine made of values: one transition for every pair of state and input. Each machine has beside it a
/// <c>Start</c> of its own, because each begins with something else.
/// </summary>
/// <typeparam name="TState">The machine's states, immutable.</typeparam>
/// <remarks>
/// A machine holds no message: what a state needs is in the state, and is let go with it. So two instances of each machine
/// (for reliable and for unreliable transports) serve a whole server, and a transaction in its last 32 seconds costs next to nothing.
/// </remarks>
public interface IStateMachine<TState>
{
    /// <summary>
    /// What happens when <paramref name="input"/> meets <paramref name="state"/>. Never throws; what does not concern the state changes
    /// nothing.
    /// </summary>
    Transition<TState> Handle(TState state, TransactionInput input);
}
