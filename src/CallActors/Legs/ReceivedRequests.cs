using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>
/// What a leg's far end has asked, so that nothing is done twice: while a server lives it shows a request once, but what it had not answered when it was lost its sender sends again, and the next one knows nothing of
/// the first time. The dialog numbers its requests (RFC 3261 §12.2.1.1), and by that they are known again.
/// </summary>
internal sealed class ReceivedRequests
{
    // What comes again within the 32 s of its transaction is seldom older than that.
    private const int MostAnswers = 4;

    private readonly List<LegRequest> _open = new(1);
    private readonly List<(SipMethod Method, uint Number, byte[] Text)> _answers = new(1);

    /// <summary>Whether it was shown before: then it is answered as it was, or will be when the first one is.</summary>
    public bool IsRepeated(LegRequest request)
    {
        var message = request.Message;
        foreach (var open in _open)
        {
            if (open.Message.CSeq != message.CSeq || open.Message.Method != message.Method) continue;
            open.ShowAgain(request);
            return true;
        }

        foreach (var (method, number, text) in _answers)
        {
            if (number != message.CSeq || method != message.Method) continue;
            request.Repeat(text);
            return true;
        }

        _open.Add(request);
        return false;
    }

    /// <summary>A request is answered finally.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">The response as the server was told it.</param>
    public void Answered(LegRequest request, ReadOnlySpan<byte> answer)
    {
        if (!_open.Remove(request)) return;
        if (_answers.Count == MostAnswers) _answers.RemoveAt(0);
        _answers.Add((request.Message.Method, request.Message.CSeq, answer.ToArray()));
    }

    /// <summary>A request will not be answered: should it come again it is a new one.</summary>
    public void Forget(LegRequest request) => _open.Remove(request);
}
