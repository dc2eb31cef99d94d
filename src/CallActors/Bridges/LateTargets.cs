using CallActors.Bridges;
using CallActors.Ringing;

namespace CallActors;

/// <summary>
/// The handle by which targets join a search that is under way, such as a phone that registers while its user's others ring. It goes into
/// <see cref="BridgeOptions.Late"/>, and is used in the call's own methods.
/// </summary>
public sealed class LateTargets
{
    private readonly List<RingPlan> _waiting = [];
    private PlanRinging? _search;

    /// <summary>Adds a target or group: it rings at once where all ring at once, else when those before it have failed.</summary>
    /// <returns>False when the search is over.</returns>
    public bool Add(RingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (_search is not null) return _search.Add(plan);
        _waiting.Add(plan);
        return true;
    }

    /// <summary>The search has begun.</summary>
    internal void Join(PlanRinging search)
    {
        _search = search;
        foreach (var plan in _waiting) search.Add(plan);
        _waiting.Clear();
    }
}
