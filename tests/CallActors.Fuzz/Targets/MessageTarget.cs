using CallActors.Sip.Messages;

namespace CallActors.Fuzz.Targets;

/// <summary>
/// The SIP parser: a message or an error; every accepted message is a fixed point of parse, build, parse; every answer holds nothing
/// smuggled.
/// </summary>
public sealed class MessageTarget : IFuzzTarget
{
    private readonly SipMessageBuilder _builder = new();
    private SipParseResult _datagram;
    private SipParseResult _stream;
    private SipParseResult _stamped;

    /// <inheritdoc/>
    public string Name => "message";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds => Corpus.Messages;

    /// <inheritdoc/>
    public int Passes => 3;

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<byte> input)
    {
        _datagram = SipParser.Parse(input);
        _stream = SipParser.Parse(input, isStream: true);
        _stamped = SipParser.Parse(input, new ViaStamp("203.0.113.250"u8, 49152));
    }

    /// <inheritdoc/>
    public void Check(ReadOnlySpan<byte> input)
    {
        CheckOutcome(_datagram, input);
        CheckOutcome(_stream, input);
        CheckOutcome(_stamped, input);
        ContractBrokenException.Unless(_datagram.Status != SipParseStatus.NeedMore, "a datagram has nothing more to come");
        ContractBrokenException.Unless(_datagram.Error == _stamped.Error, "the stamp changed the verdict");
        if (_stamped.Status == SipParseStatus.Message) CheckStamp((SipMessage)_stamped.Message!);
    }

    private void CheckOutcome(in SipParseResult result, ReadOnlySpan<byte> input)
    {
        ContractBrokenException.Unless(result.Consumed >= 0 && result.Consumed <= input.Length, "more consumed than there is");
        ContractBrokenException.Unless(result.Error.Offset >= 0 && result.Error.Offset <= input.Length, "an error outside the input");
        ContractBrokenException.Unless((result.Status == SipParseStatus.Broken) == (result.Error.Reason != SipRejection.None), "a verdict without a reason, or the reverse");
        switch (result.Status)
        {
            case SipParseStatus.Message:
                CheckFixedPoint(result.Message!);
                if (result.Message is SipRequest { Method: not SipMethod.Ack } request) CheckSiblings(request);
                break;
            case SipParseStatus.Broken when result.Message is SipRequest broken:
                ContractBrokenException.Unless(result.CanBeAnswered && broken.Method != SipMethod.Ack && broken.Body.IsEmpty, "no answerable request");
                CheckAnswer(broken, broken.RespondTo(result.Error.Status, result.Error.Phrase, "mine"u8));
                break;
            default:
                ContractBrokenException.Unless(result.Message is null, "a message without one");
                break;
        }
    }

    private void CheckFixedPoint(SipMessage message)
    {
        var built = Rebuild(message);
        ContractBrokenException.Unless(_builder.Rejection == SipRejection.None, $"the builder refuses what the parser took: {_builder.RejectedHeader} {_builder.Rejection}");
        var parsed = SipParser.Parse(built.Bytes);
        ContractBrokenException.Unless(parsed.Status == SipParseStatus.Message, $"what was built is refused: {parsed.Error}");
        ContractBrokenException.Unless(parsed.Consumed == built.Bytes.Length, "what was built has a rest");
        CheckSame(message, parsed.Message!);
        CheckSame(built, parsed.Message!);
        ContractBrokenException.Unless(Rebuild(parsed.Message!).Bytes.SequenceEqual(built.Bytes), "built twice, and not the same");
    }

    private SipMessage Rebuild(SipMessage message)
    {
        if (message is SipRequest request) _builder.Request(request.MethodName, request.RequestUri);
        else _builder.Response(((SipResponse)message).StatusCode, ((SipResponse)message).ReasonPhrase);
        for (var index = 0; index < message.HeaderCount; index++)
        {
            var header = message.Header(index);
            _builder.Header(header.Name, header.Value);
        }

        return message is SipRequest ? _builder.ToRequest(message.Body) : _builder.ToResponse(message.Body);
    }

    private static void CheckSame(SipMessage one, SipMessage other)
    {
        ContractBrokenException.Unless(
            one.CallId.SequenceEqual(other.CallId) && one.FromTag.SequenceEqual(other.FromTag) && one.ToTag.SequenceEqual(other.ToTag) &&
            one.Branch.SequenceEqual(other.Branch) && one.SentBy.SequenceEqual(other.SentBy) && one.CSeq == other.CSeq &&
            one.CSeqMethod == other.CSeqMethod && one.CSeqMethodName.SequenceEqual(other.CSeqMethodName), "other facts after a round trip");
        ContractBrokenException.Unless(one.Body.SequenceEqual(other.Body), "another body after a round trip");

        var at = 0;
        for (var index = 0; index < one.HeaderCount; index++)
        {
            var header = one.Header(index);
            if (header.Id == SipHeaderId.ContentLength) continue;
            while (at < other.HeaderCount && other.Header(at).Id == SipHeaderId.ContentLength) at++;
            ContractBrokenException.Unless(
                at < other.HeaderCount && header.Id == other.Header(at).Id && header.Name.SequenceEqual(other.Header(at).Name) &&
                header.Value.SequenceEqual(other.Header(at).Value), "another header after a round trip");
            at++;
        }
    }

    private void CheckStamp(SipMessage message)
    {
        var again = SipParser.Parse(message.Bytes).Message;
        ContractBrokenException.Unless(again is not null, "what was stamped is refused");
        CheckSame(message, again!);
        ContractBrokenException.Unless(again!.HeaderCount == message.HeaderCount, "the stamp made a header");
        if (message is SipResponse) ContractBrokenException.Unless(message.Bytes.SequenceEqual(_datagram.Message!.Bytes), "a response was stamped");
        else ContractBrokenException.Unless(message.First(SipHeaderId.Via).IndexOf(";rport=49152"u8) > 0, "no stamp");
    }

    private static void CheckSiblings(SipRequest request)
    {
        CheckAnswer(request, request.RespondTo(486, default, "mine"u8));
        Parses(request.AckFor(request.RespondTo(486, default, "mine"u8)));
        Parses(request.CancelFor("SIP;cause=200"u8));
    }

    // Every header of an answer is one that the composition wrote: nothing in a copied value begins a line.
    private static void CheckAnswer(SipRequest request, SipResponse answer)
    {
        var parsed = SipParser.Parse(answer.Bytes);
        var copied = request.Count(SipHeaderId.Via) + request.Count(SipHeaderId.RecordRoute);
        ContractBrokenException.Unless(answer.HeaderCount <= copied + 5, "an answer with more headers than were written");
        if (parsed.Status == SipParseStatus.Message) ContractBrokenException.Unless(parsed.Message!.HeaderCount == answer.HeaderCount, "a header was smuggled into an answer");
    }

    private static void Parses(SipMessage message)
    {
        var parsed = SipParser.Parse(message.Bytes);
        ContractBrokenException.Unless(parsed.Status == SipParseStatus.Message && parsed.Message!.HeaderCount == message.HeaderCount, $"a composed message is refused: {parsed.Error}");
    }
}
