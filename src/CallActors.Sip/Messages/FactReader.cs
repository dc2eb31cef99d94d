namespace CallActors.Sip.Messages;

/// <summary>Checks the headers that decide what a message is, and notes what everybody asks for; parser and builder share it.</summary>
internal static class FactReader
{
    /// <summary>Reads the first field of a header; Via, Contact and Content-Length are left to the caller.</summary>
    public static SipRejection Read(SipHeaderId id, ReadOnlySpan<byte> value, int start, ref SipFacts facts)
    {
        switch (id)
        {
            case SipHeaderId.From:
                if (!AddressReader.TryRead(value, out var fromTag)) return SipRejection.BadFrom;
                facts.FromTag = fromTag.Shifted(start);
                return SipRejection.None;
            case SipHeaderId.To:
                if (!AddressReader.TryRead(value, out var toTag)) return SipRejection.BadTo;
                facts.ToTag = toTag.Shifted(start);
                return SipRejection.None;
            case SipHeaderId.CallId:
                if (value.IsEmpty || value.ContainsAny(SipGrammar.NotInCallId)) return SipRejection.BadCallId;
                facts.CallId = new(start, value.Length);
                return SipRejection.None;
            case SipHeaderId.CSeq:
                return ReadCSeq(value, start, ref facts);
            case SipHeaderId.MaxForwards:
                return SipGrammar.TryNumber(value, 255, out _) ? SipRejection.None : SipRejection.BadMaxForwards;
            default:
                return SipRejection.None;
        }
    }

    /// <summary>Reads the topmost Via.</summary>
    public static SipRejection ReadVia(ReadOnlySpan<byte> value, int start, out ViaReader via, ref SipFacts facts)
    {
        if (!ViaReader.TryRead(value, out via)) return SipRejection.BadVia;
        facts.SentBy = via.SentBy.Shifted(start);
        facts.Branch = via.Branch.Shifted(start);
        return via.Branch.Length == 7 && via.Branch.In(value).SequenceEqual("z9hG4bK"u8) ? SipRejection.BadBranch : SipRejection.None;
    }

    /// <summary>A response with a bad Contact is still the answer; only who asks for its Contact is disappointed.</summary>
    public static SipRejection CheckContact(ReadOnlySpan<byte> value, bool isRequest) =>
        isRequest && !AddressReader.IsContact(value) ? SipRejection.BadContact : SipRejection.None;

    private static SipRejection ReadCSeq(ReadOnlySpan<byte> value, int start, ref SipFacts facts)
    {
        if (!CSeqReader.TryRead(value, out facts.CSeq, out var method)) return SipRejection.BadCSeq;
        facts.CSeqMethodName = method.Shifted(start);
        facts.CSeqMethod = SipMethods.Find(method.In(value));
        return SipRejection.None;
    }
}
