using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Requests;

/// <summary>Where a request goes again after a challenge.</summary>
internal static class Pinning
{
    /// <summary>The next hop: several hosts may stand behind a name and the nonce is one's own, so it is whoever challenged. An address leads there anyway.</summary>
    /// <param name="nextHop">The next hop before; null when there was none.</param>
    /// <param name="target">The Request-URI.</param>
    /// <param name="challenger">The URI of the host that challenged; null when nobody knows.</param>
    public static string? NextHop(string? nextHop, string target, string? challenger)
    {
        if (challenger is null) return nextHop;
        return SipUriView.TryParse(Encoding.UTF8.GetBytes(nextHop ?? target), out var hop) && hop.IsIpLiteral ? nextHop : challenger;
    }
}
