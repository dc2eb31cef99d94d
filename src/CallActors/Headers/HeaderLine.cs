using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Headers;

/// <summary>A header field as an application reads and writes it.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value, on one line.</param>
public readonly record struct HeaderLine(string Name, string Value)
{
    /// <summary>A header field that may stand in a message.</summary>
    /// <exception cref="ArgumentException">The name is no token of RFC 3261 §25.1, or the value holds a line end.</exception>
    public static HeaderLine Of(string name, string value)
    {
        if (!SipToken.Is(name)) throw new ArgumentException($"'{name}' is no header name.", nameof(name));
        ArgumentNullException.ThrowIfNull(value);
        if (value.AsSpan().ContainsAny('\r', '\n', '\0')) throw new ArgumentException($"The value of {name} is not one line.", nameof(value));
        return new(name, value.Trim());
    }

    /// <summary>The line without its end.</summary>
    public override string ToString() => $"{Name}: {Value}";

    internal SipHeaderId Id => IdOf(Name);

    internal bool Is(string name) => name.Equals(Name, StringComparison.OrdinalIgnoreCase) || (Id is not SipHeaderId.Unknown and var id && id == IdOf(name));

    internal static SipHeaderId IdOf(string name) => SipHeaderNames.Find(Encoding.UTF8.GetBytes(name));

    /// <summary>The text of a value, on one line however it was folded (RFC 3261 §7.3.1).</summary>
    internal static string Unfolded(ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        if (!text.AsSpan().ContainsAny('\r', '\n')) return text;
        return string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
