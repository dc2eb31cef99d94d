using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>Messages as text, for assertions.</summary>
public static class Texts
{
    /// <summary>The value of the first field of a name, compact or not; null when there is none.</summary>
    public static string? TextOf(this SipMessage message, string name)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.TryFind(Encoding.UTF8.GetBytes(name), out var value) ? Encoding.UTF8.GetString(value) : null;
    }

    /// <summary>The values of all fields of a name, in their order.</summary>
    public static IReadOnlyList<string> TextsOf(this SipMessage message, string name)
    {
        ArgumentNullException.ThrowIfNull(message);
        List<string> values = [];
        for (var i = 0; i < message.HeaderCount; i++)
        {
            var header = message.Header(i);
            if (name.Equals(Encoding.UTF8.GetString(header.Name), StringComparison.OrdinalIgnoreCase)) values.Add(Encoding.UTF8.GetString(header.Value));
        }

        return values;
    }

    /// <summary>The tag of To; empty when there is none.</summary>
    public static string TagOf(this SipMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Encoding.UTF8.GetString(message.ToTag);
    }

    /// <summary>The body with its type.</summary>
    public static PhoneBody BodyOf(this SipMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Body.IsEmpty ? PhoneBody.None : new PhoneBody(message.TextOf("Content-Type") ?? "", message.Body.ToArray());
    }
}
