namespace CallActors.Sip.Messages;

/// <summary>The messages that follow from other messages.</summary>
public static class SipComposition
{
    // A builder lives on with its buffer, unless one huge message blew it up.
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static SipMessageBuilder? _spare;

    /// <summary>
    /// A response without a body (RFC 3261 §8.2.6): every Via, Record-Route, From, To, Call-ID and CSeq of the request; the
    /// Timestamp in a 100 (§8.2.6.1).
    /// </summary>
    /// <param name="request">May be what could be read of a broken request.</param>
    /// <param name="status">100 to 699.</param>
    /// <param name="reason">Empty for the standard phrase.</param>
    /// <param name="toTag">Added to To when that has none and the status is above 100.</param>
    public static SipResponse RespondTo(
        this SipRequest request, int status, ReadOnlySpan<byte> reason = default, ReadOnlySpan<byte> toTag = default)
    {
        var builder = Take();
        var response = builder.BeginResponse(request, status, reason, toTag).ToResponse();
        Keep(builder);
        return response;
    }

    /// <summary>Begins the response that <see cref="RespondTo"/> makes, for those who add headers or a body.</summary>
    public static SipMessageBuilder BeginResponse(
        this SipMessageBuilder builder,
        SipRequest request,
        int status,
        ReadOnlySpan<byte> reason = default,
        ReadOnlySpan<byte> toTag = default)
    {
        builder.Response(status, reason).Copy(request, SipHeaderId.Via);
        if (status > 100) builder.Copy(request, SipHeaderId.RecordRoute);
        builder.CopyFirst(request, SipHeaderId.From);
        CopyTo(builder, request, status > 100 ? toTag : default);
        builder.CopyFirst(request, SipHeaderId.CallId).CopyFirst(request, SipHeaderId.CSeq);
        return status > 100 ? builder : builder.CopyFirst(request, SipHeaderId.Timestamp);
    }

    /// <summary>The ACK for a rejection, which belongs to the INVITE's own transaction (RFC 3261 §17.1.1.3).</summary>
    public static SipRequest AckFor(this SipRequest invite, SipResponse rejection)
    {
        var builder = Take();
        var ack = BeginSibling(builder, invite, SipMethod.Ack)
            .CopyFirst(rejection, SipHeaderId.To)
            .Copy(invite, SipHeaderId.Route)
            .ToRequest();
        Keep(builder);
        return ack;
    }

    /// <summary>The CANCEL for a request that was sent (RFC 3261 §9.1).</summary>
    /// <param name="invite">As it was sent, with the Via it was sent with.</param>
    /// <param name="reason">The value of a Reason header (RFC 3326); none when empty.</param>
    public static SipRequest CancelFor(this SipRequest invite, ReadOnlySpan<byte> reason = default)
    {
        var builder = Take();
        BeginSibling(builder, invite, SipMethod.Cancel).CopyFirst(invite, SipHeaderId.To).Copy(invite, SipHeaderId.Route);
        if (!reason.IsEmpty) builder.Header(SipHeaderId.Reason, reason);
        var cancel = builder.ToRequest();
        Keep(builder);
        return cancel;
    }

    // Same Request-URI, topmost Via, From, Call-ID and sequence number.
    private static SipMessageBuilder BeginSibling(SipMessageBuilder builder, SipRequest of, SipMethod method)
    {
        builder.Request(method, of.RequestUri);
        foreach (var via in of.Values(SipHeaderId.Via))
        {
            builder.Header(SipHeaderId.Via, via);
            break;
        }

        return builder
            .Header(SipHeaderId.MaxForwards, 70)
            .CopyFirst(of, SipHeaderId.From)
            .CopyFirst(of, SipHeaderId.CallId)
            .BeginHeader(SipHeaderId.CSeq).Append(of.CSeq).Append(" "u8).Append(SipMethods.Name(method)).EndHeader();
    }

    private static void CopyTo(SipMessageBuilder builder, SipRequest request, ReadOnlySpan<byte> tag)
    {
        var to = request.First(SipHeaderId.To);
        // Behind something unterminated a tag would be lost in it; such a To goes back as it came.
        if (tag.IsEmpty || !request.ToTag.IsEmpty || !AddressReader.TryRead(to, out _)) builder.CopyFirst(request, SipHeaderId.To);
        else builder.BeginHeader(SipHeaderId.To).Append(to).Append(";tag="u8).Append(tag).EndHeader();
    }

    private static SipMessageBuilder Take()
    {
        var builder = _spare ?? new();
        _spare = null;
        return builder;
    }

    private static void Keep(SipMessageBuilder builder)
    {
        if (builder.Capacity <= LargestKept) _spare = builder;
    }
}
