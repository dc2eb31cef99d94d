using System.Buffers.Text;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Proxying;

/// <summary>
/// Max-Breadth: how many branches a request may be open on at once, so that forking never multiplies without end (RFC 5393 §5).
/// </summary>
public static class MaxBreadth
{
    /// <summary>What a request without the header is worth (RFC 5393 §5.3.3).</summary>
    public const int Default = 60;

    /// <summary>The header's name.</summary>
    public static ReadOnlySpan<byte> HeaderName => "Max-Breadth"u8;

    /// <summary>The request's breadth; the default for one without the header, or with something that is no number.</summary>
    public static int Of(SipRequest request) =>
        request.TryFind(HeaderName, out var value) && Utf8Parser.TryParse(value, out uint breadth, out var length) && length == value.Length
            ? (int)Math.Min(breadth, Default)
            : Default;
}
