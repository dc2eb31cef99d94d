using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CallActors.Sip.Headers;

/// <summary>A SIP or SIPS URI that owns its bytes; equal as RFC 3261 §19.1.4 says (<see cref="UriEquality"/>).</summary>
public sealed class SipUri : IEquatable<SipUri>
{
    private readonly byte[] _bytes;

    private SipUri(byte[] bytes) => _bytes = bytes;

    /// <summary>The URI as bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The URI's parts.</summary>
    public SipUriView View
    {
        get
        {
            _ = SipUriView.TryParse(_bytes, out var view);
            return view;
        }
    }

    /// <summary>Reads a SIP or SIPS URI that fills <paramref name="text"/>; the three colons of RFC 5118 §4.10 become two.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out SipUri? uri)
    {
        uri = SipUriView.TryParse(text, out var view) && view.IsSip ? From(view) : null;
        return uri is not null;
    }

    /// <summary>Makes a URI of its parts, escaping what cannot stand for itself; false when the host is none.</summary>
    /// <param name="scheme"><see cref="UriScheme.Sip"/> or <see cref="UriScheme.Sips"/>.</param>
    /// <param name="user">The user, plain; empty for none.</param>
    /// <param name="host">A name, an IPv4 or an IPv6 address, the latter with or without brackets.</param>
    /// <param name="port">The port, or 0 for none.</param>
    /// <param name="uri">The URI.</param>
    public static bool TryCreate(
        UriScheme scheme, ReadOnlySpan<byte> user, ReadOnlySpan<byte> host, int port, [NotNullWhen(true)] out SipUri? uri)
    {
        var text = new byte[user.Length * 3 + host.Length + 14];
        (scheme == UriScheme.Sips ? "sips:"u8 : "sip:"u8).CopyTo(text);
        var end = scheme == UriScheme.Sips ? 5 : 4;
        if (!user.IsEmpty)
        {
            end += UriEscaping.Escape(user, UriPart.User, text.AsSpan(end));
            text[end++] = (byte)'@';
        }
        var needsBrackets = !host.IsEmpty && host[0] != (byte)'[' && host.Contains((byte)':');
        if (needsBrackets) text[end++] = (byte)'[';
        host.CopyTo(text.AsSpan(end));
        end += host.Length;
        if (needsBrackets) text[end++] = (byte)']';
        if (port is > 0 and <= ushort.MaxValue)
        {
            text[end++] = (byte)':';
            Utf8Formatter.TryFormat(port, text.AsSpan(end), out var digits);
            end += digits;
        }
        // What is no host, or holds more than a host, shows when the whole is read again.
        var isUri = SipUriView.TryParse(text.AsSpan(0, end), out var view)
            && view.Parameters.IsEmpty && view.Headers.IsEmpty && view.Port == port && view.UserInfo.IsEmpty == user.IsEmpty;
        uri = isUri ? From(view) : null;
        return isUri;
    }

    /// <summary>This URI without its header part.</summary>
    public SipUri WithoutHeaders() => View.Headers.IsEmpty ? this : new(View.WithoutHeaders.ToArray());

    /// <summary>This URI without the parameter called <paramref name="name"/>.</summary>
    public SipUri WithoutParameter(ReadOnlySpan<byte> name)
    {
        var text = new byte[_bytes.Length];
        return new(text[..UriRewriting.WithoutParameter(View, name, text)]);
    }

    /// <summary>This URI with one parameter set to <paramref name="value"/>, both plain; without a value when that is empty.</summary>
    public SipUri WithParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var bare = WithoutParameter(name).View;
        var text = new byte[bare.Text.Length + (name.Length + value.Length) * 3 + 2];
        bare.WithoutHeaders.CopyTo(text);
        var end = bare.WithoutHeaders.Length;
        text[end++] = (byte)';';
        end += UriEscaping.Escape(name, UriPart.Parameter, text.AsSpan(end));
        if (!value.IsEmpty)
        {
            text[end++] = (byte)'=';
            end += UriEscaping.Escape(value, UriPart.Parameter, text.AsSpan(end));
        }
        var headers = bare.Text[bare.WithoutHeaders.Length..];
        headers.CopyTo(text.AsSpan(end));
        return new(text[..(end + headers.Length)]);
    }

    /// <summary>Whether <paramref name="other"/> is the same URI.</summary>
    public bool Equals(SipUri? other) => other is not null && UriEquality.Same(View, other.View);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SipUri);

    /// <inheritdoc/>
    public override int GetHashCode() => UriEquality.HashOf(View);

    /// <summary>The URI as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);

    private static SipUri From(SipUriView view)
    {
        var colons = view.IsIpv6 ? view.Text.IndexOf(":::"u8) : -1;
        return new(colons < 0 ? view.Text.ToArray() : [.. view.Text[..colons], .. view.Text[(colons + 1)..]]);
    }
}
