using System.Text;
using CallActors.Sip.Headers;

namespace CallActors;

/// <summary>The key under which a user's bindings are kept: the URI without what is no part of the user (RFC 3261 §10.3, step 5).</summary>
internal static class AddressOfRecord
{
    private const int MostBytes = 256;

    /// <summary>The key of a URI: <c>user@host</c> unescaped, the host in lower case, or the user alone where domains do not matter. Null when it is none.</summary>
    public static string? Of(ReadOnlySpan<byte> text, bool byUser)
    {
        if (text.Length is 0 or > MostBytes || !SipUriView.TryParse(text, out var uri)) return null;
        if (!uri.IsSip) return uri.Scheme == UriScheme.Tel ? Encoding.UTF8.GetString(uri.User) : null;
        Span<byte> buffer = stackalloc byte[MostBytes];
        var user = Encoding.UTF8.GetString(buffer[..UriEscaping.Unescape(uri.User, buffer)]);
        if (byUser) return user.Length == 0 ? null : user;
        var host = Encoding.ASCII.GetString(uri.Host).ToLowerInvariant();
        return user.Length == 0 ? host : $"{user}@{host}";
    }

    /// <summary>The key of what a program names a user by: <c>alice</c>, <c>alice@host</c> or a URI.</summary>
    public static string? Of(string text, bool byUser)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (byUser && !text.Contains('@', StringComparison.Ordinal) && colon < 0) return text.Length == 0 ? null : text;
        var isUri = text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("tel:", StringComparison.OrdinalIgnoreCase);
        return Of(Encoding.UTF8.GetBytes(isUri ? text : "sip:" + text), byUser);
    }
}
