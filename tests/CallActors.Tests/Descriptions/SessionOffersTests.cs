using CallActors.Descriptions;
using CsCheck;
using static CallActors.Descriptions.MediaDirection;

namespace CallActors.Tests.Descriptions;

public sealed class SessionOffersTests
{
    [Theory]
    [InlineData("a=sendrecv", HoldMode.SendOnly, "a=sendonly")]
    [InlineData("", HoldMode.SendOnly, "a=sendonly")]
    [InlineData("a=recvonly", HoldMode.SendOnly, "a=inactive")]
    [InlineData("a=sendonly", HoldMode.SendOnly, "a=sendonly")]
    [InlineData("a=inactive", HoldMode.SendOnly, "a=inactive")]
    [InlineData("a=sendrecv", HoldMode.Inactive, "a=inactive")]
    [InlineData("", HoldMode.Inactive, "a=inactive")]
    [InlineData("a=recvonly", HoldMode.Inactive, "a=inactive")]
    public void A_hold_offer_states_the_direction_and_the_next_version(string media, HoldMode mode, string expected) =>
        Assert.Equal(Sdp.Audio(expected, origin: "7 2"), SessionOffers.HoldOffer(Sdp.Audio(media), mode));

    [Fact]
    public void Every_line_is_held_but_those_refused()
    {
        var local = Sdp.AudioVideo("a=sendrecv", "") + Sdp.Lines("m=image*0*udptl*t38");
        Assert.Equal(
            Sdp.AudioVideo("a=sendonly", "a=sendonly", "7 2") + Sdp.Lines("m=image*0*udptl*t38"),
            SessionOffers.HoldOffer(local));
    }

    [Fact]
    public void A_direction_of_the_session_moves_to_its_lines() =>
        Assert.Equal(Sdp.Audio("a=inactive", origin: "7 2"), SessionOffers.HoldOffer(Sdp.Audio(session: "a=recvonly")));

    [Fact]
    public void A_direction_is_replaced_where_it_stands() =>
        Assert.Equal(Sdp.Audio("a=sendonly a=last", origin: "7 10"), SessionOffers.HoldOffer(Sdp.Audio("a=sendrecv a=last", origin: "7 9")));

    [Fact]
    public void Resuming_returns_to_what_was_before()
    {
        var before = Sdp.AudioVideo("a=recvonly", "a=sendrecv");
        var held = SessionOffers.HoldOffer(before);
        Assert.Equal(Sdp.AudioVideo("a=recvonly", "a=sendrecv", "7 3"), SessionOffers.ResumeOffer(held, before));
        Assert.Equal(Sdp.AudioVideo("a=sendrecv", "a=sendrecv", "7 3"), SessionOffers.ResumeOffer(held));
    }

    [Theory]
    [InlineData("a=sendrecv", "", "a=sendrecv")]
    [InlineData("a=sendonly", "", "a=recvonly")]
    [InlineData("a=recvonly", "", "a=sendonly")]
    [InlineData("a=inactive", "", "a=inactive")]
    [InlineData("a=sendonly", "a=sendonly", "a=inactive")]
    [InlineData("a=sendonly", "a=recvonly", "a=recvonly")]
    [InlineData("a=recvonly", "a=recvonly", "a=inactive")]
    [InlineData("a=recvonly", "a=sendonly", "a=sendonly")]
    [InlineData("a=sendrecv", "a=sendonly", "a=sendonly")]
    [InlineData("c=IN*IP4*0.0.0.0", "", "a=recvonly")]
    [InlineData("", "a=inactive", "a=inactive")]
    public void An_answer_is_no_wider_than_the_offer_allows(string offer, string ours, string expected) =>
        Assert.Equal(expected, SessionDescriptionText.Read(SessionOffers.AnswerTo(Sdp.Audio(offer), Sdp.Audio(ours))) is { Media: [var line] } ? $"a={line.Stated.Word()}" : "");

    [Fact]
    public void An_answer_that_changes_nothing_keeps_its_version_and_another_has_the_next()
    {
        Assert.Equal(Sdp.Audio("a=sendrecv"), SessionOffers.AnswerTo(Sdp.Audio(origin: "9 4"), Sdp.Audio("a=sendrecv")));
        Assert.Equal(Sdp.Audio("a=recvonly", origin: "7 2"), SessionOffers.AnswerTo(Sdp.Audio("a=sendonly", origin: "9 4"), Sdp.Audio("a=sendrecv")));
    }

    [Theory]
    [InlineData("a=recvonly", "a=sendonly", "a=sendrecv")]
    [InlineData("a=inactive", "a=inactive", "a=sendrecv")]
    [InlineData("a=inactive", "a=sendonly", "a=sendonly")]
    [InlineData("a=sendonly", "a=sendrecv", "a=sendonly")]
    [InlineData("a=recvonly", "", "a=recvonly")]
    [InlineData("a=sendrecv", "a=recvonly", "a=sendrecv")]
    public void What_they_do_not_let_us_do_we_are_taken_to_want(string ours, string theirs, string expected) =>
        Assert.Equal(Sdp.Audio(expected), SessionOffers.Unrestricted(Sdp.Audio(ours), Sdp.Audio(theirs)));

    [Fact]
    public void An_answer_to_the_end_of_their_hold_is_the_next_version_of_what_we_said_last()
    {
        var last = SessionOffers.AnswerTo(Sdp.Audio("a=sendonly"), Sdp.Audio("a=sendrecv"));
        var own = SessionOffers.Unrestricted(last, Sdp.Audio("a=sendonly"));
        Assert.Equal(Sdp.Audio("a=sendrecv", origin: "7 3"), SessionOffers.AnswerTo(Sdp.Audio("a=sendrecv"), own, last));
        Assert.Equal(last, SessionOffers.AnswerTo(Sdp.Audio("a=sendonly"), own, last));
    }

    [Fact]
    public void An_answer_has_the_lines_of_the_offer()
    {
        var video = Sdp.Lines("v=0 o=b*1*1*IN*IP4*h s=- c=IN*IP4*192.0.2.7 t=0*0 m=video*6000*RTP/AVP*97 m=image*6002*udptl*t38 m=audio*6004*RTP/AVP*0 m=audio*0*RTP/AVP*0");
        var answer = SessionDescriptionText.Read(SessionOffers.AnswerTo(video, Sdp.AudioVideo("", "")));
        Assert.Equal(
            ["video 4002", "image 0", "audio 4000", "audio 0"],
            answer.Media.Select(line => $"{line.Kind} {line.Port}"));
    }

    [Fact]
    public void Whatever_is_offered_the_answer_fits_it() =>
        Gen.Select(Gen.Enum<MediaDirection>().Array[0, 4], Gen.Enum<MediaDirection>().Array[0, 4]).Sample((theirs, ours) =>
        {
            var answer = SessionDescriptionText.Read(SessionOffers.AnswerTo(Described(theirs), Described(ours))).Media;
            if (answer.Length != theirs.Length) return false;
            for (var index = 0; index < theirs.Length; index++)
            {
                var allowed = theirs[index].Mirrored();
                if ((answer[index].Direction & ~allowed) != Inactive) return false;
                if (index < ours.Length && answer[index].Direction != (ours[index] & allowed)) return false;
            }
            return true;
        });

    private static string Described(MediaDirection[] directions) => Sdp.Lines("v=0 o=a*1*1*IN*IP4*h s=- c=IN*IP4*192.0.2.1 t=0*0 "
        + string.Join(' ', directions.Select(direction => $"m=audio*4000*RTP/AVP*0 a={direction.Word()}")));
}
