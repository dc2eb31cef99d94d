using System.Buffers;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Control.Tests.Examples;
using CsCheck;

namespace CallActors.Control.Tests;

public sealed class WriterTests
{
    private static readonly byte[] Invite = new byte[900];

    [Fact]
    public void Whatever_stands_in_a_token_the_frame_keeps_its_shape() =>
        Gen.Select(Gen.Char["ab|\r\n"].Array[0, 12], Gen.Char["ab|\r\n"].Array[0, 12], Gen.Char["ab|\r\n"].Array[0, 12]).Sample((a, b, c) =>
        {
            byte[] id = Utf8(a), address = Utf8(b), dialog = Utf8(c);
            var payload = Wire.Payload(output => ControlEvents.Message(output, id,
                new(MessageSource.Network, 7, MessageTransport.Tls, address, 5061, TimeSpan.Zero), dialog, dialog, "SIP/2.0 200 a|b\r\n\r\n"u8));
            var read = new SipEvent(new(payload));
            return read.Message.TokenCount == 11 && Wire.Text(read.Sip) == "SIP/2.0 200 a|b⏎⏎"
                && Cleaned(read.Id, id) && Cleaned(read.Transit.Address, address) && Cleaned(read.TransactionId, dialog) && Cleaned(read.DialogId, dialog);
        });

