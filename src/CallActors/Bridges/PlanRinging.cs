using CallActors.Calls;
using CallActors.Headers;
using CallActors.Ringing;
using CallActors.Targets;

namespace CallActors.Bridges;

/// <summary>Rings a plan for a caller: places the calls that the <see cref="RingSearch"/> asks for, and tells it what becomes of them.</summary>
internal sealed class PlanRinging(CallCore core, RingPlan plan, Func<int, CallTarget, OutgoingCall> dial)
{
    private readonly Dictionary<int, OutgoingCall> _calls = [];
    private readonly Queue<RingInput> _inputs = [];
    private readonly TaskCompletionSource<RingOutcome> _done = new();
    private RingSearch.State _state = RingSearch.Start(plan);
    private InviteOutcome? _lost;
    private bool _isHandling;

    /// <summary>Whether nobody is searched any more.</summary>
    public bool IsOver => _state.Phase == RingSearch.Phase.Done;

    /// <summary>How many targets may still answer.</summary>
    public int Ringing
    {
        get
        {
            var count = 0;
            foreach (var (_, call) in _calls)
            {
                if (!call.IsOver) count++;
            }

            return count;
        }
    }

    /// <summary>Who is rung by a number; null for nobody.</summary>
    public OutgoingCall? Call(int number) => _calls.GetValueOrDefault(number);

    /// <summary>Rings until somebody answers, nobody is left, or the caller goes.</summary>
    /// <returns>Who answered, null for nobody, and how it ended; both null when the caller went.</returns>
    public async Task<(OutgoingCall? Call, InviteOutcome? Outcome)> Run()
    {
        Handle(new RingInput.Started());
        return await _done.Task switch
        {
            // With a late offer the answer is won before it is complete.
            RingOutcome.Won won => (_calls[won.Number], await _calls[won.Number].Outcome),
            RingOutcome.Failed { Response: { } response } failed => (null, new InviteOutcome.Rejected(failed.Status, response.ReasonText, response)),
            RingOutcome.Failed failed => (null, _lost is { } lost && lost.Status == failed.Status ? lost : new InviteOutcome.Rejected(failed.Status, "Nobody could be reached", null)),
            _ => (null, null),
        };
    }

    /// <summary>A target rings.</summary>
    public void Rang(int number) => Handle(new RingInput.Rang(number));

    /// <summary>A target has answered with an offer; the caller shall answer it if the target was the first.</summary>
    public bool Wins(int number)
    {
        Handle(new RingInput.Answered(number));
        return _state.Nodes[number].Stage == RingSearch.Stage.Winner;
    }

    /// <summary>The caller has gone.</summary>
    public void Abandon(string? reason) => Handle(new RingInput.CallerGone(reason));

    /// <summary>More to ring; false when it is too late.</summary>
    public bool Add(RingPlan more)
    {
        if (IsOver) return false;
        Handle(new RingInput.Added(more));
        return true;
    }

    // A call may fail while it is being placed, and the rest of a step comes first.
    private void Handle(RingInput input)
    {
        _inputs.Enqueue(input);
        if (_isHandling) return;
        _isHandling = true;
        while (_inputs.TryDequeue(out var next))
        {
            var (state, effects) = RingSearch.Instance.Handle(_state, next);
            _state = state;
            foreach (var effect in effects) Perform((RingEffect)effect);
        }

        _isHandling = false;
    }

    private void Perform(RingEffect effect)
    {
        switch (effect)
        {
            case RingEffect.Dial dialled: Dial(dialled); break;
            case RingEffect.Cancel cancel: _ = _calls[cancel.Number].Cancel(cancel.Reason); break;
            case RingEffect.Release release: _ = _calls[release.Number].Hangup(null, release.Reason is { } reason ? new HeaderFields { { "Reason", reason } } : null); break;
            case RingEffect.StartTimer timer: core.After(timer.After, () => TimedOut(timer)); break;
            case RingEffect.Finish finish: _done.TrySetResult(finish.Outcome); break;
        }
    }

    private void Dial(RingEffect.Dial dialled)
    {
        var call = _calls[dialled.Number] = dial(dialled.Number, dialled.Target);
        core.Run(() => Watch(dialled.Number, call));
    }

    private async Task Watch(int number, OutgoingCall call)
    {
        var outcome = await call.Outcome;
        switch (outcome)
        {
            case InviteOutcome.Answered: Handle(new RingInput.Answered(number)); break;
            case InviteOutcome.Rejected { Response: { } response } rejected when response.StatusCode == rejected.Code: Handle(new RingInput.Rejected(number, response)); break;
            default:
                _lost = outcome;
                Handle(new RingInput.Lost(number, outcome.Status));
                break;
        }
    }

    private void TimedOut(RingEffect.StartTimer timer)
    {
        if (_state.Nodes[timer.Node].IsActive) _lost = new InviteOutcome.TimedOut(timer.After);
        Handle(timer.Fired);
    }
}
