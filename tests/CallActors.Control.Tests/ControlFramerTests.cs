using System.Text;
using CsCheck;
using static CallActors.Control.ControlFrameFault;
using static CallActors.Control.ControlFrameStatus;

namespace CallActors.Control.Tests;

public sealed class ControlFramerTests
{
    /// <summary>A connection's first bytes, and what they are.</summary>
    public static TheoryData<string, ControlFrame> Beginnings => new()
    {
        { "", default },
        { "7", default },
        { "7#", default },
        { "7#m4|pin", default },
        { "7#m4|ping", new(Frame, 2, 7, 9) },
        { "7#m4|ping12#", new(Frame, 2, 7, 9) },
        { "007#m4|ping", new(Frame, 4, 7, 11) },
        { "1##", new(Frame, 2, 1, 3) },
        { "0#", new(Empty, 2, 0, 2) },
        { "000#7#m4|ping", new(Empty, 4, 0, 4) },
        { "#", new(Broken, Fault: NoCount) },
        { "#m4|ping", new(Broken, Fault: NoCount) },
        { "x", new(Broken, Fault: NotACount) },
        { "7x#m4|ping", new(Broken, Fault: NotACount) },
        { " 7#m4|ping", new(Broken, Fault: NotACount) },
        { "7 #m4|ping", new(Broken, Fault: NotACount) },
        { "+7#m4|ping", new(Broken, Fault: NotACount) },
        { "-7#m4|ping", new(Broken, Fault: NotACount) },
        { "\r\n7#m4|ping", new(Broken, Fault: NotACount) },
        { "0x7#m4|ping", new(Broken, Fault: NotACount) },
        { "٧#m4|ping", new(Broken, Fault: NotACount) },
        { "GET / HTTP/1.1\r\n", new(Broken, Fault: NotACount) },
        { "1048576#", default },
        { "1048577", new(Broken, Fault: TooLarge) },
        { "99999", default },
        { "2147483648#", new(Broken, Fault: TooLarge) },
        { "99999999999999999999999999#", new(Broken, Fault: TooLarge) },
        { "00000000000", new(Broken, Fault: TooLarge) },
    };

    [Theory, MemberData(nameof(Beginnings))]
    public void Finds_what_the_buffer_begins_with(string buffered, ControlFrame expected) =>
        Assert.Equal(expected, new ControlFramer().Next(Encoding.UTF8.GetBytes(buffered)));

