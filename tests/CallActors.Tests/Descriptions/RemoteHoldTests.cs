using CallActors.Descriptions;
using CsCheck;
using static CallActors.Descriptions.MediaDirection;
using static CallActors.Descriptions.RemoteHoldKind;

namespace CallActors.Tests.Descriptions;

public sealed class RemoteHoldTests
{
    private static readonly string Talking = Sdp.Audio("a=sendrecv");

    public static TheoryData<string, string, MediaDirection> Holds => new()
    {
        { "sendonly", Sdp.Audio("a=sendonly", origin: "7 2"), SendOnly },
        { "inactive", Sdp.Audio("a=inactive", origin: "7 2"), Inactive },
        { "sendonly for the session", Sdp.Audio(session: "a=sendonly", origin: "7 2"), SendOnly },
        { "inactive for the session", Sdp.Audio(session: "a=inactive", origin: "7 2"), Inactive },
        { "no address for the session", Sdp.Audio("a=sendrecv", address: "0.0.0.0", origin: "7 2"), SendOnly },
        { "no address for the line", Sdp.Audio("c=IN*IP4*0.0.0.0 a=sendrecv", origin: "7 2"), SendOnly },
        { "no address and inactive", Sdp.Audio("a=inactive", address: "0.0.0.0", origin: "7 2"), Inactive },
        { "port 0", Sdp.Audio("a=sendrecv", port: 0, origin: "7 2"), Inactive },
        { "sendonly without a new version", Sdp.Audio("a=sendonly"), SendOnly },
    };

    [Theory, MemberData(nameof(Holds))]
    public void A_hold_is_seen_in_every_style_and_so_is_its_end(string style, string hold, MediaDirection direction)
    {
        var held = RemoteHold.Classify(Talking, hold);
        Assert.Equal((Held, direction, true, false), (held.Kind, held.Direction, held.IsHeld, held.ChangesMedia));
        Assert.Equal(direction, Assert.Single(held.Lines));

        var again = RemoteHold.Classify(hold, SessionOffers.NextVersion(hold));
        Assert.Equal((Refresh, true), (again.Kind, again.IsHeld));

        var resumed = RemoteHold.Classify(hold, Sdp.Audio("a=sendrecv", origin: "7 3"));
        Assert.Equal((Resumed, SendReceive, false, false), (resumed.Kind, resumed.Direction, resumed.IsHeld, resumed.ChangesMedia));
        Assert.NotEmpty(style);
    }

    [Theory]
    [InlineData("a=sendrecv", "7 2")]
    [InlineData("", "7 2")]
    [InlineData("", "7 1")]
    [InlineData("a=sendrecv", "7 1")]
    public void A_refresh_is_no_hold_whether_sendrecv_is_said_or_implied(string media, string origin)
    {
        Assert.Equal(Refresh, RemoteHold.Classify(Talking, Sdp.Audio(media, origin: origin)).Kind);
        Assert.Equal(Refresh, RemoteHold.Classify(Sdp.Audio(), Sdp.Audio(media, origin: origin)).Kind);
    }

    [Fact]
    public void A_browser_that_trickles_holds_nobody()
    {
        var offer = Sdp.Audio("a=ice-ufrag:x a=sendrecv", address: "0.0.0.0", port: 9);
        Assert.Equal(Refresh, RemoteHold.Classify(offer, SessionOffers.NextVersion(offer)).Kind);
        Assert.False(RemoteHold.Classify(null, offer).IsHeld);
    }

    [Fact]
    public void Another_way_of_holding_is_told_and_the_same_way_again_is_not()
    {
        var silent = Sdp.Audio("a=inactive", origin: "7 2");
        var music = RemoteHold.Classify(silent, Sdp.Audio("a=sendonly", origin: "7 3"));
        Assert.Equal((Held, SendOnly), (music.Kind, music.Direction));
        Assert.Equal(Refresh, RemoteHold.Classify(silent, Sdp.Audio("a=inactive", address: "0.0.0.0", origin: "7 3")).Kind);
    }

    [Theory]
    [InlineData("a=sendonly", "a=sendonly", Held, SendOnly, SendOnly)]
    [InlineData("a=sendonly", "a=inactive", Held, SendOnly, Inactive)]
    [InlineData("a=sendonly", "a=sendrecv", Changed, SendOnly, SendReceive)]
    [InlineData("a=sendrecv", "a=inactive", Changed, SendReceive, Inactive)]
    [InlineData("a=recvonly", "a=recvonly", Changed, ReceiveOnly, ReceiveOnly)]
    public void A_call_is_held_when_no_line_takes_media(string audio, string video, RemoteHoldKind kind, MediaDirection first, MediaDirection second)
    {
        var hold = RemoteHold.Classify(Sdp.AudioVideo("a=sendrecv", "a=sendrecv"), Sdp.AudioVideo(audio, video, "7 2"));
        Assert.Equal(kind, hold.Kind);
        Assert.Equal<MediaDirection>([first, second], hold.Lines);
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "port", Sdp.Audio(port: 4010) },
        { "address", Sdp.Audio(address: "192.0.2.9") },
        { "attribute", Sdp.Audio("a=rtpmap:0*PCMU/8000") },
        { "line", Sdp.AudioVideo("", "") },
        { "session attribute", Sdp.Audio(session: "a=setup:active") },
        { "formats", Sdp.Audio().Replace("0 8", "8 0", StringComparison.Ordinal) },
    };

    [Theory, MemberData(nameof(Changes))]
    public void Other_changes_are_told_apart_also_within_a_hold(string what, string next)
    {
        var change = RemoteHold.Classify(Sdp.Audio(), next);
        Assert.Equal((Changed, true), (change.Kind, change.ChangesMedia));

        var hold = RemoteHold.Classify(Sdp.Audio(), SessionOffers.HoldOffer(next));
        Assert.Equal((Held, true), (hold.Kind, hold.ChangesMedia));
        Assert.NotEmpty(what);
    }

    [Fact]
    public void The_order_of_attributes_changes_nothing() => Assert.Equal(
        Refresh,
        RemoteHold.Classify(Sdp.Audio("a=rtpmap:0*PCMU/8000 a=rtpmap:8*PCMA/8000"), Sdp.Audio("a=rtpmap:8*PCMA/8000 a=rtpmap:0*PCMU/8000")).Kind);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_request_without_a_description_means_nothing_for_media(string? next) =>
        Assert.Equal(None, RemoteHold.Classify(Talking, next).Kind);

    [Fact]
    public void Without_a_description_before_it_a_hold_is_one() => Assert.Equal(Held, RemoteHold.Classify(null, Sdp.Audio("a=inactive")).Kind);

    [Fact]
    public void Whatever_a_side_offers_its_own_hold_is_seen_as_one_and_its_resumption_as_that() =>
        Gen.Select(Gen.Enum<HoldMode>(), Gen.Enum<MediaDirection>().Array[1, 4]).Sample((mode, directions) =>
        {
            var talking = Sdp.Audio() + string.Concat(directions.Select(direction => Sdp.Lines($"m=video*5000*RTP/AVP*96 a={direction.Word()}")));
            var hold = SessionOffers.HoldOffer(talking, mode);
            var resume = SessionOffers.ResumeOffer(hold, talking);
            return RemoteHold.Classify(talking, hold) is { Kind: Held, ChangesMedia: false }
                && RemoteHold.Classify(hold, resume) is { Kind: Resumed, ChangesMedia: false }
                && RemoteHold.Classify(talking, resume).Kind == Refresh;
        });
}
