using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Headers;

/// <summary>A body of several parts (RFC 2046 §5.1, RFC 5621): SDP with ISUP or with recording metadata. Bytes stay what they are.</summary>
public sealed class MultipartBody
{
    private readonly string _boundary;

    private MultipartBody(ImmutableArray<BodyPart> parts, string subtype, string boundary)
    {
        Parts = parts;
        Subtype = subtype;
        _boundary = boundary;
    }

    /// <summary>The parts in order.</summary>
    public ImmutableArray<BodyPart> Parts { get; }

    /// <summary><c>mixed</c>, <c>alternative</c>, <c>related</c>…</summary>
    public string Subtype { get; }

    /// <summary>The Content-Type of the whole.</summary>
    public string ContentType => $"multipart/{Subtype};boundary={QuotedText.Quote(_boundary)}";

    /// <summary>A body of these parts, with a boundary that none of them holds.</summary>
    public static MultipartBody Of(params ReadOnlySpan<BodyPart> parts)
    {
        var all = ImmutableArray.Create(parts);
        var number = 1;
        while (all.Any(part => part.Content.Span.IndexOf(Encoding.ASCII.GetBytes($"--part-{number}")) >= 0)) number++;
        return new(all, "mixed", $"part-{number}");
    }

    /// <summary>Reads a body. The parts are ranges of <paramref name="body"/>, which is not copied.</summary>
    /// <param name="contentType">The value of Content-Type, with its boundary, quoted or not.</param>
    /// <param name="body">The body.</param>
    /// <param name="multipart">Null when it is no multipart body, or its boundary is nowhere in it.</param>
    public static bool TryRead(ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out MultipartBody? multipart)
    {
        multipart = null;
        if (!ContentTypeValue.TryParse(contentType, out var type) || !type.IsMultipart || type.Boundary.IsEmpty) return false;
        var boundary = QuotedText.ToText(type.Boundary).TrimEnd();
        var parts = Split(body, Encoding.UTF8.GetBytes("--" + boundary));
        if (parts is null) return false;
        multipart = new(parts.Value, Encoding.UTF8.GetString(type.Subtype), boundary);
        return true;
    }

    /// <summary>The body as it is sent.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var part in Parts)
        {
            output.Write(Encoding.UTF8.GetBytes($"--{_boundary}\r\n"));
            foreach (var header in part.Headers) output.Write(Encoding.UTF8.GetBytes($"{header}\r\n"));
            output.Write("\r\n"u8);
            output.Write(part.Content.Span);
            output.Write("\r\n"u8);
        }
        output.Write(Encoding.UTF8.GetBytes($"--{_boundary}--\r\n"));
        return output.WrittenSpan.ToArray();
    }

    internal static ImmutableArray<BodyPart> PartsOf(SipMessage message)
    {
        if (message.Body.IsEmpty) return [];
        var body = message.Memory[^message.Body.Length..];
        return TryRead(message.First(SipHeaderId.ContentType), body, out var multipart)
            ? multipart.Parts
            : [new(HeaderPolicy.Body.Apply(message), body)];
    }

    private static ImmutableArray<BodyPart>? Split(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> delimiter)
    {
        // What stands before the first delimiter and behind the last is nobody's (RFC 2046 §5.1.1).
        if (!TryFind(body.Span, 0, delimiter, out _, out var start, out var isLast)) return null;
        var parts = ImmutableArray.CreateBuilder<BodyPart>();
        while (!isLast && start < body.Length)
        {
            // A body that was cut off ends its last part.
            var isFound = TryFind(body.Span, start, delimiter, out var end, out var next, out isLast);
            parts.Add(ReadPart(body[start..(isFound ? end : body.Length)]));
            if (!isFound) break;
            start = next;
        }
        return parts.DrainToImmutable();
    }

    // A delimiter begins a line, and white space may follow it; the line end before it is its own, not the part's.
    private static bool TryFind(ReadOnlySpan<byte> body, int from, ReadOnlySpan<byte> delimiter, out int end, out int next, out bool isLast)
    {
        for (var at = from; at <= body.Length;)
        {
            var found = body[at..].IndexOf(delimiter);
            if (found < 0) break;
            var line = at + found;
            at = line + delimiter.Length;
            if (line > from && body[line - 1] != (byte)'\n') continue;
            isLast = body[at..].StartsWith("--"u8);
            next = isLast ? body.Length : at;
            while (next < body.Length && body[next] is (byte)' ' or (byte)'\t') next++;
            if (!isLast && next < body.Length && body[next] is not ((byte)'\r' or (byte)'\n')) continue;
            if (!isLast) next += LineEndAt(body, next);
            end = line;
            if (end > from) end--;
            if (end > from && body[end - 1] == (byte)'\r' && end < line) end--;
            return true;
        }
        end = next = body.Length;
        isLast = true;
        return false;
    }

    private static BodyPart ReadPart(ReadOnlyMemory<byte> part)
    {
        var headers = ImmutableArray.CreateBuilder<HeaderLine>();
        var text = part.Span;
        var at = 0;
        while (at < text.Length)
        {
            var blank = LineEndAt(text, at);
            if (blank > 0) return new(headers.DrainToImmutable(), part[(at + blank)..]);
            var length = text[at..].IndexOfAny((byte)'\r', (byte)'\n');
            var line = Encoding.UTF8.GetString(length < 0 ? text[at..] : text.Slice(at, length));
            if (!TryAdd(headers, line)) return headers.Count == 0 ? new([], part) : new(headers.DrainToImmutable(), part[at..]);
            at = length < 0 ? text.Length : at + length + LineEndAt(text, at + length);
        }
        return new(headers.DrainToImmutable(), part[at..]);
    }

    private static bool TryAdd(ImmutableArray<HeaderLine>.Builder headers, string line)
    {
        if (line[0] is ' ' or '\t' && headers.Count > 0)
        {
            headers[^1] = new(headers[^1].Name, $"{headers[^1].Value} {line.Trim()}");
            return true;
        }
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? "" : line[..colon].Trim();
        if (!SipToken.Is(name)) return false;
        headers.Add(new(name, line[(colon + 1)..].Trim()));
        return true;
    }

    private static int LineEndAt(ReadOnlySpan<byte> text, int at) => at >= text.Length ? 0
        : text[at..].StartsWith("\r\n"u8) ? 2
        : text[at] is (byte)'\r' or (byte)'\n' ? 1
        : 0;
}
