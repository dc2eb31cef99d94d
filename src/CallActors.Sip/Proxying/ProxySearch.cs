using System.Collections.Immutable;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using static CallActors.Sip.Proxying.ProxyCore;
using static CallActors.Sip.Proxying.ProxyCore.BranchPhase;
using static CallActors.Sip.Proxying.ProxyCore.SearchPhase;

namespace CallActors.Sip.Proxying;

/// <summary>
/// One step of a <see cref="ProxyCore"/> while it is being worked out: changes a copy of the state and collects the effects.
/// </summary>
internal sealed class ProxySearch(ProxyOptions options, State state)
{
    private readonly ImmutableArray<Branch>.Builder _branches = state.Branches.ToBuilder();
    private readonly ImmutableArray<TransactionEffect>.Builder _effects = ImmutableArray.CreateBuilder<TransactionEffect>();
    private ImmutableArray<Octets> _targets = state.Targets;
    private ImmutableArray<SipResponse> _candidates = state.Candidates;
    private SearchPhase _phase = state.Phase;
    private bool _hasTimedOut = state.HasTimedOut;

    private bool IsDone => _phase is Succeeded or Failed;

    /// <summary>1xx. Above 100 they go upstream at once, and timer C starts anew (RFC 3261 §16.7 steps 2 and 5).</summary>
    public void Ring(int index, SipResponse provisional)
    {
        var branch = _branches[index];
        if (!branch.IsSearching) return;
        _branches[index] = branch = branch with { Phase = Proceeding };

        // Only 100 may answer a non-INVITE request provisionally, and that one ends here (RFC 4320 §4.1).
        if (provisional.StatusCode == 100 || !options.IsInvite) return;
        _branches[index] = branch with { Turn = branch.Turn + 1 };
        _effects.Add(new StartBranchTimer(BranchTimer.C, index, options.TimerC, branch.Turn + 1));
        if (!IsDone) Forward(provisional);
    }

    /// <summary>
    /// 2xx. Every one to an INVITE goes upstream at once (RFC 3261 §16.7 step 5), as long as the caller can still take it.
    /// </summary>
    public void Succeed(int index, SipResponse answer)
    {
        _branches[index] = _branches[index] with { Phase = Answered };
        switch (_phase)
        {
            case Succeeded when options.IsInvite:
                Forward(answer);
                break;
            case Failed when options.IsInvite:
                _effects.Add(new ReleaseBranch(index, answer));
                break;
            case Searching or Stopping or Cancelled:
                Forward(answer);
                _effects.Add(new ReportFinal(index, answer));
                CancelPending();
                Close(Succeeded);
                break;
        }
    }

    /// <summary>3xx to 6xx: kept until the best is chosen, unless it leads further.</summary>
    public void Reject(int index, SipResponse rejection)
    {
        var branch = _branches[index];
        if (branch.Phase == Answered) return;
        _branches[index] = branch with { Phase = Answered };
        if (IsDone) return;
        _effects.Add(new ReportFinal(index, rejection));

        // A 487 to our own CANCEL says nothing about the target.
        if (branch.IsSearching || rejection.StatusCode != 487) _candidates = _candidates.Add(rejection);
        if (_phase != Searching) return;
        switch (rejection.StatusCode)
        {
            case >= 600:
                Stop();
                break;
            case 401 or 407 when rejection.Has(SipHeaderId.WwwAuthenticate) || rejection.Has(SipHeaderId.ProxyAuthenticate):
                _effects.Add(new RememberChallenge(index, rejection));
                Stop();
                break;
            case < 400 when options.FollowsRedirects:
                Follow(rejection);
                break;
        }
    }

    /// <summary>A client transaction finished; without a final response there was a time-out or the transport refused.</summary>
    public void End(int index, TransactionOutcome outcome)
    {
        var branch = _branches[index];
        if (branch.IsSearching && outcome == TransactionOutcome.TimedOut) _hasTimedOut = true;
        _branches[index] = branch with { Phase = Answered, IsOver = true };
    }

    /// <summary>A branch that could not be begun.</summary>
    public void Skip(int index) => _branches[index] = _branches[index] with { Phase = Answered, WasSkipped = true, IsOver = true };

    /// <summary>A branch's time is over: it is given up and counts as without an answer (RFC 3261 §16.8 for timer C).</summary>
    public void RunOut(BranchTimerFired fired)
    {
        var branch = _branches[fired.Branch];
        var isUp = fired.Timer switch
        {
            BranchTimer.Provisional => branch.Phase == Trying,
            BranchTimer.Final => branch.IsSearching,
            _ => branch.IsSearching && branch.Turn == fired.Turn,
        };
        if (!isUp) return;
        _hasTimedOut = true;
        _branches[fired.Branch] = branch with { Phase = GivenUp };
        if (options.IsInvite) _effects.Add(new CancelBranch(fired.Branch));
    }

    /// <summary>The caller gave up (RFC 3261 §16.10). Nothing but an INVITE can be cancelled.</summary>
    public void Cancel()
    {
        if (IsDone || !options.IsInvite) return;
        Stop();
        _phase = Cancelled;
    }

