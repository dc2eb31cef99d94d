using System.Text;
using CallActors.Control;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>An application's request outside a dialog, made into a message: specification 3.2.2.</summary>
internal sealed class NewRequests(AppHeaderRules rules, SipIdentity identity, TimeProvider time)
{
    [ThreadStatic]
    private static SipMessageBuilder? t_builder;

    /// <summary>This thread's builder; whoever takes it finishes before anybody else takes it.</summary>
    public static SipMessageBuilder Builder => t_builder ??= new SipMessageBuilder();

    /// <summary>Makes the request for a transport that has been chosen.</summary>
    /// <param name="message">What the application said.</param>
    /// <param name="method">The method.</param>
    /// <param name="uri">The request-URI.</param>
    /// <param name="uriHeaders">The header part of what the application gave as its target.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="callId">The application's Call-ID or a fresh one.</param>
    public Composed<SipRequest> Compose(AppMessage message, SipMethod method, ReadOnlySpan<byte> uri, UriHeaders uriHeaders, SipTarget target, ReadOnlySpan<byte> callId)
    {
        var self = target.Transport.IdentityFor(target.Address?.Ip);
        var builder = Builder.Request(message.Method, uri);
        WriteVia(builder, target.Transport, self, identity.NewBranch().Span);
        builder.Header(SipHeaderId.MaxForwards, message.TryFind("Max-Forwards"u8, out var hops) ? hops : "70"u8);

        if (!TryWriteAddress(builder, message, SipHeaderId.From, self.ContactUri.Span, self, identity.NewTag()))
            return Composed<SipRequest>.Refused(ControlTexts.NewRequest.InvalidFrom, message.TryFind("From"u8, out var from) ? from : default);
        if (!TryWriteAddress(builder, message, SipHeaderId.To, uri, self, default))
            return Composed<SipRequest>.Refused(ControlTexts.NewRequest.TransactionFailed, ": invalid To"u8);

        builder.Header(SipHeaderId.CallId, callId);
        builder.BeginHeader(SipHeaderId.CSeq).Append(SequenceNumber(message)).Append(" "u8).Append(message.Method).EndHeader();
        WriteContact(builder, message, method, target.Transport, self);

        if (!rules.TryWrite(builder, message, self, static id => IsWrittenHere(id), out var bad))
            return Composed<SipRequest>.Refused(ControlTexts.NewRequest.TransactionFailed, Because(bad));
        if (!TryWriteUriHeaders(builder, uriHeaders)) return Composed<SipRequest>.Refused(ControlTexts.NewRequest.InvalidRequestUri, message.Uri);
        if (!BodyRules.TryWriteType(builder, message, isRequest: true)) return Composed<SipRequest>.Refused(ControlTexts.NewRequest.MissingContentType);

        var request = builder.ToRequest(message.Body);
        return builder.Rejection == SipRejection.None
            ? Composed<SipRequest>.Done(request)
            : Composed<SipRequest>.Refused(ControlTexts.NewRequest.TransactionFailed, Because(builder.RejectedHeader));
    }

    /// <summary>Our Via, with <c>rport</c> (RFC 3581 §3).</summary>
    public static void WriteVia(SipMessageBuilder builder, SipTransport transport, SipTransport.Identity self, ReadOnlySpan<byte> branch) =>
        builder.BeginHeader(SipHeaderId.Via)
            .Append("SIP/2.0/"u8).Append(SipProtocols.ViaName(transport.Protocol)).Append(" "u8).Append(self.HostPort.Span)
            .Append(";branch="u8).Append(branch).Append(";rport"u8)
            .EndHeader();

    /// <summary>Names the header a refusal is about.</summary>
    public static ReadOnlySpan<byte> Because(SipHeaderId header) =>
        header == SipHeaderId.Unknown ? default : Encoding.UTF8.GetBytes(": invalid " + Encoding.UTF8.GetString(SipHeaderNames.Canonical(header)));

    private static bool IsWrittenHere(SipHeaderId id) => id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.CallId or SipHeaderId.CSeq
        or SipHeaderId.Contact or SipHeaderId.MaxForwards or SipHeaderId.ContentType;

    private static bool TryWriteAddress(
        SipMessageBuilder builder, AppMessage message, SipHeaderId id, ReadOnlySpan<byte> otherwise, SipTransport.Identity self, Octets tag)
    {
        if (!message.TryFind(SipHeaderNames.Canonical(id), out var value))
        {
            builder.BeginHeader(id).Append("<"u8).Append(otherwise).Append(">"u8);
            AppendTag(builder, tag);
            builder.EndHeader();
            return true;
        }

        if (!NameAddrView.TryParse(value, out var address)) return false;
        builder.BeginHeader(id);
        if (address.IsBracketed)
        {
            AppHeaderRules.AppendSubstituted(builder, value, self);
        }
        else
        {
            builder.Append("<"u8);
            AppHeaderRules.AppendSubstituted(builder, address.Uri, self);
            builder.Append(">"u8).Append(address.Parameters.Text);
        }

        if (address.Tag.IsEmpty) AppendTag(builder, tag);
        builder.EndHeader();
        return true;
    }

    private static void AppendTag(SipMessageBuilder builder, Octets tag)
    {
        if (!tag.IsEmpty) builder.Append(";tag="u8).Append(tag.Span);
    }

    private static void WriteContact(SipMessageBuilder builder, AppMessage message, SipMethod method, SipTransport transport, SipTransport.Identity self)
    {
        var found = false;
        foreach (var header in message.Headers)
        {
            if (SipHeaderNames.Find(header.Name) != SipHeaderId.Contact) continue;
            found = true;
            if (method == SipMethod.Register)
            {
                builder.BeginHeader(SipHeaderId.Contact);
                AppHeaderRules.AppendSubstituted(builder, header.Value, self);
                builder.EndHeader();
            }
            else
            {
                ContactRules.WriteCorrected(builder, header.Value, transport, self);
            }
        }

        if (!found && method is SipMethod.Invite or SipMethod.Subscribe) ContactRules.WriteOwn(builder, self);
    }

    private long SequenceNumber(AppMessage message)
    {
        if (message.TryFind("CSeq"u8, out var value) && CSeqView.TryParse(value, out var cseq)) return cseq.Number;
        return (time.GetUtcNow().ToUnixTimeSeconds() / 2) & 0x7ffffff;
    }

    // The header part of a target becomes headers, all but those that are written anyway; false for one that could not stand in a message.
    private static bool TryWriteUriHeaders(SipMessageBuilder builder, UriHeaders headers)
    {
        Span<byte> scratch = headers.Text.Length <= 512 ? stackalloc byte[512] : new byte[headers.Text.Length];
        foreach (var header in headers)
        {
            if (!header.TryHeader(scratch, out var name, out var value)) return false;
            var id = SipHeaderNames.Find(name);
            if (AppHeaderRules.IsServersOwn(id) || IsWrittenHere(id) || Ascii.EqualsIgnoreCase(name, "body"u8)) continue;
            builder.Header(name, value);
        }

        return true;
    }
}
