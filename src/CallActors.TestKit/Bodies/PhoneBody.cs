using System.Text;

namespace CallActors.TestKit;

/// <summary>The body of a message: its type and its bytes. A text becomes one by itself; what begins like a session description is one.</summary>
/// <param name="Type">The value of Content-Type; empty for no body.</param>
/// <param name="Bytes">The bytes.</param>
public sealed record PhoneBody(string Type, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>No body at all.</summary>
    public static PhoneBody None { get; } = new("", default);

    /// <summary>Whether there is one.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>A text with its type.</summary>
    public static PhoneBody Of(string type, string text) => new(type, Encoding.UTF8.GetBytes(text));

    /// <summary>A session description, or plain text.</summary>
    public static implicit operator PhoneBody(string text) => FromString(text);

    /// <summary>A session description.</summary>
    public static implicit operator PhoneBody(PhoneSdp sdp)
    {
        ArgumentNullException.ThrowIfNull(sdp);
        return FromString(sdp.ToString());
    }

    /// <summary>A session description, or plain text.</summary>
    public static PhoneBody FromString(string text) =>
        string.IsNullOrEmpty(text) ? None : Of(text.StartsWith("v=0", StringComparison.Ordinal) ? "application/sdp" : "text/plain", text);

    /// <summary>The body as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}
