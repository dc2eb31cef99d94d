using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>A machine of a phone's: performs what every machine asks, and leaves the rest to those who know what it is for.</summary>
internal abstract class PhoneTransaction(Phone phone, SipRequest request)
{
    private Func<TransactionInput, ImmutableArray<TransactionEffect>> _handle = static _ => [];

    public SipRequest Request => request;

    protected Phone Phone => phone;

    protected void Run<TState>(Transition<TState> start, Func<TState, TransactionInput, Transition<TState>> handle)
    {
        var state = start.State;
        _handle = input =>
        {
            var step = handle(state, input);
            state = step.State;
            return step.Effects;
        };
        Perform(start.Effects);
    }

    protected void Handle(TransactionInput input) => Perform(_handle(input));

    protected abstract void Do(TransactionEffect effect);

    private void Perform(ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send send: phone.Send(send.Message); break;
                case StartTimer start: phone.World.After(start.After, () => Handle(start.Fired)); break;
                default: Do(effect); break;
            }
        }
    }
}
