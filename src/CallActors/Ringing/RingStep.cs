using System.Collections.Immutable;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;
using CallActors.Sip.Transactions;
using static CallActors.Ringing.RingSearch;
using static CallActors.Ringing.RingSearch.Phase;
using static CallActors.Ringing.RingSearch.Stage;

namespace CallActors.Ringing;

/// <summary>One step of a <see cref="RingSearch"/> while it is being worked out: changes a copy of the state and collects the effects.</summary>
internal sealed class RingStep(State state)
{
    private readonly ImmutableArray<Node>.Builder _nodes = state.Nodes.ToBuilder();
    private readonly ImmutableArray<TransactionEffect>.Builder _effects = ImmutableArray.CreateBuilder<TransactionEffect>();
    private State _state = state;

    public Transition<State> Transition => new(_state with { Nodes = _nodes.DrainToImmutable() }, _effects.DrainToImmutable());

    private bool IsSearching => _state.Phase == Searching;

    /// <summary>Writes a plan down, groups before their members; returns its number.</summary>
    public static int Append(ImmutableArray<Node>.Builder nodes, RingPlan plan, int parent)
    {
        var number = nodes.Count;
        nodes.Add(new(parent, plan.Target, plan.IsParallel, plan.Timeout, [], Waiting));
        var members = ImmutableArray.CreateBuilder<int>(plan.Members.Length);
        foreach (var member in plan.Members) members.Add(Append(nodes, member, number));
        nodes[number] = nodes[number] with { Members = members.MoveToImmutable() };
        return number;
    }

    public bool IsActive(int node) => IsKnown(node) && _nodes[node].IsActive;

    public bool IsAwaited(int target) => IsActive(target) && _nodes[target].Target is not null;

    public bool IsSilent(int target) => IsKnown(target) && _nodes[target].Stage == Dialled;

    public bool IsOver(int target) => IsKnown(target) && _nodes[target] is { Target: not null, Stage: Over };

    public void Begin()
    {
        _state = _state with { Phase = Searching };
        Begin(0);
    }

    public void Ring(int target) => Set(target, Rings);

    public void Win(int target)
    {
        Set(target, Winner);
        CancelAll(0, RingReasons.CompletedElsewhere);
        Close(new RingOutcome.Won(target), RingReasons.CompletedElsewhere);
    }

    public void Reject(int target, SipResponse rejection)
    {
        if (_state.Failures.Stops(rejection.StatusCode))
        {
            Set(target, Over);
            Stop(new(rejection.StatusCode, rejection));
            return;
        }
        if (BestResponse.IsBetter(rejection, _state.Best)) _state = _state with { Best = rejection };
        Fail(target);
    }

    public void Lose(int target, int status)
    {
        _state = _state with { OwnWord = status };
        if (_state.Failures.Stops(status))
        {
            Set(target, Over);
            Stop(new(status, null));
            return;
        }
        Fail(target);
    }

    /// <summary>A target or group has had its time. That was our own decision, so no rule about failures asks whether to go on.</summary>
    public void GiveUp(int node)
    {
        _state = _state with { OwnWord = 408, LateReason = RingReasons.TimedOut };
        CancelAll(node, RingReasons.TimedOut);
        Fail(node);
    }

    public void Abandon(string? reason)
    {
        CancelAll(0, reason);
        Close(new RingOutcome.CallerGone(), reason);
    }

    /// <summary>Puts another target or group at the end of the whole.</summary>
    public void Add(RingPlan plan)
    {
        var number = Append(_nodes, plan, parent: 0);
        _nodes[0] = _nodes[0] with { Members = _nodes[0].Members.Add(number) };
        if (IsSearching && _nodes[0].IsParallel) Begin(number);
    }

    public void Release(int target) => _effects.Add(new RingEffect.Release(target, _state.LateReason));

    private void Begin(int number)
    {
        var node = _nodes[number];
        Set(number, node.Target is null ? Rings : Dialled);
        if (node.Target is { } target)
        {
            _effects.Add(new RingEffect.Dial(number, target));
            if (_state.Silence is { } silence) _effects.Add(new RingEffect.StartTimer(RingTimer.Silence, number, silence));
        }
        if (node.Timeout is { } timeout) _effects.Add(new RingEffect.StartTimer(RingTimer.Ring, number, timeout));
        if (node.Target is not null) return;

        if (node.Members.IsEmpty) Fail(number);
        else if (!node.IsParallel) Begin(node.Members[0]);
        else foreach (var member in node.Members) if (IsSearching) Begin(member);
    }

    // It is over; the group around it goes on with the next, waits for the others, or is over as well.
    private void Fail(int number)
    {
        Set(number, Over);
        if (number == 0)
        {
            Close(new RingOutcome.Failed(_state.Best?.StatusCode ?? _state.OwnWord, _state.Best), _state.LateReason);
            return;
        }
        var parent = _nodes[number].Parent;
        if (!_nodes[parent].IsActive) return;
        foreach (var member in _nodes[parent].Members)
        {
            if (_nodes[member].Stage is Over or Skipped) continue;
            if (!_nodes[parent].IsParallel && _nodes[member].Stage == Waiting) Begin(member);
            return;
        }
        Fail(parent);
    }

    private void Stop(RingOutcome.Failed outcome)
    {
        var reason = RingReasons.Rejected(outcome.Status);
        CancelAll(0, reason);
        Close(outcome, reason);
    }

    private void CancelAll(int number, string? reason)
    {
        var node = _nodes[number];
        foreach (var member in node.Members) CancelAll(member, reason);
        if (node.Stage == Waiting) Set(number, Skipped);
        if (!node.IsActive) return;
        if (node.Target is not null) _effects.Add(new RingEffect.Cancel(number, reason));
        Set(number, Over);
    }

    private void Close(RingOutcome outcome, string? lateReason)
    {
        _state = _state with { Phase = Done, LateReason = lateReason };
        _effects.Add(new RingEffect.Finish(outcome));
    }

    private bool IsKnown(int number) => (uint)number < (uint)_nodes.Count;

    private void Set(int number, Stage stage) => _nodes[number] = _nodes[number] with { Stage = stage };
}