    [Fact]
    public void Whatever_the_numbers_the_count_is_right_and_they_are_read_again() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 65_535], Gen.Byte.Array[0, 1200], Gen.Enum<MessageTransport>()).Sample((size, port, sip, transport) =>
        {
            var payload = Wire.Payload(output => ControlReplies.RequestSent(output, "u1"u8, "m1"u8,
                new(MessageSource.Application, size, transport, "2001:db8::1"u8, port, TimeSpan.FromMicroseconds(size)), "t1"u8, sip));
            var read = new ControlReply(new(payload));
            var transit = read.Transit;
            return read.Content == ReplyContent.RequestSent && transit.Size == size && transit.Port == port && transit.Transport == transport
                && transit.Time == TimeSpan.FromMicroseconds(size) && transit.Source == MessageSource.Application
                && Wire.Text(transit.Address) == "2001:db8::1" && read.Sip.SequenceEqual(sip);
        });

    [Fact]
    public void Whatever_a_server_message_says_it_survives_being_read_and_written() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 8], Gen.Char["abc;=@-"].Array[0, 40]).Sample((sip, which, chars) =>
        {
            var token = Utf8(chars);
            var written = Wire.Payload(output => WriteOne(output, which, token, sip));
            var again = Wire.Payload(output => Both.WriteAgain(new ControlMessage(written), output));
            return again.AsSpan().SequenceEqual(written);
        });

    [Fact]
    public void Frames_of_one_burst_follow_each_other_without_a_gap()
    {
        var stream = Wire.Written(output =>
        {
            for (var which = 0; which < 9; which++) WriteOne(output, which, "t1"u8, "SIP/2.0 200 OK\r\n\r\n"u8);
        });
        var framer = new ControlFramer();
        var count = 0;
        for (var at = 0; at < stream.Length; count++) at += framer.Next(stream.AsSpan(at)).Consumed;
        Assert.Equal(9, count);
    }

    [Fact]
    public void A_detail_is_repeated_up_to_a_bound()
    {
        var line = new byte[70_000];
        line.AsSpan().Fill((byte)'x');
        var reply = new ControlReply(new(Wire.Payload(output => ControlReplies.Nok(output, "u1"u8, "m1"u8, ControlTexts.NewRequest.InvalidRequestUri, line))));
        Assert.Equal(ControlTexts.NewRequest.InvalidRequestUri.Length + ControlReplies.MaxDetail, reply.Text.Length);
    }

    [Fact]
    public void Our_own_mistakes_never_reach_the_wire()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentOutOfRangeException>(() => ControlFrameWriter.Write(output, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => ControlEvents.Message(
            output, "u1"u8, new(MessageSource.Network, -1, MessageTransport.Udp, default, 0, TimeSpan.Zero), default, default, default));
        Assert.Throws<InvalidOperationException>(() =>
        {
            var frame = ControlFrameWriter.Open(output, 5);
            frame.Bytes("abcd"u8);
            frame.Close();
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => ControlCommands.Proxy(output, "m1"u8, "t1"u8, default, default, default));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Readers_take_what_other_servers_send()
    {
        var bare = new ControlReply(new("u1|response|m1"u8));
        Assert.Equal(ReplyVerdict.Unknown, bare.Verdict);
        Assert.Equal(ReplyContent.Plain, bare.Content);
        Assert.True(bare.Text.IsEmpty && bare.TransactionId.IsEmpty && !bare.Extensions.IsGranted && bare.Incarnation == 0);

        var odd = new SipEvent(new("u1|sip|elsewhere|many|sctp|::1|-1|noon|t1"u8));
        Assert.False(odd.IsComplete);
        var transit = odd.Transit;
        Assert.True(transit is { Source: MessageSource.Network, Size: 0, Transport: MessageTransport.Unknown, Port: 0 } && transit.Time == TimeSpan.Zero);
        Assert.Equal(ServerMessageKind.Unknown, ServerMessage.KindOf(new("u1|cdr:pause|x"u8)));
        Assert.Null(new CdrEvent(new("u1|cdr:stop|network|x|ackbye\r\nx"u8)).Reason);
        Assert.Null(new CdrEvent(new("u1|cdr:start|network|x\r\nx"u8)).Role);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Writing_and_reading_allocate_nothing(int which)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        Assert.Equal(0, Allocations.Of(Invite, sip =>
        {
            output.ResetWrittenCount();
            WriteOne(output, which, "0f8fad5b-d9cb-469f-a165-70867728950e"u8, sip);
            var message = new ControlMessage(output.WrittenSpan);
            _ = new SipEvent(message).Transit.Port + new ControlReply(message).Transit.Port;
        }));
    }

    private static void WriteOne(IBufferWriter<byte> output, int which, ReadOnlySpan<byte> token, ReadOnlySpan<byte> sip)
    {
        var transit = new MessageTransit(MessageSource.Network, sip.Length, MessageTransport.Tcp, "198.51.100.4"u8, 5060, TimeSpan.FromSeconds(40));
        switch (which)
        {
            case 0: ControlEvents.NewRequest(output, "u1"u8, transit, token, "10.1.2.3"u8, 5060, sip); break;
            case 1: ControlEvents.Message(output, "u1"u8, transit, token, token, sip); break;
            case 2: ControlReplies.RequestSent(output, "u1"u8, "m1"u8, transit, token, sip); break;
            case 3: ControlReplies.ResponseSent(output, "u1"u8, "m1"u8, transit, token, token, sip); break;
            case 4: ControlReplies.ProxyContinue(output, "u1"u8, "m1"u8, transit, sip); break;
            case 5: ControlEvents.Message(output, "u1"u8, transit, token, token, sip, "call-7"u8, isAgain: true); break;
            case 6: ControlEvents.Adopt(output, "u1"u8, "call-7"u8, 3, token, sip); break;
            case 7: ControlEvents.State(output, "u1"u8, "call-7"u8, token, sip); break;
            default: CdrEvents.Stop(output, "u1"u8, MessageSource.Network, DateTimeOffset.UnixEpoch, CdrReason.SystemInitiatedTermination, sip); break;
        }
    }

    private static bool Cleaned(ReadOnlySpan<byte> read, byte[] written)
    {
        ControlTokens.Clean(written);
        return read.SequenceEqual(written);
    }

    private static byte[] Utf8(char[] chars) => System.Text.Encoding.UTF8.GetBytes(chars);
}
