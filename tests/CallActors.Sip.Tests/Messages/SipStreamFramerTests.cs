using System.Text;
using CallActors.Sip.Messages;
using static CallActors.Sip.Messages.SipFrameKind;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

public sealed class SipStreamFramerTests
{
    private static readonly SipParserLimits Small = new() { MaxHeaderSection = 300, MaxMessage = 400 };

    public static TheoryData<string, SipFrameKind, int, SipRejection> Frames => new()
    {
        { "", NeedMore, 0, SipRejection.None },
        { "\r", NeedMore, 0, SipRejection.None },
        { "\r\n", NeedMore, 0, SipRejection.None },
        { "\r\n\r", NeedMore, 0, SipRejection.None },
        { "\r\n\r\n", KeepAlive, 4, SipRejection.None },
        { "\r\n\r\n\r\n", KeepAlive, 4, SipRejection.None },
        { "\r\nA", KeepAlive, 2, SipRejection.None },
        { "\r\n\rA", KeepAlive, 2, SipRejection.None },
        { "\rA", Broken, 0, SipRejection.LoneLineBreak },
        { "\n", Broken, 0, SipRejection.NoStartLine },
        { "\u0016\u0003\u0001", Broken, 0, SipRejection.NoStartLine },
        { " A", Broken, 0, SipRejection.NoStartLine },
        { "A b c\r\n\r\n", Message, 9, SipRejection.None },
        { "A b c\r\nContent-Length: 3\r\n\r\nxy", NeedMore, 0, SipRejection.None },
        { "A b c\r\nContent-Length: 3\r\n\r\nxyz", Message, 31, SipRejection.None },
        { "A b c\r\nContent-Length: 3\r\n\r\nxyzA", Message, 31, SipRejection.None },
        { "A b c\r\nl:3\r\n\r\nxyz", Message, 17, SipRejection.None },
        { "A b c\r\nL\t: \r\n 003 \r\n\r\nxyz", Message, 25, SipRejection.None },
        { "A b c\r\nCONTENT-LENGTH:3\r\n\r\nxyz", Message, 30, SipRejection.None },
        { "A b c\r\nX: y\r\n Content-Length: 3\r\n\r\nxyz", Message, 35, SipRejection.None },
        { "A b c\r\njunk\r\nl:3\r\n\r\nxyz", Message, 23, SipRejection.None },
        { "A b c\r\nl:-3\r\n\r\nxyz", Broken, 15, SipRejection.BadContentLength },
        { "A b c\r\nl:3x\r\n\r\nxyz", Broken, 15, SipRejection.BadContentLength },
        { "A b c\r\nl:3\r\nl:3\r\n\r\nxyz", Broken, 19, SipRejection.RepeatedHeader },
        { "A b c\r\nl:3\r\ncontent-length:0\r\n\r\nxyz", Broken, 32, SipRejection.RepeatedHeader },
        { "A b c\r\nl:384\r\n\r\n", NeedMore, 0, SipRejection.None },
        { "A b c\r\nl:385\r\n\r\n", Broken, 16, SipRejection.MessageTooLarge },
        { "A b c\r\nl:99999999999999999999\r\n\r\n", Broken, 33, SipRejection.BadContentLength },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_is_what_stands_at_the_start(string buffered, SipFrameKind kind, int length, SipRejection reason)
    {
        var framer = new SipStreamFramer(Small);
        var frame = framer.Next(Encoding.Latin1.GetBytes(buffered));
        Assert.Equal(new SipFrame(kind, length, reason), frame);
        Assert.Equal(kind == KeepAlive && length == 4, frame.IsPing);
    }

    [Fact]
    public void A_header_section_without_end_is_refused_at_the_limit()
    {
        var framer = new SipStreamFramer(Small);
        var buffer = Encoding.ASCII.GetBytes("INVITE " + new string('x', 400));
        for (var length = 1; length <= 300; length++) Assert.Equal(NeedMore, framer.Next(buffer.AsSpan(0, length)).Kind);
        Assert.Equal(new SipFrame(Broken, 0, SipRejection.HeaderSectionTooLarge), framer.Next(buffer.AsSpan(0, 301)));
    }

    [Fact]
    public void A_header_section_beyond_the_limit_is_refused_even_when_it_has_an_end()
    {
        var framer = new SipStreamFramer(Small);
        var buffer = Encoding.ASCII.GetBytes("INVITE " + new string('x', 400) + "\r\n\r\n");
        Assert.Equal(SipRejection.HeaderSectionTooLarge, framer.Next(buffer).Reason);
    }

    [Fact]
    public void The_header_section_of_a_broken_frame_can_still_be_answered()
    {
        var bytes = Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: 1 OPTIONS\nContent-Length: 3000000\n\n");
        var framer = new SipStreamFramer(null);
        var frame = framer.Next(bytes);
        Assert.Equal((Broken, SipRejection.MessageTooLarge), (frame.Kind, frame.Reason));
        var result = SipParser.Parse(bytes.AsSpan(0, frame.Length));
        Assert.True(result.CanBeAnswered);
        Assert.Equal(413, result.Error.Status);
    }

    [Fact]
    public void A_stream_cut_anywhere_gives_the_same_frames()
    {
        var ping = "\r\n\r\n";
        var one = $"OPTIONS sip:b@c SIP/2.0\r\n{Usual.Replace("\n", "\r\n", StringComparison.Ordinal)}CSeq: 1 OPTIONS\r\nl: 7\r\n\r\n\r\n\r\n\r\n-";
        var two = $"SIP/2.0 200 OK\r\n{Usual.Replace("\n", "\r\n", StringComparison.Ordinal)}CSeq: 1 OPTIONS\r\n\r\n";
        var stream = Encoding.ASCII.GetBytes(ping + one + "\r\n" + two + ping + one + one);
        string[] expected = ["4", $"{one.Length}", "2", $"{two.Length}", "4", $"{one.Length}", $"{one.Length}"];

        for (var first = 0; first <= stream.Length; first++)
            Assert.Equal(expected, Run(stream, [first, stream.Length]));
        Assert.Equal(expected, Run(stream, Enumerable.Range(1, stream.Length)));
        for (var step = 2; step < 40; step++)
            Assert.Equal(expected, Run(stream, Enumerable.Range(1, (stream.Length / step) + 1).Select(piece => Math.Min(stream.Length, piece * step))));
    }

    [Fact]
    public void Fifty_pipelined_messages_are_fifty()
    {
        var one = Options("l: 0\n");
        var stream = Enumerable.Repeat(one, 50).SelectMany(bytes => bytes).ToArray();
        Assert.Equal(50, Run(stream, [stream.Length]).Count);
    }

    /// <summary>Shows the framer ever more of the stream, and consumes as a connection does.</summary>
    private static List<string> Run(byte[] stream, IEnumerable<int> arrivals)
    {
        var framer = new SipStreamFramer(null);
        var frames = new List<string>();
        var consumed = 0;
        foreach (var arrived in arrivals)
        {
            while (framer.Next(stream.AsSpan(consumed..arrived)) is { Kind: KeepAlive or Message } frame)
            {
                if (frame.Kind == Message)
                {
                    var result = SipParser.Parse(stream.AsSpan(consumed, frame.Length), isStream: true);
                    Assert.Equal((SipParseStatus.Message, frame.Length), (result.Status, result.Consumed));
                }

                frames.Add($"{frame.Length}");
                consumed += frame.Length;
            }
        }

        Assert.Equal(stream.Length, consumed);
        return frames;
    }
}
