using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Transfers;

/// <summary>A dialog as somebody else names it in a Replaces header (RFC 3891): the tags may be either way round for us.</summary>
/// <param name="CallId">The Call-ID.</param>
/// <param name="ToTag">One tag.</param>
/// <param name="FromTag">The other.</param>
public sealed record DialogName(string CallId, string ToTag, string FromTag)
{
    /// <summary>Whether only a dialog that is not answered yet is meant.</summary>
    public bool IsEarlyOnly { get; init; }

    /// <summary>Reads a Replaces value; null when it is none.</summary>
    internal static DialogName? Read(string value) =>
        Replaces.TryParse(Encoding.UTF8.GetBytes(value), out var replaces)
            ? new DialogName(Encoding.UTF8.GetString(replaces.CallId), Encoding.UTF8.GetString(replaces.ToTag), Encoding.UTF8.GetString(replaces.FromTag)) { IsEarlyOnly = replaces.IsEarlyOnly }
            : null;

    /// <summary>Whether a leg is this dialog.</summary>
    internal bool Is(Leg leg) =>
        leg.CallId == CallId && ((leg.LocalTag == ToTag && leg.RemoteTag == FromTag) || (leg.LocalTag == FromTag && leg.RemoteTag == ToTag));
}
