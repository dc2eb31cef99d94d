using System.Collections.Immutable;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>The 2xx that a leg repeats until they are acknowledged, by the number of their INVITE.</summary>
internal sealed class RepeatedAnswers(Phone phone, Action overdue)
{
    // Over a stream too: behind the server a proxied call may go over UDP (RFC 3261 §13.3.1.4).
    private static readonly AnswerRetransmission s_machine = new(Repeats: true, SipTimers.Default);

    private readonly Dictionary<uint, AnswerRetransmission.State> _waiting = [];

    /// <summary>Whether one waits for its ACK.</summary>
    public bool Any => _waiting.Count > 0;

    /// <summary>Begins; the transaction sends it the first time.</summary>
    public void Begin(SipResponse answer)
    {
        (_waiting[answer.CSeq], var effects) = s_machine.Start(answer);
        Perform(answer.CSeq, effects);
    }

    /// <summary>The ACK came; false when none was waited for.</summary>
    public bool End(uint sequence) => _waiting.Remove(sequence);

    private void Perform(uint sequence, ImmutableArray<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Send send: phone.Send(send.Message); break;
                case StartTimer start: phone.World.After(start.After, () => Fired(sequence, start.Fired)); break;
                case Finish { Outcome: TransactionOutcome.TimedOut }:
                    _waiting.Remove(sequence);
                    overdue();
                    break;
            }
        }
    }

    private void Fired(uint sequence, TimerFired fired)
    {
        if (!_waiting.TryGetValue(sequence, out var state)) return;
        (state, var effects) = s_machine.Handle(state, fired);
        _waiting[sequence] = state;
        Perform(sequence, effects);
    }
}
