using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>What is accepted, built anew and parsed again says the same, and once built it is built the same for ever.</summary>
public static class FixedPoint
{
    public static void Check(SipMessage message, string why = "")
    {
        var builder = new SipMessageBuilder();
        var built = Rebuild(builder, message);
        Assert.True(builder.Rejection == SipRejection.None, $"{why}: the builder refuses {builder.RejectedHeader} with {builder.Rejection}");

        var parsed = SipParser.Parse(built.Bytes);
        Assert.True(parsed.Status == SipParseStatus.Message, $"{why}: {parsed.Error}");
        Same(message, parsed.Message!, why);
        Same(built, parsed.Message!, why);
        Assert.True(Rebuild(builder, parsed.Message!).Bytes.SequenceEqual(built.Bytes), why);
    }

    /// <summary>The same message through the builder: names and values as they stood, Content-Length last.</summary>
    public static SipMessage Rebuild(SipMessageBuilder builder, SipMessage message)
    {
        if (message is SipRequest request) builder.Request(request.MethodName, request.RequestUri);
        else builder.Response(((SipResponse)message).StatusCode, ((SipResponse)message).ReasonPhrase);
        for (var index = 0; index < message.HeaderCount; index++)
        {
            var header = message.Header(index);
            builder.Header(header.Name, header.Value);
        }

        return message is SipRequest ? builder.ToRequest(message.Body) : builder.ToResponse(message.Body);
    }

    private static void Same(SipMessage expected, SipMessage actual, string why)
    {
        Assert.Equal(Facts(expected), Facts(actual));
        Assert.True(expected.Body.SequenceEqual(actual.Body), why);
        Assert.Equal(Headers(expected), Headers(actual));
    }

    private static (string, string, string, string, string, string, uint, string, SipMethod, string) Facts(SipMessage message) =>
        (Text(message.CallId), Text(message.FromTag), Text(message.ToTag), Text(message.Branch), Text(message.SentBy),
            Text(message.CSeqMethodName), message.CSeq, message is SipRequest request ? Text(request.MethodName) : Phrase((SipResponse)message),
            message.CSeqMethod, message is SipRequest { RequestUri: var uri } ? Text(uri) : "");

    // An empty phrase is written as the standard one.
    private static string Phrase(SipResponse response) => response.StatusCode + " " +
        Text(response.ReasonPhrase.IsEmpty ? SipReasonPhrases.Of(response.StatusCode) : response.ReasonPhrase);

    private static List<string> Headers(SipMessage message)
    {
        var lines = new List<string>();
        for (var index = 0; index < message.HeaderCount; index++)
        {
            var header = message.Header(index);
            if (header.Id != SipHeaderId.ContentLength) lines.Add($"{header.Id} {Text(header.Name)}={Text(header.Value)}");
        }

        return lines;
    }
}
