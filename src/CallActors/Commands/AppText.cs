using System.Buffers;
using System.Text;

namespace CallActors.Commands;

/// <summary>Writes the SIP part of a command: what the application wants to say; the server adds the rest.</summary>
/// <remarks>One lives on each thread and is used from <see cref="Request(string, string)"/> or <see cref="Response"/> to its end without a pause.</remarks>
internal sealed class AppText
{
    [ThreadStatic]
    private static AppText? t_instance;

    private readonly ArrayBufferWriter<byte> _output = new(2048);

    /// <summary>Begins a request. Inside a dialog the server replaces the URI by the remote target.</summary>
    public static AppText Request(string method, string uri = "sip:placeholder")
    {
        var text = Begin();
        text.Append(method).Append(" "u8).Append(uri).Append(" SIP/2.0\r\n"u8);
        return text;
    }

    /// <summary>Begins a response.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="reason">The reason phrase; null is the standard one.</param>
    public static AppText Response(int status, string? reason)
    {
        var text = Begin();
        text.Append("SIP/2.0 "u8).Append(status).Append(" "u8);
        if (reason is null) text.Append(Sip.Messages.SipReasonPhrases.Of(status));
        else text.Append(reason);
        text.Append("\r\n"u8);
        return text;
    }

    public AppText Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Append(name).Append(": "u8).Append(value).Append("\r\n"u8);

    public AppText Header(ReadOnlySpan<byte> name, string value) => Append(name).Append(": "u8).Append(value).Append("\r\n"u8);

    public AppText Header(ReadOnlySpan<byte> name, long value) => Append(name).Append(": "u8).Append(value).Append("\r\n"u8);

    /// <summary>The To of a response, for the sake of its tag.</summary>
    public AppText To(string uri, string tag) => Append("To: <"u8).Append(uri).Append(">;tag="u8).Append(tag).Append("\r\n"u8);

    /// <summary>Appends fields that were checked when they were added.</summary>
    public AppText Headers(HeaderFields? fields)
    {
        if (fields is null) return this;
        foreach (var (name, value) in fields) Append(name).Append(": "u8).Append(value).Append("\r\n"u8);
        return this;
    }

    /// <summary>Ends the message. The bytes are valid until the next message begins on this thread.</summary>
    public ReadOnlySpan<byte> End(MessageBody? body = null)
    {
        if (body is null) return End(default, default);
        Append("Content-Type: "u8).Append(body.ContentType).Append("\r\n"u8);
        return End(default, body.Content.Span);
    }

    /// <summary>Ends the message with a body.</summary>
    public ReadOnlySpan<byte> End(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        if (!contentType.IsEmpty) Header("Content-Type"u8, contentType);
        Header("Content-Length"u8, body.Length).Append("\r\n"u8).Append(body);
        return _output.WrittenSpan;
    }

    private static AppText Begin()
    {
        var text = t_instance ??= new AppText();
        text._output.ResetWrittenCount();
        return text;
    }

    private AppText Append(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        return this;
    }

    private AppText Append(string text)
    {
        var span = _output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _output.Advance(Encoding.UTF8.GetBytes(text, span));
        return this;
    }

    private AppText Append(long number)
    {
        var span = _output.GetSpan(20);
        System.Buffers.Text.Utf8Formatter.TryFormat(number, span, out var written);
        _output.Advance(written);
        return this;
    }
}
