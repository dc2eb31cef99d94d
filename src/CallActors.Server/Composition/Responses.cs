using CallActors.Control;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>What the automatic Contact of a response depends on.</summary>
internal enum ContactUse
{
    /// <summary>The application's, or none.</summary>
    None,

    /// <summary>Ours when the application gave none.</summary>
    Automatic,
}

/// <summary>An application's response, made into a message: specification 3.2.3.</summary>
internal sealed class Responses(AppHeaderRules rules)
{
    /// <summary>Makes the response.</summary>
    /// <param name="message">What the application said.</param>
    /// <param name="request">The request it answers.</param>
    /// <param name="transport">The transport the request came over.</param>
    /// <param name="peer">Where the request came from.</param>
    /// <param name="toTag">Our tag; not written on 100 or where To has one.</param>
    /// <param name="contact">Whether a Contact is added.</param>
    /// <param name="bestEffortTls">Show a <c>sip:</c> Contact to a caller whose own is <c>sip:</c>.</param>
    /// <param name="extra">Writes what the server adds; may be null.</param>
    public Composed<SipResponse> Compose(
        AppMessage message, SipRequest request, SipTransport transport, Net.NetAddress peer, ReadOnlySpan<byte> toTag,
        ContactUse contact, bool bestEffortTls, Action<SipMessageBuilder>? extra)
    {
        var self = transport.IdentityFor(peer.Ip);
        var builder = NewRequests.Builder.BeginResponse(request, message.Status, message.Reason, toTag);
        if (contact == ContactUse.Automatic && !message.TryFind("Contact"u8, out _))
            ContactRules.WriteOwn(builder, self, bestEffortTls && CallerIsPlain(request));

        if (!rules.TryWrite(builder, message, self, static id => IsCopied(id), out var bad))
            return Composed<SipResponse>.Refused(ControlTexts.Response.Unknown, NewRequests.Because(bad));
        extra?.Invoke(builder);
        BodyRules.TryWriteType(builder, message, isRequest: false);

        var response = builder.ToResponse(message.Body);
        return builder.Rejection == SipRejection.None
            ? Composed<SipResponse>.Done(response)
            : Composed<SipResponse>.Refused(ControlTexts.Response.Unknown, NewRequests.Because(builder.RejectedHeader));
    }

    private static bool IsCopied(SipHeaderId id) =>
        id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq or SipHeaderId.ContentType or SipHeaderId.MaxForwards;

    private static bool CallerIsPlain(SipRequest request) =>
        ContactView.TryParse(request.First(SipHeaderId.Contact), out var contact) && contact.Address.TryUri(out var uri) && uri.Scheme == UriScheme.Sip;

    /// <summary>503 that says when to try again (RFC 3261 §21.5.4).</summary>
    /// <param name="request">What cannot be served now.</param>
    /// <param name="tag">Our tag.</param>
    /// <param name="retryAfter">How long the caller is asked to wait, of which at least a second is said.</param>
    public static SipResponse Unavailable(SipRequest request, ReadOnlySpan<byte> tag, TimeSpan retryAfter)
    {
        var builder = NewRequests.Builder.BeginResponse(request, 503, default, tag);
        builder.Header(SipHeaderId.RetryAfter, (int)Math.Max(1, retryAfter.TotalSeconds));
        return builder.ToResponse();
    }
}
