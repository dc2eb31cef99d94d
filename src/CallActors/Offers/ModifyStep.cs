using System.Collections.Immutable;
using CallActors.Descriptions;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Transactions;
using static CallActors.Offers.ModifyQueue;

namespace CallActors.Offers;

/// <summary>One step of a <see cref="ModifyQueue"/> while it is being worked out: changes a copy of the state and collects the effects.</summary>
internal sealed class ModifyStep(ModifyQueue rules, State state)
{
    // RFC 3261 §14.2: 0 to 10 s, by chance.
    private const int MostSecondsAskedFor = 10;

    private readonly ImmutableArray<TransactionEffect>.Builder _effects = ImmutableArray.CreateBuilder<TransactionEffect>();
    private State _state = state;

    public Transition<State> Transition => new(_state, _effects.DrainToImmutable());

    public void Ask(Asked asked)
    {
        if (_state.EndReason is { } reason)
        {
            Settle(asked.Id, new ModifyOutcome.DialogEnded(reason));
            return;
        }
        _state = _state with { Queue = _state.Queue.Enqueue(asked) };
        Advance();
    }

    /// <summary>Theirs. Over ours it is glare, over another of theirs it is too early (RFC 3261 §14.2, RFC 3311 §5.2).</summary>
    public void Receive(ModifyInput.Received received)
    {
        var isOurs = _state.Ours is { Phase: OurPhase.Sent or OurPhase.Answering or OurPhase.Cancelled };
        if (_state.EndReason is not null)
        {
            Emit(new ModifyEffect.Reply(received.Exchange, 481));
        }
        else if (isOurs || _state.Theirs is { IsAnswered: true, OurOffer: not null })
        {
            Emit(new ModifyEffect.Reply(received.Exchange, 491));
        }
        else if (_state.Theirs is { IsAnswered: false })
        {
            var seconds = (int)(received.Chance * (MostSecondsAskedFor + 1));
            Emit(new ModifyEffect.Reply(received.Exchange, 500, RetryAfter: TimeSpan.FromSeconds(seconds)));
        }
        else
        {
            // A request behind a 2xx that is not acknowledged yet: its sender has that 2xx, so the ACK was overtaken.
            _state = _state with { Theirs = new(received.Exchange, received.Sdp, received.IsUpdate, IsAnswered: false, null) };
            Emit(new ModifyEffect.Present(received.Exchange, received.Sdp, RemoteHold.Classify(_state.Remote, received.Sdp)));
        }
    }

    public void Respond(TheirExchange theirs, int status, string? sdp)
    {
        if (status < 200)
        {
            Emit(new ModifyEffect.Reply(theirs.Number, status, sdp));
            return;
        }
        var said = status >= 300 ? null : sdp ?? (theirs.Offer is null ? OwnOffer() : OwnAnswerTo(theirs.Offer));
        if (said is null)
        {
            // A 2xx has to say something; we have nothing to say.
            Emit(new ModifyEffect.Reply(theirs.Number, status >= 300 ? status : 488, status >= 300 ? sdp : null));
            _state = _state with { Theirs = null };
        }
        else
        {
            Emit(new ModifyEffect.Reply(theirs.Number, status, said));
            var isOffer = theirs.Offer is null;
            // A line that they refuse is gone from our own answer, and is ours to give again when they take it back.
            var wanted = sdp is null && !isOffer ? Unheld() : null;
            if (!isOffer) Commit(said, theirs.Offer);
            _state = _state with { Wanted = isOffer ? _state.Wanted : wanted, Theirs = theirs.IsUpdate ? null : theirs with { IsAnswered = true, OurOffer = isOffer ? said : null } };
        }
        Advance();
    }

    /// <summary>The ACK. It brings the answer where our 2xx made the offer; without one nothing was agreed.</summary>
    public void Acknowledge(TheirExchange theirs, string? sdp)
    {
        _state = _state with { Theirs = null };
        if (theirs.OurOffer is not null && IsDescription(sdp)) Commit(theirs.OurOffer, sdp);
        Advance();
    }

