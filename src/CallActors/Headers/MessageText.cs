using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Headers;

/// <summary>A message as text, for application code; the message itself keeps its bytes.</summary>
/// <remarks>One class for each of the three, as the analyzers take several extension blocks of one class for one name.</remarks>
public static class MessageText
{
    extension(SipMessage message)
    {
        /// <summary>The body read as UTF-8.</summary>
        public string BodyText => Encoding.UTF8.GetString(message.Body);

        /// <summary>From.</summary>
        public SipAddress From => SipAddress.Read(message.First(SipHeaderId.From));

        /// <summary>To.</summary>
        public SipAddress To => SipAddress.Read(message.First(SipHeaderId.To));

        /// <summary>Call-ID.</summary>
        public string CallIdText => Encoding.UTF8.GetString(message.CallId);

        /// <summary>
        /// The parts of the body, each with its headers and its bytes: those of a multipart body, or the one there is; none when there is no body.
        /// </summary>
        public ImmutableArray<BodyPart> BodyParts => MultipartBody.PartsOf(message);

        /// <summary>The value of the first field of this name, in any case and form, on one line; null when there is none.</summary>
        public string? Header(string name) => message.TryFind(Encoding.UTF8.GetBytes(name), out var value) ? HeaderLine.Unfolded(value) : null;

        /// <summary>All values of this name in any case and form: lists of known headers are taken apart, other fields given as they are.</summary>
        public ImmutableArray<string> Headers(string name)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            var id = SipHeaderNames.Find(bytes);
            var values = ImmutableArray.CreateBuilder<string>();
            if (id != SipHeaderId.Unknown)
            {
                foreach (var value in message.Values(id)) values.Add(HeaderLine.Unfolded(value));
                return values.DrainToImmutable();
            }
            for (var index = 0; index < message.HeaderCount; index++)
            {
                var header = message.Header(index);
                if (header.Id == SipHeaderId.Unknown && Ascii.EqualsIgnoreCase(header.Name, bytes)) values.Add(HeaderLine.Unfolded(header.Value));
            }
            return values.DrainToImmutable();
        }
    }
}

/// <summary>A request as text, for application code.</summary>
public static class RequestText
{
    extension(SipRequest request)
    {
        /// <summary>The Request-URI.</summary>
        public string UriText => Encoding.UTF8.GetString(request.RequestUri);

        /// <summary>The method as it stands there, known or not.</summary>
        public string MethodText => Encoding.UTF8.GetString(request.MethodName);

        /// <summary>Who calls.</summary>
        public CallerIdentity Caller => CallerIdentity.Of(request);

        /// <summary>The number that is called; empty when the Request-URI has none.</summary>
        public string CalledNumber => CallerIdentity.CalledNumber(request);
    }
}

/// <summary>A response as text, for application code.</summary>
public static class ResponseText
{
    extension(SipResponse response)
    {
        /// <summary>The reason phrase.</summary>
        public string ReasonText => Encoding.UTF8.GetString(response.ReasonPhrase);
    }
}
