using System.Collections.Immutable;

namespace CallActors;

/// <summary>One place where a user can be reached: a binding of an address of record to a contact (RFC 3261 §10).</summary>
/// <param name="Uri">The contact's URI, as it was registered.</param>
/// <param name="Preference">The <c>q</c> in thousandths; 1000 where the contact named none.</param>
/// <param name="ExpiresAt">When it is over.</param>
/// <param name="CallId">The Call-ID of the registration, by which its order is told.</param>
/// <param name="CSeq">Its sequence number.</param>
/// <param name="Path">The proxies on the way, the nearest to us first (RFC 3327).</param>
/// <param name="Source">Where the registration came from.</param>
/// <param name="Server">The signalling server that received it.</param>
/// <param name="UserAgent">What the phone calls itself; empty when it does not say.</param>
public sealed record Binding(
    string Uri, int Preference, DateTimeOffset ExpiresAt, string CallId, uint CSeq, ImmutableArray<string> Path, RequestSource Source, string Server, string UserAgent)
{
    /// <summary>Where a request to the contact is sent first, where that is not what its URI says: the Path, or the address that a phone behind a NAT was heard from.</summary>
    public string? NextHop
    {
        get
        {
            if (!Path.IsDefaultOrEmpty) return Path[0];
            // Over a stream the server knows the phone's own connection, and no other would reach it.
            if (Source.Transport != "udp" || IsHeardWhereItIs()) return null;
            var host = Source.Address.Contains(':', StringComparison.Ordinal) ? $"[{Source.Address}]" : Source.Address;
            return $"sip:{host}:{Source.Port}";
        }
    }

    private bool IsHeardWhereItIs()
    {
        if (!Sip.Headers.SipUriView.TryParse(System.Text.Encoding.UTF8.GetBytes(Uri), out var uri) || !uri.IsSip) return true;
        // Names and other ports may well be right; a literal address that is not the sender's is one behind a NAT.
        return !uri.IsIpLiteral || System.Text.Encoding.ASCII.GetString(uri.Host) == Source.Address;
    }
}
