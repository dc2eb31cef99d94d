using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// A route set as it stands in a Route header: its values in order, joined by commas (RFC 3261 §12.1). A view; whoever made it keeps the bytes.
/// </summary>
/// <param name="value">The joined values; empty for no route at all.</param>
public readonly ref struct RouteSet(ReadOnlySpan<byte> value)
{
    /// <summary>The value of the one Route header that says it all.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>True when requests go straight to the remote target.</summary>
    public bool IsEmpty => Value.IsEmpty;

    /// <summary>The first value; empty when there is none.</summary>
    public ReadOnlySpan<byte> First
    {
        get
        {
            var values = GetEnumerator();
            return values.MoveNext() ? values.Current : default;
        }
    }

    /// <summary>The URI of the first value; empty when there is none, or it is unreadable.</summary>
    public ReadOnlySpan<byte> FirstUri => NameAddrView.TryParse(First, out var first) ? first.Uri : default;

    /// <summary>Everything after the first value.</summary>
    public RouteSet Rest
    {
        get
        {
            var length = First.Length;
            if (length == 0 || length >= Value.Length) return default;
            var rest = Value[length..].TrimStart(" \t,"u8);
            return new(rest);
        }
    }

    /// <summary>
    /// Whether the first hop routes by the rules of RFC 2543: its URI has no <c>lr</c>, so it expects its own URI as the Request-URI (RFC 3261 §12.2.1.1).
    /// </summary>
    public bool IsStrict => SipUriView.TryParse(FirstUri, out var uri) && !uri.Lr;

    /// <summary>Walks the values in order.</summary>
    public SipListReader GetEnumerator() => new(Value);

    internal static int LengthOf(SipMessage message)
    {
        var length = 0;
        foreach (var route in message.Values(SipHeaderId.RecordRoute)) length += route.Length + Separator.Length;
        return length == 0 ? 0 : length - Separator.Length;
    }

    /// <summary>
    /// Joins the Record-Route values of <paramref name="message"/>: as they stand for the side that received the request, last first for the
    /// side that received the response (RFC 3261 §12.1.1, §12.1.2).
    /// </summary>
    internal static void Write(SipMessage message, bool reversed, Span<byte> destination)
    {
        var at = reversed ? destination.Length : 0;
        foreach (var route in message.Values(SipHeaderId.RecordRoute))
        {
            if (reversed)
            {
                at -= route.Length;
                Unfolding.Copy(route, destination[at..]);
                if (at == 0) return;
                at -= Separator.Length;
                Separator.CopyTo(destination[at..]);
            }
            else
            {
                if (at > 0)
                {
                    Separator.CopyTo(destination[at..]);
                    at += Separator.Length;
                }
                Unfolding.Copy(route, destination[at..]);
                at += route.Length;
            }
        }
    }

    private static ReadOnlySpan<byte> Separator => ", "u8;
}
