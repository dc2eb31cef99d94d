namespace CallActors.Control;

/// <summary>What <see cref="ControlFramer.Next"/> found at the start of the buffer.</summary>
public enum ControlFrameStatus : byte
{
    /// <summary>The frame is not complete: keep the bytes and ask again when there are more.</summary>
    NeedMore,

    /// <summary>One whole frame with a payload.</summary>
    Frame,

    /// <summary><c>0#</c>: nothing to do but to consume it.</summary>
    Empty,

    /// <summary>No frame can ever follow: the connection has to be dropped, without a reply.</summary>
    Broken,
}

/// <summary>Why a connection's bytes are no frames.</summary>
public enum ControlFrameFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary><c>#</c> without a digit before it.</summary>
    NoCount,

    /// <summary>A byte before <c>#</c> that is no ASCII digit: sign, blank, line end, text.</summary>
    NotACount,

    /// <summary>The count is above the configured maximum, or has more digits than any count needs.</summary>
    TooLarge,
}

/// <summary>The answer of <see cref="ControlFramer"/>: where the payload lies in the buffer that was passed in, and how much to consume.</summary>
/// <param name="Status">What was found.</param>
/// <param name="PayloadStart">Offset of the payload's first byte.</param>
/// <param name="PayloadLength">Length of the payload in bytes.</param>
/// <param name="Consumed">Bytes of the buffer that are done with once the payload has been read; 0 for <see cref="ControlFrameStatus.NeedMore"/>.</param>
/// <param name="Fault">The reason of <see cref="ControlFrameStatus.Broken"/>.</param>
public readonly record struct ControlFrame(
    ControlFrameStatus Status, int PayloadStart = 0, int PayloadLength = 0, int Consumed = 0, ControlFrameFault Fault = ControlFrameFault.None)
{
    /// <summary>The payload, as a slice of the same buffer that was passed to <see cref="ControlFramer.Next"/>.</summary>
    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> buffered) => buffered.Slice(PayloadStart, PayloadLength);
}
