using System.Text;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>Finds the session description of a message.</summary>
internal static class SdpBody
{
    /// <summary>The session description in a message's body; null when there is none.</summary>
    public static string? In(SipMessage message)
    {
        if (message.Body.IsEmpty) return null;
        return Sip.Dialogs.SessionDescription.IsIn(message) ? Encoding.UTF8.GetString(message.Body) : null;
    }
}
