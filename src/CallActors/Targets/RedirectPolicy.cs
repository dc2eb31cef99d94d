using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Targets;

/// <summary>Whether and how redirects (3xx) of a call that we place are followed (RFC 3261 §8.1.3.4).</summary>
/// <param name="MaxHops">How many INVITEs there may be in all, the first included; 1 follows nothing.</param>
/// <param name="UseQValues">Whether the contacts are tried best first; otherwise in the order in which they stand.</param>
/// <param name="KeepRequestUri">Whether the Request-URI stays and a contact is only where to send the request.</param>
public sealed record RedirectPolicy(int MaxHops = 5, bool UseQValues = true, bool KeepRequestUri = false)
{
    /// <summary>Follows nothing: a redirect is the outcome of the call.</summary>
    public static RedirectPolicy None { get; } = new(MaxHops: 1);

    /// <summary>Follows at most four redirects, best contact first.</summary>
    public static RedirectPolicy Follow { get; } = new();

    /// <summary>The search that begins with an INVITE to this target.</summary>
    public RedirectSearch Start(CallTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(this, target, [], [RedirectSearch.KeyOf(target)], 1);
    }
}

/// <summary>
/// The search for a target that answers, through redirects: which contacts are still to be tried, and which were. A value; each rejection gives the next.
/// </summary>
public sealed class RedirectSearch
{
    private readonly RedirectPolicy _policy;
    private readonly ImmutableList<CallTarget> _waiting;
    private readonly ImmutableHashSet<string> _known;
    private readonly int _hops;

    internal RedirectSearch(RedirectPolicy policy, CallTarget current, ImmutableList<CallTarget> waiting, ImmutableHashSet<string> known, int hops)
    {
        _policy = policy;
        Current = current;
        _waiting = waiting;
        _known = known;
        _hops = hops;
    }

    /// <summary>The target that has the INVITE now.</summary>
    public CallTarget Current { get; }

    /// <summary>How many INVITEs there were, this one included.</summary>
    public int Hops => _hops;

    /// <summary>
    /// The target to try after this rejection of <see cref="Current"/>; null when it is the outcome: nothing is left to try, the limit is reached, or it
    /// speaks for everywhere (6xx).
    /// </summary>
    /// <remarks>
    /// A redirect's contacts come before those still waiting; none is tried twice, which is also what ends a loop. Any rejection, once a redirect was
    /// followed, leads on to the next contact, and a challenge (401, 407) does not: it is answered, not fled from.
    /// </remarks>
    public RedirectSearch? After(SipResponse rejection)
    {
        ArgumentNullException.ThrowIfNull(rejection);
        if (_hops >= _policy.MaxHops || rejection.StatusCode is >= 600 or 401 or 407 or 487) return null;
        var (waiting, known) = IsFollowed(rejection.StatusCode) ? WithContacts(rejection) : (_waiting, _known);
        return waiting.IsEmpty ? null : new(_policy, waiting[0], waiting.RemoveAt(0), known, _hops + 1);
    }

    /// <summary>What makes two targets one: where the request goes, whatever it says.</summary>
    internal static string KeyOf(CallTarget target) => $"{target.NextHop} {target.Uri}";

    // 380 tells of another service, in its body (RFC 3261 §21.3.5): nothing that a machine could follow.
    private static bool IsFollowed(int status) => status is >= 300 and < 380;

    private (ImmutableList<CallTarget> Waiting, ImmutableHashSet<string> Known) WithContacts(SipResponse redirect)
    {
        var found = new List<(CallTarget Target, int Preference)>();
        var known = _known;
        foreach (var value in redirect.Values(SipHeaderId.Contact))
        {
            if (!ContactView.TryParse(value, out var contact) || contact.IsStar) continue;
            if (TargetAt(contact.Uri, redirect.StatusCode) is not { } target || known.Contains(KeyOf(target))) continue;
            known = known.Add(KeyOf(target));
            var preference = _policy.UseQValues ? contact.Preference ?? 1000 : 0;
            var place = found.FindIndex(other => other.Preference < preference);
            found.Insert(place < 0 ? found.Count : place, (target, preference));
        }
        return (_waiting.InsertRange(0, found.ConvertAll(static contact => contact.Target)), known);
    }

    private CallTarget? TargetAt(ReadOnlySpan<byte> contact, int status)
    {
        if (!SipUriView.TryParse(contact, out var uri) || uri.Scheme == UriScheme.Other) return null;
        if (!CallTarget.TryParse(Encoding.UTF8.GetString(contact), out var there)) return null;

        // A call that was to be secure is not made insecure by somebody on its way (RFC 3261 §26.4.4).
        if (Current.IsSecure && !there.IsSecure) return null;

        // 305 names the proxy to go through, not another target (RFC 3261 §21.3.4). A next hop that was asked for stays one (§8.1.2).
        return _policy.KeepRequestUri || status == 305 ? Current with { NextHop = there.Uri } : Current.WithUri(there.Uri);
    }
}