    [Theory, MemberData(nameof(Beginnings))]
    public void Finds_the_same_when_the_bytes_come_one_by_one(string buffered, ControlFrame expected)
    {
        var bytes = Encoding.UTF8.GetBytes(buffered);
        var framer = new ControlFramer();
        var found = framer.Next(default);
        for (var length = 1; length <= bytes.Length && found.Status == NeedMore; length++) found = framer.Next(bytes.AsSpan(0, length));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void A_stream_split_anywhere_gives_the_same_frames()
    {
        var stream = Wire.Bytes("7#m4|ping0#36#m5|sip||⏎MESSAGE sip:ü SIP/2.0⏎⏎1#|29#m6|route|grüße ##12#3 🎈|");
        string[] payloads = ["m4|ping", "m5|sip||⏎MESSAGE sip:ü SIP/2.0⏎⏎", "|", "m6|route|grüße ##12#3 🎈|"];

        for (var first = 0; first <= stream.Length; first++)
            for (var second = first; second <= stream.Length; second++)
                Assert.Equal(payloads, Read(new ControlFramer(), stream, [first, second]));
    }

    [Fact]
    public void Broken_stays_broken_after_the_frames_before_it_were_given()
    {
        var bytes = "4#a|bcxyz"u8;
        var framer = new ControlFramer();
        var first = framer.Next(bytes);
        Assert.Equal("a|bc", Encoding.UTF8.GetString(first.Payload(bytes)));

        Assert.Equal(new(Broken, Fault: NotACount), framer.Next(bytes[first.Consumed..]));
        Assert.Equal(new(Broken, Fault: NotACount), framer.Next("7#m4|ping"u8));
    }

    [Fact]
    public void The_greatest_payload_is_configured()
    {
        Assert.Equal(new(Broken, Fault: TooLarge), new ControlFramer(6).Next("7"u8));
        Assert.Equal(Frame, new ControlFramer(7).Next("7#m4|ping"u8).Status);
        Assert.Equal(new(Broken, Fault: TooLarge), new ControlFramer(99_999).Next("100000"u8));
        Assert.Equal(NeedMore, new ControlFramer(int.MaxValue).Next("2147483647#"u8).Status);
        Assert.Equal(new(Broken, Fault: TooLarge), new ControlFramer(int.MaxValue).Next("2147483648"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ControlFramer(0));
    }

    [Theory]
    [InlineData(12_228)]
    [InlineData(65_536)]
    [InlineData(1024 * 1024)]
    public void Large_payloads_arrive_whole_whatever_bytes_they_hold(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var stream = Wire.Written(output =>
        {
            ControlFrameWriter.Write(output, payload);
            ControlFrameWriter.Write(output, payload);
        });

        var framer = default(ControlFramer);
        var first = framer.Next(stream);
        Assert.True(first.Payload(stream).SequenceEqual(payload));
        var second = framer.Next(stream.AsSpan(first.Consumed));
        Assert.True(second.Payload(stream.AsSpan(first.Consumed)).SequenceEqual(payload));
        Assert.Equal(stream.Length, first.Consumed + second.Consumed);
    }

    [Fact]
    public void Whatever_bytes_come_it_never_throws_and_never_consumes_more_than_it_was_given() =>
        Gen.Select(Gen.OneOf(Gen.Byte, Gen.Char["0123456789#|"].Select(c => (byte)c)).Array[0, 60], Gen.Int[1, 200]).Sample((bytes, max) =>
        {
            var framer = new ControlFramer(max);
            for (int at = 0, length = 0; length <= bytes.Length; length++)
            {
                var buffered = bytes.AsSpan(at, length - at);
                var frame = framer.Next(buffered);
                if (frame.Consumed < 0 || frame.Consumed > buffered.Length) return false;
                if (frame.Payload(buffered).Length > max || frame.PayloadStart + frame.PayloadLength != frame.Consumed) return false;
                if (frame.Status is Frame or Empty != frame.Consumed > 0 || frame.Status == Broken != (frame.Fault != None)) return false;
                at += frame.Consumed;
            }
            return true;
        }, iter: 5_000);

    [Fact]
    public void Whatever_payloads_are_written_are_read_again_however_they_are_split() =>
        Gen.Select(Gen.Byte.Array[1, 300].Array[0, 8], Gen.Int[0, 3000].Array[0, 6]).Sample((payloads, cuts) =>
        {
            var stream = Wire.Written(output =>
            {
                foreach (var payload in payloads) ControlFrameWriter.Write(output, payload);
            });
            var read = Read(new ControlFramer(), stream, [.. cuts.Select(cut => Math.Min(cut, stream.Length)).Order()]);
            return read.SequenceEqual(payloads.Select(payload => Wire.Text(payload)));
        });

    [Fact]
    public void Reading_allocates_nothing()
    {
        var bytes = "0#7#m4|ping12#m4|route|byex"u8;
        var framer = new ControlFramer();
        Assert.Equal(0, Allocations.Of(bytes, static stream =>
        {
            var framer = new ControlFramer();
            for (var at = 0; at < stream.Length;)
            {
                var frame = framer.Next(stream[at..]);
                if (frame.Consumed == 0) break;
                at += frame.Consumed;
            }
        }));
        Assert.Equal(Empty, framer.Next(bytes).Status);
    }

    // As a connection does it: what was not consumed is passed in again with what came next.
    private static List<string> Read(ControlFramer framer, byte[] stream, int[] cuts)
    {
        var payloads = new List<string>();
        var at = 0;
        foreach (var end in (int[])[.. cuts, stream.Length])
        {
            for (var frame = framer.Next(stream.AsSpan(at..end)); frame.Consumed > 0; frame = framer.Next(stream.AsSpan(at..end)))
            {
                if (frame.Status == Frame) payloads.Add(Wire.Text(frame.Payload(stream.AsSpan(at..end))));
                at += frame.Consumed;
            }
        }
        Assert.Equal(stream.Length, at);
        return payloads;
    }
}