    public void Accept(OurExchange ours, string? sdp)
    {
        if (ours.Offer is null && IsDescription(sdp))
        {
            if (ours.Phase == OurPhase.Cancelled)
            {
                Answer(ours with { Offer = sdp }, null);
                return;
            }
            _state = _state with { Ours = ours with { Phase = OurPhase.Answering, Offer = sdp } };
            Emit(new ModifyEffect.AskForAnswer(ours.Asked.Id, sdp!));
            return;
        }

        // Where a 2xx crossed our giving up, the other side has changed, and so have we. One that forgot its answer has agreed all the same.
        Emit(new ModifyEffect.SendAck(ours.Asked.Id, null));
        if (ours.Offer is not null) CommitOurs(ours.Asked.Change, ours.Offer, IsDescription(sdp) ? sdp : _state.Remote);
        Finish(ours, new ModifyOutcome.Agreed(IsDescription(sdp) ? sdp : null));
    }

    public void Answer(OurExchange ours, string? sdp, bool isLate = false)
    {
        var answer = sdp ?? OwnAnswerTo(ours.Offer!);
        Emit(new ModifyEffect.SendAck(ours.Asked.Id, answer));
        if (answer is not null) Commit(answer, ours.Offer);
        Finish(ours, isLate ? new ModifyOutcome.TimedOut() : sdp is null ? new ModifyOutcome.Refused(488, "no answer to the offer") : new ModifyOutcome.Agreed(ours.Offer));
    }

    public void Refuse(OurExchange ours, ModifyInput.Refused refused)
    {
        var mayRetry = ours.Phase == OurPhase.Sent && ours.Attempts < rules.MostAttempts;
        switch (refused.Status)
        {
            case 491 when mayRetry:
                Wait(ours, OfferAnswer.GlareDelay(rules.OwnsCallId, refused.Chance));
                break;
            case 500 when mayRetry && refused.RetryAfter is { } after && after <= rules.MostRetryAfter:
                Wait(ours, after);
                break;
            default:
                Finish(ours, new ModifyOutcome.Refused(refused.Status, refused.Reason));
                break;
        }
    }

    public void Fail(OurExchange ours, string reason) => Finish(ours, new ModifyOutcome.NotSent(reason));

    public void Retry()
    {
        _state = _state with { Ours = _state.Ours! with { Phase = OurPhase.Ready } };
        Advance();
    }

    public void GiveUp(OurExchange ours)
    {
        switch (ours.Phase)
        {
            case OurPhase.Answering:
                Answer(ours, null, isLate: true);
                break;
            case OurPhase.Sent:
                Settle(ours.Asked.Id, new ModifyOutcome.TimedOut());
                _state = _state with { Ours = ours with { Phase = OurPhase.Cancelled } };
                Emit(new ModifyEffect.CancelInvite(ours.Asked.Id));
                Emit(new ModifyEffect.StartTimer(ModifyTimer.Abandoned, ours.Asked.Id, rules.CancelPatience));
                break;
            default:
                Finish(ours, new ModifyOutcome.TimedOut());
                break;
        }
    }

    public void Forget()
    {
        _state = _state with { Ours = null };
        Advance();
    }

    public void End(string reason)
    {
        if (_state.EndReason is not null) return;
        if (_state.Ours is { Phase: not OurPhase.Cancelled } ours) Settle(ours.Asked.Id, new ModifyOutcome.DialogEnded(reason));
        foreach (var asked in _state.Queue) Settle(asked.Id, new ModifyOutcome.DialogEnded(reason));
        _state = _state with { Queue = ImmutableQueue<Asked>.Empty, Ours = null, Theirs = null, EndReason = reason };
    }

