using CallActors.Sip.Messages;

namespace CallActors.Fuzz.Targets;

/// <summary>
/// The stream framer: however the bytes arrive, the frames are the same, and each message frame is one message to the parser.
/// </summary>
public sealed class FrameTarget : IFuzzTarget
{
    private readonly List<SipFrame> _whole = [];
    private readonly List<SipFrame> _pieces = [];

    /// <inheritdoc/>
    public string Name => "frame";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds => Corpus.Streams;

    /// <inheritdoc/>
    public int Passes => 1;

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<byte> input)
    {
        _whole.Clear();
        var framer = new SipStreamFramer(null);
        var consumed = 0;
        Take(ref framer, input, ref consumed, _whole);
    }

    /// <inheritdoc/>
    public void Check(ReadOnlySpan<byte> input)
    {
        // The cuts are a function of the input.
        _pieces.Clear();
        var framer = new SipStreamFramer(null);
        var consumed = 0;
        var random = new FuzzRandom((ulong)input.Length, input.IsEmpty ? 0 : input[input.Length / 2]);
        var most = random.OneIn(4) ? 3 : 1 + (input.Length / 4);
        var isOpen = true;
        for (var arrived = 0; isOpen && arrived < input.Length;)
        {
            arrived = Math.Min(input.Length, arrived + 1 + random.Next(most));
            isOpen = Take(ref framer, input[..arrived], ref consumed, _pieces);
        }

        ContractBrokenException.Unless(SameFrames(), "other frames when the bytes arrive in pieces");
        CheckFrames(input);
    }

    // A broken frame may be noticed before its header section is whole, which leaves its length open.
    private bool SameFrames()
    {
        if (_whole.Count != _pieces.Count) return false;
        for (var index = 0; index < _whole.Count; index++)
        {
            if (_whole[index] != _pieces[index]) return false;
        }

        return true;
    }

    private void CheckFrames(ReadOnlySpan<byte> input)
    {
        var at = 0;
        foreach (var frame in _whole)
        {
            ContractBrokenException.Unless(frame.Length >= 0 && frame.Length <= input.Length - at, "a frame beyond the buffer");
            if (frame.Kind == SipFrameKind.Message)
            {
                var result = SipParser.Parse(input.Slice(at, frame.Length), isStream: true);
                ContractBrokenException.Unless(result.Status != SipParseStatus.NeedMore, "a frame that needs more");
                ContractBrokenException.Unless(result.Consumed == frame.Length, $"framer and parser disagree on the length: {frame.Length} and {result.Consumed}, {result.Error}");
            }

            at += frame.Length;
        }
    }

    /// <summary>False after a broken frame: the connection is closed.</summary>
    private static bool Take(ref SipStreamFramer framer, ReadOnlySpan<byte> arrived, ref int consumed, List<SipFrame> frames)
    {
        while (true)
        {
            var frame = framer.Next(arrived[consumed..]);
            if (frame.Kind == SipFrameKind.NeedMore) return true;
            ContractBrokenException.Unless(frame.Kind == SipFrameKind.Broken || frame.Length > 0, "a frame of nothing");
            frames.Add(frame);
            if (frame.Kind == SipFrameKind.Broken) return false;
            consumed += frame.Length;
        }
    }
}
