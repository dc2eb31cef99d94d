using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Headers;

/// <summary>A body, or one part of a multipart body: its headers and its bytes, both as they were (RFC 2046 §5.1).</summary>
/// <param name="headers">Its headers in order, names as written.</param>
/// <param name="content">Its bytes.</param>
public sealed class BodyPart(ImmutableArray<HeaderLine> headers, ReadOnlyMemory<byte> content)
{
    /// <summary>Its headers in order, names as written.</summary>
    public ImmutableArray<HeaderLine> Headers { get; } = headers;

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <summary>Its bytes read as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>Its Content-Type; without one <c>text/plain</c> (RFC 2046 §5.1).</summary>
    public string ContentType => Header("Content-Type") ?? "text/plain";

    /// <summary>A part of this type.</summary>
    public static BodyPart Of(string contentType, ReadOnlyMemory<byte> content, params ReadOnlySpan<HeaderLine> more)
    {
        var headers = ImmutableArray.CreateBuilder<HeaderLine>(more.Length + 1);
        headers.Add(HeaderLine.Of("Content-Type", contentType));
        foreach (var line in more) headers.Add(HeaderLine.Of(line.Name, line.Value));
        return new(headers.DrainToImmutable(), content);
    }

    /// <summary>A part of this type.</summary>
    public static BodyPart Of(string contentType, string content, params ReadOnlySpan<HeaderLine> more) => Of(contentType, Encoding.UTF8.GetBytes(content), more);

    /// <summary>The value of its first header of this name, in any case; null when there is none.</summary>
    public string? Header(string name)
    {
        foreach (var line in Headers)
        {
            if (line.Is(name)) return line.Value;
        }
        return null;
    }

    /// <summary>Whether it is of this type, <c>application/sdp</c> for example, whatever its parameters.</summary>
    public bool Is(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return ContentTypeValue.TryParse(Encoding.UTF8.GetBytes(ContentType), out var value)
            && type.Equals($"{Encoding.UTF8.GetString(value.Type)}/{Encoding.UTF8.GetString(value.Subtype)}", StringComparison.OrdinalIgnoreCase);
    }
}
