using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>Writes a phone's messages; what a script gives replaces what the phone would have written.</summary>
internal static class Drafts
{
    /// <summary>Writes a header field.</summary>
    public static SipMessageBuilder Field(this SipMessageBuilder builder, string name, string value) =>
        builder.Header(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

    /// <summary>Finishes a request.</summary>
    public static SipRequest Finish(this SipMessageBuilder builder, PhoneBody? body, (string Name, string? Value)[]? given)
    {
        var request = WithType(builder, body).ToRequest(BytesOf(body));
        if (given is null or []) return request;
        builder.Request(request.MethodName, request.RequestUri);
        return Amend(builder, request, given).ToRequest(request.Body);
    }

    /// <summary>Finishes a response.</summary>
    public static SipResponse FinishResponse(this SipMessageBuilder builder, PhoneBody? body, (string Name, string? Value)[]? given)
    {
        var response = WithType(builder, body).ToResponse(BytesOf(body));
        if (given is null or []) return response;
        builder.Response(response.StatusCode, response.ReasonPhrase);
        return Amend(builder, response, given).ToResponse(response.Body);
    }

    private static SipMessageBuilder WithType(SipMessageBuilder builder, PhoneBody? body) =>
        body is null or { IsEmpty: true } ? builder : builder.Field("Content-Type", body.Type);

    private static ReadOnlySpan<byte> BytesOf(PhoneBody? body) => body is null ? default : body.Bytes.Span;

    // A field that is given stands where the first of its name stood, a null value takes it away, new ones follow at the end.
    private static SipMessageBuilder Amend(SipMessageBuilder builder, SipMessage message, (string Name, string? Value)[] given)
    {
        HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < message.HeaderCount; i++)
        {
            var header = message.Header(i);
            var name = Encoding.UTF8.GetString(header.Name);
            if (!given.Any(field => Same(field.Name, name))) builder.Field(name, Encoding.UTF8.GetString(header.Value));
            else if (written.Add(name)) Write(builder, given, name);
        }

        foreach (var (name, _) in given)
        {
            if (written.Add(name)) Write(builder, given, name);
        }

        return builder;
    }

    private static void Write(SipMessageBuilder builder, (string Name, string? Value)[] given, string like)
    {
        foreach (var (name, value) in given)
        {
            if (value is not null && Same(name, like)) builder.Field(name, value);
        }
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
