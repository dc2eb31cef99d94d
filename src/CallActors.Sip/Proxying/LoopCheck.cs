using System.Buffers.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Proxying;

/// <summary>Whether a sent-by is one of ours.</summary>
/// <param name="host">The host, IPv6 without brackets.</param>
/// <param name="port">The port; 0 when none is written.</param>
public delegate bool OwnSender(ReadOnlySpan<byte> host, int port);

/// <summary>
/// Tells a loop from a spiral (RFC 5393 §4.2): the branch of every request we forward ends with a fingerprint of what decides where it goes. If a
/// request comes back with a Via of ours and the same fingerprint, it will go the same way for ever: 482.
/// </summary>
public static class LoopCheck
{
    /// <summary>How many bytes <see cref="Write"/> makes.</summary>
    public const int Length = 17;

    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>
    /// The fingerprint of a request as received: Request-URI, tags, Call-ID, sequence number, Route, Proxy-Require and
    /// Proxy-Authorization.
    /// </summary>
    public static ulong Fingerprint(SipRequest request)
    {
        var hash = Add(Offset, request.RequestUri);
        hash = Add(hash, request.FromTag);
        hash = Add(hash, request.ToTag);
        hash = Add(hash, request.CallId);
        hash = (hash ^ request.CSeq) * Prime;
        foreach (var route in request.Fields(SipHeaderId.Route)) hash = Add(hash, route);
        foreach (var option in request.Fields(SipHeaderId.ProxyRequire)) hash = Add(hash, option);
        foreach (var credentials in request.Fields(SipHeaderId.ProxyAuthorization)) hash = Add(hash, credentials);
        return hash;
    }

    /// <summary>Writes what a branch has to end with into <paramref name="destination"/> of at least <see cref="Length"/> bytes.</summary>
    public static void Write(ulong fingerprint, Span<byte> destination)
    {
        destination[0] = (byte)'.';
        Utf8Formatter.TryFormat(fingerprint, destination[1..], out _, new('x', Length - 1));
    }

    /// <summary>Whether the request has passed here with this fingerprint before.</summary>
    public static bool IsLoop(SipRequest request, ulong fingerprint, OwnSender isOurs)
    {
        Span<byte> ending = stackalloc byte[Length];
        Write(fingerprint, ending);
        foreach (var value in request.Values(SipHeaderId.Via))
        {
            if (ViaView.TryParse(value, out var via) && via.Branch.EndsWith(ending) && isOurs(via.Host, via.Port)) return true;
        }
        return false;
    }

    // FNV-1a: the same in every process, so every node of a cluster knows its siblings' branches.
    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var octet in bytes) hash = (hash ^ octet) * Prime;
        return (hash ^ 0xff) * Prime;
    }
}