    // Sends what may be sent; changes that there is nothing to send for have their outcome at once.
    private void Advance()
    {
        while (_state.EndReason is null && _state.Theirs is null)
        {
            if (_state.Ours is null)
            {
                if (_state.Queue.IsEmpty) return;
                _state = _state with { Queue = _state.Queue.Dequeue(out var next), Ours = new(next, OurPhase.Ready, 0, null) };
            }
            if (_state.Ours is not { Phase: OurPhase.Ready } ours) return;
            if (Immediate(ours.Asked.Change) is { } outcome)
            {
                _state = _state with { Ours = null };
                Settle(ours.Asked.Id, outcome);
                continue;
            }

            // A description may have changed since an earlier attempt, so the offer is made anew.
            var offer = OfferFor(ours.Asked.Change);
            _state = _state with { Ours = ours with { Phase = OurPhase.Sent, Attempts = ours.Attempts + 1, Offer = offer } };
            Emit(new ModifyEffect.SendInvite(ours.Asked.Id, offer));
            if (ours.Attempts == 0) Emit(new ModifyEffect.StartTimer(ModifyTimer.Limit, ours.Asked.Id, rules.Limit));
            return;
        }
    }

    private ModifyOutcome? Immediate(Modification change) => change switch
    {
        Modification.Hold hold when _state.Hold == hold.Mode => new ModifyOutcome.Agreed(_state.Remote),
        Modification.Resume when _state.Hold is null => new ModifyOutcome.Agreed(_state.Remote),
        Modification.Hold or Modification.Resume or Modification.Refresh when _state.Local is null => new ModifyOutcome.NotSent("there is no description of ours to hold, resume or repeat"),
        _ => null,
    };

    private string? OfferFor(Modification change) => change switch
    {
        Modification.Offer offer => offer.Sdp,
        Modification.Hold hold => SessionOffers.HoldOffer(_state.Local!, hold.Mode),
        Modification.Resume => SessionOffers.ResumeOffer(_state.Local!, _state.BeforeHold),
        Modification.Refresh => _state.Local,
        _ => null,
    };

    private void CommitOurs(Modification change, string offer, string? answer)
    {
        var isHeld = change is Modification.Offer && SessionDescriptionText.Read(offer).IsHeld;
        HoldMode? hold = change switch
        {
            Modification.Hold asked => asked.Mode,
            Modification.Resume => null,
            Modification.Offer => isHeld ? _state.Hold ?? HoldMode.SendOnly : null,
            _ => _state.Hold,
        };
        var before = hold is null ? null : _state.BeforeHold ?? (_state.Hold is null ? Own() : null);
        Commit(offer, answer);
        _state = _state with { Hold = hold, BeforeHold = before };
    }

    private void Commit(string local, string? remote) => _state = _state with { Local = local, Remote = remote, Wanted = null };

    // What we would say if they held nothing back; our own hold stays.
    private string? Own()
    {
        if (Unheld() is not { } own) return null;
        return _state.Hold is { } mode ? SessionOffers.HeldAs(own, mode) : own;
    }

    private string? Unheld() => _state.Wanted ?? (_state.Local is { } local ? SessionOffers.Unrestricted(local, _state.Remote) : null);

    private string? OwnOffer() => Own() is { } own ? SessionOffers.OfferAfter(_state.Local!, own) : null;

    private string? OwnAnswerTo(string offer) => Own() is { } own ? SessionOffers.AnswerTo(offer, own, _state.Local) : null;

    private void Wait(OurExchange ours, TimeSpan delay)
    {
        _state = _state with { Ours = ours with { Phase = OurPhase.Waiting, Offer = null }, Turn = _state.Turn + 1 };
        Emit(new ModifyEffect.StartTimer(ModifyTimer.Retry, _state.Turn, delay));
    }

    private void Finish(OurExchange ours, ModifyOutcome outcome)
    {
        if (ours.Phase != OurPhase.Cancelled) Settle(ours.Asked.Id, outcome);
        _state = _state with { Ours = null };
        Advance();
    }

    private static bool IsDescription(string? sdp) => !string.IsNullOrEmpty(sdp);

    private void Settle(int id, ModifyOutcome outcome) => Emit(new ModifyEffect.Settle(id, outcome));

    private void Emit(ModifyEffect effect) => _effects.Add(effect);
}
