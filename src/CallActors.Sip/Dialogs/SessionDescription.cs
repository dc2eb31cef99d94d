using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// Whether a message describes a session, which is all that offer and answer need to know of its body (RFC 3264, RFC 6337).
/// </summary>
public static class SessionDescription
{
    /// <summary>
    /// True for a body of <c>application/sdp</c>, for a multipart body, which may hold one, and for a body without a type that begins like one.
    /// </summary>
    public static bool IsIn(SipMessage message)
    {
        if (message.Body.IsEmpty) return false;
        var type = message.First(SipHeaderId.ContentType);
        if (type.IsEmpty) return message.Body.StartsWith("v=0"u8);
        return StartsWith(type, "application/sdp"u8) || (StartsWith(type, "multipart/"u8) && message.Body.IndexOf("application/sdp"u8) >= 0);
    }

    private static bool StartsWith(ReadOnlySpan<byte> value, ReadOnlySpan<byte> start) =>
        value.Length >= start.Length && System.Text.Ascii.EqualsIgnoreCase(value[..start.Length], start);
}