    /// <summary>Begins what may begin, decides what is decided, and writes the step down.</summary>
    public Transition<State> Settle()
    {
        if (_phase == Searching) BeginTargets();
        if (!IsDone && !AnyBranch(static branch => branch.IsAwaited)) Decide();
        if (IsOver(_phase, _branches) && !IsOver(state.Phase, state.Branches)) _effects.Add(Finish.With(TransactionOutcome.Completed));
        return new(new State(_branches.DrainToImmutable(), _targets, _candidates, _phase, _hasTimedOut), _effects.DrainToImmutable());
    }

    // One at a time, or as many as Max-Breadth leaves room for; what is over room waits for a branch to end (RFC 5393 §5.3.3.1).
    private void BeginTargets()
    {
        var room = options.Breadth;
        var isBusy = false;
        foreach (var branch in _branches)
        {
            if (!branch.IsSearching) continue;
            isBusy = true;
            room -= branch.Breadth;
        }

        while (_targets.Length > 0 && room > 0 && (options.IsSimultaneous || !isBusy))
        {
            var share = options.IsSimultaneous ? Math.Max(1, room / _targets.Length) : room;
            Begin(_targets[0], share);
            _targets = _targets.RemoveAt(0);
            room -= share;
            isBusy = true;
        }
    }

    private void Begin(Octets target, int share)
    {
        var index = _branches.Count;
        _branches.Add(new(target, share));
        _effects.Add(new BeginBranch(index, target, share));
        if (options.ProvisionalTimeout is { } silence) _effects.Add(new StartBranchTimer(BranchTimer.Provisional, index, silence, 0));
        if (options.FinalTimeout is { } patience) _effects.Add(new StartBranchTimer(BranchTimer.Final, index, patience, 0));
        if (options.IsInvite) _effects.Add(new StartBranchTimer(BranchTimer.C, index, options.TimerC, 0));
    }

    // RFC 3261 §16.7 step 6, and our own words where no branch had any.
    private void Decide()
    {
        SipResponse? best = null;
        foreach (var candidate in _candidates)
        {
            if (BestResponse.IsBetter(candidate, best)) best = candidate;
        }

        if (_phase == Cancelled) _effects.Add(new RespondUpstream(487));
        else if (best is not null) _effects.Add(new ForwardUpstream(best, OtherChallenges(best)));
        else if (options.Breadth <= 0) _effects.Add(new RespondUpstream(440));
        else _effects.Add(new RespondUpstream(_hasTimedOut ? 408 : 500));
        Close(Failed);
    }

    private void Close(SearchPhase phase)
    {
        _phase = phase;
        _targets = [];
        _candidates = [];
        _effects.Add(ReportDone.Instance);
    }

    private void Stop()
    {
        _phase = Stopping;
        _targets = [];
        CancelPending();
    }

    private void CancelPending()
    {
        for (var index = 0; index < _branches.Count; index++)
        {
            var branch = _branches[index];
            if (!branch.IsSearching) continue;

            // Of a branch that is silent nobody knows whether a CANCEL will ever reach it.
            _branches[index] = branch with { Phase = options.IsInvite && branch.Phase == Proceeding ? Cancelling : GivenUp };
            if (options.IsInvite) _effects.Add(new CancelBranch(index));
        }
    }

    // RFC 3261 §16.5: the contacts join the target set right behind the one that named them, best first, none twice.
    private void Follow(SipResponse redirect)
    {
        var found = new List<(Octets Uri, int Preference)>();
        foreach (var value in redirect.Values(SipHeaderId.Contact))
        {
            if (!ContactView.TryParse(value, out var contact) || contact.IsStar) continue;
            var uri = Octets.Of(contact.Uri);
            if (_branches.Count + _targets.Length + found.Count >= MostBranches) break;
            if (_targets.Contains(uri) || AnyBranch(branch => branch.Target == uri) || found.Exists(other => other.Uri == uri)) continue;
            var preference = contact.Preference ?? 1000;
            var place = found.FindIndex(other => other.Preference < preference);
            found.Insert(place < 0 ? found.Count : place, (uri, preference));
        }
        _targets = _targets.InsertRange(0, found.ConvertAll(static target => target.Uri));
    }

    private ImmutableArray<SipResponse> OtherChallenges(SipResponse best)
    {
        if (best.StatusCode is not (401 or 407)) return [];
        return _candidates.RemoveAll(candidate => candidate == best || candidate.StatusCode is not (401 or 407));
    }

    private void Forward(SipResponse response) => _effects.Add(new ForwardUpstream(response, []));

    private static bool IsOver(SearchPhase phase, IReadOnlyList<Branch> branches)
    {
        foreach (var branch in branches)
        {
            if (!branch.IsOver) return false;
        }
        return phase is Succeeded or Failed;
    }

    private bool AnyBranch(Predicate<Branch> predicate)
    {
        foreach (var branch in _branches)
        {
            if (predicate(branch)) return true;
        }
        return false;
    }
}
