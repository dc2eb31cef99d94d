using System.Text;

namespace CallActors;

/// <summary>A body and what it is. The bytes travel untouched.</summary>
/// <param name="ContentType">The media type, such as <c>application/sdp</c>.</param>
/// <param name="Content">The bytes.</param>
public sealed record MessageBody(string ContentType, ReadOnlyMemory<byte> Content)
{
    /// <summary>A session description (RFC 8866).</summary>
    public static MessageBody Sdp(string text) => Text("application/sdp", text);

    /// <summary>Text of a type, as UTF-8.</summary>
    public static MessageBody Text(string contentType, string text) => new(contentType, Encoding.UTF8.GetBytes(text));

    internal static MessageBody? OfSdp(string? text) => string.IsNullOrEmpty(text) ? null : Sdp(text);
}
