using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Headers;

/// <summary>An address of a header as text: From, To, Contact, P-Asserted-Identity and their like. What is absent is empty.</summary>
/// <param name="DisplayName">The display name without quotes and backslashes.</param>
/// <param name="Uri">The URI without &lt;&gt;.</param>
/// <param name="User">The URI's user, or the number of a tel URI, unescaped and without what follows a semicolon in it.</param>
/// <param name="Host">The URI's host, an IPv6 address without brackets.</param>
/// <param name="Tag">The tag.</param>
public sealed record SipAddress(string DisplayName, string Uri, string User, string Host, string Tag)
{
    /// <summary>No address.</summary>
    public static readonly SipAddress Empty = new("", "", "", "", "");

    /// <summary>Reads one value; <see cref="Empty"/> when it is broken.</summary>
    public static SipAddress Read(ReadOnlySpan<byte> value)
    {
        if (!NameAddrView.TryParse(value, out var address)) return Empty;
        var name = address.IsQuoted ? QuotedText.ToText(address.DisplayName) : HeaderLine.Unfolded(address.DisplayName);
        var host = address.TryUri(out var uri) ? Encoding.UTF8.GetString(uri.Host) : "";
        return new(name.Trim(), Encoding.UTF8.GetString(address.Uri), UserOf(address.Uri), host, Encoding.UTF8.GetString(address.Tag));
    }

    /// <summary>Reads one value; <see cref="Empty"/> when it is broken.</summary>
    public static SipAddress Read(string value) => Read(Encoding.UTF8.GetBytes(value));

    /// <summary>The user of a SIP URI or the number of a tel URI; parameters of the user part (RFC 4694) are no part of it.</summary>
    internal static string UserOf(ReadOnlySpan<byte> text)
    {
        if (!SipUriView.TryParse(text, out var uri) || uri.User.IsEmpty) return "";
        var user = uri.User.IndexOf((byte)';') is >= 0 and var end ? uri.User[..end] : uri.User;
        Span<byte> plain = user.Length <= 256 ? stackalloc byte[user.Length] : new byte[user.Length];
        return Encoding.UTF8.GetString(plain[..UriEscaping.Unescape(user, plain)]);
    }
}
