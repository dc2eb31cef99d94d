using static CallActors.Sip.Messages.SipRejection;

namespace CallActors.Sip.Messages;

/// <summary>The one table from a reason of refusal to the answer a peer gets.</summary>
public static class SipRejections
{
    private static readonly byte[][] BadHeaderPhrases = MakePhrases();

    /// <summary>The status to answer with: 400, 413, 416 or 505.</summary>
    public static int Status(SipRejection reason) => reason switch
    {
        UnsupportedVersion => 505,
        UnsupportedUriScheme => 416,
        MessageTooLarge or HeaderSectionTooLarge => 413,
        _ => 400,
    };

    /// <summary>The header this reason is about, or <see cref="SipHeaderId.Unknown"/>.</summary>
    public static SipHeaderId Culprit(SipRejection reason) => reason switch
    {
        BadVia or BadBranch => SipHeaderId.Via,
        BadFrom => SipHeaderId.From,
        BadTo => SipHeaderId.To,
        BadCallId => SipHeaderId.CallId,
        BadCSeq or CSeqMethodMismatch => SipHeaderId.CSeq,
        BadMaxForwards => SipHeaderId.MaxForwards,
        BadContact => SipHeaderId.Contact,
        BadContentLength or BodyTruncated => SipHeaderId.ContentLength,
        _ => SipHeaderId.Unknown,
    };

    /// <summary>The reason phrase to answer with: <c>Bad Via Header</c> where a header is the culprit, else the status's own.</summary>
    public static ReadOnlySpan<byte> Phrase(SipRejection reason) => Phrase(reason, Culprit(reason));

    /// <summary>
    /// The same where the reason alone does not tell the header (<see cref="MissingHeader"/>, <see cref="RepeatedHeader"/>).
    /// </summary>
    public static ReadOnlySpan<byte> Phrase(SipRejection reason, SipHeaderId culprit) => Status(reason) switch
    {
        400 when culprit != SipHeaderId.Unknown && (int)culprit < BadHeaderPhrases.Length => BadHeaderPhrases[(int)culprit],
        var status => SipReasonPhrases.Of(status),
    };

    private static byte[][] MakePhrases()
    {
        var ids = Enum.GetValues<SipHeaderId>();
        var phrases = new byte[ids.Length][];
        foreach (var id in ids) phrases[(int)id] = [.. "Bad "u8, .. SipHeaderNames.Canonical(id), .. " Header"u8];
        return phrases;
    }
}
