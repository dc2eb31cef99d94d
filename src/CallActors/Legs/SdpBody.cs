using System.Collections.Immutable;
using System.Text;
using CallActors.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>Finds the session description of a message.</summary>
internal static class SdpBody
{
    /// <summary>The session description in a message's body; null when there is none.</summary>
    public static string? In(SipMessage message)
    {
        if (message.Body.IsEmpty) return null;
        if (!Sip.Dialogs.SessionDescription.IsIn(message)) return null;
        if (!IsMultipart(message.First(SipHeaderId.ContentType))) return Encoding.UTF8.GetString(message.Body);
        // What stands beside it in a body of several parts is no text (RFC 5621 §3.1).
        foreach (var part in MultipartBody.PartsOf(message))
        {
            if (IsDescription(part)) return part.Text;
        }

        return Encoding.UTF8.GetString(message.Body);
    }

    /// <summary>What a message's body holds beside the session description: ISUP, recording metadata, locations.</summary>
    public static ImmutableArray<BodyPart> Others(SipMessage message) => message.Body.IsEmpty ? [] : MultipartBody.PartsOf(message).RemoveAll(IsDescription);

    /// <summary>A body of a description, where there is one, and of other parts.</summary>
    public static MessageBody? With(string? sdp, ImmutableArray<BodyPart> others)
    {
        if (others.IsDefaultOrEmpty) return MessageBody.OfSdp(sdp);
        if (!string.IsNullOrEmpty(sdp)) others = others.Insert(0, BodyPart.Of("application/sdp", sdp));
        if (others is [var only]) return new MessageBody(only.ContentType, only.Content);
        var body = MultipartBody.Of(others.AsSpan());
        return new MessageBody(body.ContentType, body.ToBytes());
    }

    private static bool IsMultipart(ReadOnlySpan<byte> type) => type.Length > 10 && Ascii.EqualsIgnoreCase(type[..10], "multipart/"u8);

    private static bool IsDescription(BodyPart part) => part.Is("application/sdp");
}
