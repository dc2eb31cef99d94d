using System.Text;
using CallActors.Sip.Messages;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>Every prefix of a message, in a datagram and on a stream.</summary>
public sealed class PrefixAndSplitTests
{
    public static TheoryData<string> Samples => new()
    {
        Text(InviteSample.Bytes),
        Text(Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: 1 OPTIONS\nSubject: a\n b\n\tc\nl : \n 4\n\nbody")),
        Text(Bytes($"SIP/2.0 183 \n{Usual}CSeq: 1 INVITE\nc: text/plain\nl: 4\n\nx\ny")),
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void On_a_stream_every_prefix_needs_more_and_the_whole_is_the_message(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            var result = SipParser.Parse(bytes.AsSpan(0, length), isStream: true);
            if (result.Status == SipParseStatus.Message) Assert.Equal(result.Consumed, length);
            else Assert.Equal((length, SipParseStatus.NeedMore), (length, result.Status));
        }

        Assert.Equal(SipParseStatus.Message, SipParser.Parse(bytes, isStream: true).Status);
    }

    [Fact]
    public void In_a_datagram_every_prefix_of_the_sample_is_broken_for_its_reason()
    {
        var bytes = InviteSample.Bytes;
        var head = bytes.IndexOf("\r\n\r\n"u8) + 4;
        for (var length = 0; length < bytes.Length; length++)
        {
            var result = SipParser.Parse(bytes[..length]);
            var expected = length == 0 ? SipRejection.Empty : length < head ? SipRejection.HeadersUnterminated : SipRejection.BodyTruncated;
            Assert.Equal((length, SipParseStatus.Broken, expected), (length, result.Status, result.Error.Reason));
        }
    }

    [Fact]
    public void What_was_read_before_a_datagram_was_cut_is_enough_for_an_answer()
    {
        var bytes = InviteSample.Bytes;
        var result = SipParser.Parse(bytes[..(bytes.IndexOf("Contact"u8) + 3)]);
        Assert.True(result.CanBeAnswered);
        Assert.Equal(SipParseStatus.Message, SipParser.Parse(((SipRequest)result.Message!).RespondTo(400, default, "t"u8).Bytes).Status);
    }

    [TortureFact]
    public void No_prefix_of_any_torture_message_is_anything_but_an_answer()
    {
        foreach (var file in Directory.GetFiles(TortureMessages.Folder!, "*.dat"))
        {
            var bytes = File.ReadAllBytes(file);
            for (var length = 0; length < bytes.Length; length++)
            {
                foreach (var isStream in new[] { false, true })
                {
                    var result = SipParser.Parse(bytes.AsSpan(0, length), isStream: isStream);
                    Assert.InRange(result.Consumed, 0, length);
                    Assert.Equal(result.Status == SipParseStatus.Message, result.Error == default && result.Message is not null);
                }
            }
        }
    }

    [TortureFact]
    public void Every_torture_message_split_anywhere_is_framed_and_judged_as_when_whole()
    {
        foreach (var file in Directory.GetFiles(TortureMessages.Folder!, "*.dat"))
        {
            var bytes = File.ReadAllBytes(file);
            var whole = new SipStreamFramer(null).Next(bytes);
            for (var cut = 0; cut <= bytes.Length; cut++)
            {
                var framer = new SipStreamFramer(null);
                var frame = framer.Next(bytes.AsSpan(0, cut));
                if (frame.Kind == SipFrameKind.NeedMore) frame = framer.Next(bytes);
                Assert.Equal((file, cut, whole), (file, cut, frame));
            }
        }
    }
}
