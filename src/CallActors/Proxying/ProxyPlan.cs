using System.Collections.Immutable;
using CallActors.Targets;

namespace CallActors;

/// <summary>How the signalling server is to proxy a request: to whom, in which order, and how long to wait (RFC 3261 §16).</summary>
public sealed record ProxyPlan
{
    private ProxyPlan(ImmutableArray<CallTarget> targets, bool isParallel) => (Targets, IsParallel) = (targets, isParallel);

    /// <summary>The targets; none is the request's own Request-URI. A <c>sips:</c> target stays one.</summary>
    public ImmutableArray<CallTarget> Targets { get; }

    /// <summary>Whether all targets are tried at once, and not one after the other.</summary>
    public bool IsParallel { get; }

    /// <summary>Whether the server stays in the path of the dialog (Record-Route; Path for REGISTER).</summary>
    public bool RecordRoute { get; init; }

    /// <summary>Whether the contacts of a redirection (3xx) are tried too.</summary>
    public bool FollowRedirects { get; init; }

    /// <summary>How long a target may stay silent before the next is tried; null leaves it to the server.</summary>
    public TimeSpan? ProvisionalTimeout { get; init; }

    /// <summary>How long a target may take to its final response before it is cancelled; null leaves it to the server.</summary>
    public TimeSpan? FinalTimeout { get; init; }

    /// <summary>Header fields that are added to the request.</summary>
    public HeaderFields? Headers { get; init; }

    /// <summary>To the request's own Request-URI.</summary>
    public static ProxyPlan Onward { get; } = new([], false);

    /// <summary>To one target after the other, until one accepts.</summary>
    /// <exception cref="ArgumentException">One of them is no target, or names a next hop, credentials or headers of its own, which a proxy has not.</exception>
    public static ProxyPlan Serial(params ReadOnlySpan<CallTarget> targets) => Of(targets, false);

    /// <summary>To all targets at once; the first that accepts has it, and the others are cancelled.</summary>
    /// <exception cref="ArgumentException">One of them is no target, or names a next hop, credentials or headers of its own, which a proxy has not.</exception>
    public static ProxyPlan Parallel(params ReadOnlySpan<CallTarget> targets) => Of(targets, true);

    /// <summary>To one target.</summary>
    public static implicit operator ProxyPlan(string target) => Serial(target);

    private static ProxyPlan Of(ReadOnlySpan<CallTarget> targets, bool isParallel)
    {
        if (targets.IsEmpty) throw new ArgumentException("A plan needs a target; Onward has none.", nameof(targets));
        foreach (var target in targets)
        {
            ArgumentNullException.ThrowIfNull(target, nameof(targets));
            if (target is not { NextHop: null, Caller: null, Headers: null, Credentials: null, RingTimeout: null })
                throw new ArgumentException($"{target} has what only a call of our own can have: a proxy passes a request on as it is.", nameof(targets));
            // It stands between the command's tokens.
            if (target.Uri.Contains('|', StringComparison.Ordinal)) throw new ArgumentException($"{target} is no URI.", nameof(targets));
        }

        return new ProxyPlan([.. targets], isParallel);
    }
}
