using CallActors.Control;
using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>The Content-Type of an application's body: specification 3.2.1.</summary>
internal static class BodyRules
{
    /// <summary>
    /// Writes the application's Content-Type, or that of a session description it forgot to name. False: a request has a body that
    /// nobody could read, which is refused; a response goes without.
    /// </summary>
    public static bool TryWriteType(SipMessageBuilder builder, AppMessage message, bool isRequest)
    {
        foreach (var header in message.Headers)
        {
            if (SipHeaderNames.Find(header.Name) != SipHeaderId.ContentType) continue;
            if (!message.Body.IsEmpty) builder.Header(SipHeaderId.ContentType, header.Value);
            return true;
        }

        if (message.Body.IsEmpty) return true;
        if (!message.Body.StartsWith("v=0"u8)) return !isRequest;
        builder.Header(SipHeaderId.ContentType, "application/sdp"u8);
        return true;
    }
}
