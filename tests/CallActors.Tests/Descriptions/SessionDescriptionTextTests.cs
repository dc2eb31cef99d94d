using System.Text;
using CallActors.Descriptions;
using CsCheck;
using static CallActors.Descriptions.MediaDirection;

namespace CallActors.Tests.Descriptions;

public sealed class SessionDescriptionTextTests
{
    private static readonly string[] Pieces =
        ["v=0", "o=a 1 1 IN IP4 h", "o=", "m=", "m=audio 0 x", "m=audio 1 RTP/AVP 0", "c=", "c=IN IP4 0.0.0.0", "a=", "a=inactive", "a=sendrecv"];

    [Theory]
    [InlineData("", "", SendReceive)]
    [InlineData("a=sendrecv", "", SendReceive)]
    [InlineData("a=sendonly", "", SendOnly)]
    [InlineData("a=recvonly", "", ReceiveOnly)]
    [InlineData("a=inactive", "", Inactive)]
    [InlineData("a=SendOnly", "", SendOnly)]
    [InlineData("", "a=sendonly", SendOnly)]
    [InlineData("", "a=inactive", Inactive)]
    [InlineData("a=recvonly", "a=sendonly", ReceiveOnly)]
    [InlineData("a=sendrecv", "a=inactive", SendReceive)]
    [InlineData("c=IN*IP4*0.0.0.0", "", SendOnly)]
    [InlineData("c=IN*IP4*0.0.0.0 a=recvonly", "", Inactive)]
    [InlineData("c=IN*IP6*::", "", SendOnly)]
    [InlineData("c=IN*IP6*nowhere.invalid", "", SendOnly)]
    [InlineData("c=IN*IP4*0.0.0.0 a=ice-ufrag:x", "", SendReceive)]
    [InlineData("c=IN*IP4*0.0.0.0", "a=ice-ufrag:x", SendReceive)]
    public void A_line_has_its_own_direction_or_the_sessions(string media, string session, MediaDirection expected) =>
        Assert.Equal(expected, Assert.Single(SessionDescriptionText.Read(Sdp.Audio(media, session)).Media).Direction);

    [Fact]
    public void A_line_with_port_0_is_refused_unless_it_travels_in_a_bundle()
    {
        var refused = SessionDescriptionText.Read(Sdp.Audio(port: 0)).Media[0];
        Assert.True(refused.IsRejected);
        Assert.Equal(Inactive, refused.Direction);

        var bundled = SessionDescriptionText.Read(Sdp.Audio("a=bundle-only", port: 0)).Media[0];
        Assert.False(bundled.IsRejected);
        Assert.Equal(SendReceive, bundled.Direction);
    }

    [Fact]
    public void Origin_and_lines_are_read()
    {
        var description = SessionDescriptionText.Read(Sdp.AudioVideo("", "c=IN*IP4*224.2.1.1/127 a=sendonly", "2890844526 2890842807"));

        Assert.True(description.IsDescription);
        Assert.Equal(new SessionOrigin("a", "2890844526", "2890842807", "IN IP4 192.0.2.1"), description.Origin);
        Assert.Equal(new MediaLine("audio", 4000, "RTP/AVP", "0 8", "192.0.2.1", SendReceive, false, false), description.Media[0]);
        Assert.Equal(new MediaLine("video", 4002, "RTP/AVP", "96", "224.2.1.1", SendOnly, false, false), description.Media[1]);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    public void Lines_may_end_in_any_way_and_are_written_in_one(string end)
    {
        var text = Sdp.Audio("a=sendonly");
        Assert.Equal(text, SessionDescriptionText.Read(text.Replace("\r\n", end, StringComparison.Ordinal)).ToString());
        Assert.Equal(text, SessionDescriptionText.Read(Encoding.UTF8.GetBytes(text.Replace("\r\n", end, StringComparison.Ordinal))).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("hello")]
    [InlineData("{\"type\":\"offer\"}")]
    public void What_is_no_description_is_an_empty_one(string? text)
    {
        var description = SessionDescriptionText.Read(text);
        Assert.False(description.IsDescription);
        Assert.Empty(description.Media);
        Assert.False(description.IsHeld);
    }

    [Theory]
    [InlineData("m=", "", 0)]
    [InlineData("m=audio", "audio", 0)]
    [InlineData("m=audio*99999*RTP/AVP*0", "audio", 0)]
    [InlineData("m=audio*x*RTP/AVP*0", "audio", 0)]
    [InlineData("m=audio*4000/2*RTP/AVP*0", "audio", 4000)]
    [InlineData("m=application*9*UDP/DTLS/SCTP*webrtc-datachannel", "application", 9)]
    public void A_strange_media_line_is_read_as_far_as_it_goes(string line, string kind, int port)
    {
        var media = Assert.Single(SessionDescriptionText.Read(Sdp.Lines("v=0 o=x c=IN " + line)).Media);
        Assert.Equal((kind, port), (media.Kind, media.Port));
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("9", "10")]
    [InlineData("1999", "2000")]
    [InlineData("18446744073709551615", "18446744073709551616")]
    [InlineData("1a", "1a")]
    public void The_next_version_counts_what_is_written(string version, string next) =>
        Assert.Equal(next, new SessionOrigin("-", "1", version, "IN IP4 192.0.2.1").Next().Version);

    [Fact]
    public void Whatever_is_read_nothing_throws() =>
        Gen.OneOf(Gen.String, Gen.OneOf(Pieces))
            .Array[0, 12].Select(lines => string.Join('\n', lines)).Array[2]
            .Sample(texts =>
            {
                var description = SessionDescriptionText.Read(texts[0]);
                _ = description.IsHeld;
                _ = RemoteHold.Classify(texts[0], texts[1]);
                _ = SessionOffers.AnswerTo(texts[0], texts[1]);
                _ = SessionOffers.ResumeOffer(texts[0], texts[1]);
                return SessionDescriptionText.Read(SessionOffers.HoldOffer(texts[0])).Media.Length == description.Media.Length;
            });
}
