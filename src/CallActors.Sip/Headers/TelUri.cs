using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CallActors.Sip.Headers;

/// <summary>A tel URI that owns its bytes; equal as RFC 3966 §5 says (<see cref="UriEquality"/>).</summary>
public sealed class TelUri : IEquatable<TelUri>
{
    private readonly byte[] _bytes;

    private TelUri(byte[] bytes) => _bytes = bytes;

    /// <summary>The URI as bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The URI's parts; its user is the number.</summary>
    public SipUriView View
    {
        get
        {
            _ = SipUriView.TryParse(_bytes, out var view);
            return view;
        }
    }

    /// <summary>The number with its visual separators.</summary>
    public ReadOnlySpan<byte> Number => View.User;

    /// <summary>Whether the number is a global one, with its country code.</summary>
    public bool IsGlobal => Number[0] == (byte)'+';

    /// <summary>Where a local number means something: a global prefix or a domain name; empty when absent.</summary>
    public ReadOnlySpan<byte> PhoneContext => View.TryParameter("phone-context"u8, out var value) ? value : default;

    /// <summary>Reads a tel URI that fills <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out TelUri? uri)
    {
        uri = SipUriView.TryParse(text, out var view) && view.Scheme == UriScheme.Tel ? new(text.ToArray()) : null;
        return uri is not null;
    }

    /// <summary>Whether <paramref name="other"/> is the same URI.</summary>
    public bool Equals(TelUri? other) => other is not null && UriEquality.Same(View, other.View);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TelUri);

    /// <inheritdoc/>
    public override int GetHashCode() => UriEquality.HashOf(View);

    /// <summary>The URI as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);
}
