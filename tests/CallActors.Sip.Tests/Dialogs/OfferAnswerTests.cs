using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Tests.Transactions;
using CsCheck;
using static CallActors.Sip.Dialogs.SessionVerdict;

namespace CallActors.Sip.Tests.Dialogs;

public sealed class OfferAnswerTests
{
    private static readonly SipRequest Invite = Sample.Request("INVITE", 2, body: Sample.Sdp);
    private static readonly SipRequest BareInvite = Sample.Request("INVITE", 2);
    private static readonly SipRequest Update = Sample.Request("UPDATE", 3, body: Sample.Sdp);
    private static readonly SipRequest BareUpdate = Sample.Request("UPDATE", 3);
    private static readonly SipRequest Prack = Sample.Request("PRACK", 4);
    private static readonly SipRequest OfferingPrack = Sample.Request("PRACK", 4, body: Sample.Sdp);

    /// <summary>What was open, what came, what it gets: RFC 3261 §14.2, RFC 3311 §5.2.</summary>
    public static TheoryData<string, string, SessionVerdict> Verdicts => new()
    {
        { "rest", "INVITE", Admitted },
        { "rest", "bare INVITE", Admitted },
        { "rest", "UPDATE", Admitted },
        { "rest", "INFO", Admitted },
        { "their INVITE", "INVITE", Busy },
        { "their INVITE", "bare INVITE", Busy },
        { "their INVITE", "UPDATE", Busy },
        { "their INVITE", "bare UPDATE", Admitted },
        { "their INVITE", "BYE", Admitted },
        { "our INVITE", "INVITE", Glare },
        { "our INVITE", "bare INVITE", Glare },
        { "our INVITE", "UPDATE", Glare },
        { "our INVITE", "bare UPDATE", Admitted },
        { "their UPDATE", "UPDATE", Busy },
        { "their UPDATE", "bare UPDATE", Busy },
        { "their UPDATE", "INVITE", Busy },
        { "our UPDATE", "UPDATE", Glare },
        { "our UPDATE", "bare UPDATE", Admitted },
        { "our UPDATE", "INVITE", Glare },
        { "their INVITE answered early", "UPDATE", Admitted },
        { "their INVITE answered early", "INVITE", Busy },
        { "their bare INVITE, our offer in 183", "UPDATE", Glare },
        { "our bare INVITE, their offer in 200", "UPDATE", Busy },
        { "their bare INVITE, our offer in 200", "INVITE", Glare },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Follows_every_arrow(string open, string request, SessionVerdict expected)
    {
        var received = request switch
        {
            "INVITE" => Invite,
            "bare INVITE" => BareInvite,
            "UPDATE" => Update,
            "bare UPDATE" => BareUpdate,
            _ => Sample.Request(request, 9),
        };
        var verdict = Gate(open).Receive(received, out var next);

        Assert.Equal(expected, verdict);
        if (verdict != Admitted) Assert.Equal(Gate(open), next);
    }

    [Theory]
    [InlineData("rest", true, true, true)]
    [InlineData("their INVITE", false, false, true)]
    [InlineData("our INVITE", false, false, true)]
    [InlineData("their INVITE answered early", false, true, true)]
    [InlineData("our UPDATE", false, false, false)]
    [InlineData("their UPDATE", false, false, true)]
    public void We_keep_to_the_rules_ourselves(string open, bool invite, bool update, bool bareUpdate)
    {
        var gate = Gate(open);
        Assert.Equal(invite, gate.MaySend(SipMethod.Invite, hasOffer: true));
        Assert.Equal(update, gate.MaySend(SipMethod.Update, hasOffer: true));
        Assert.Equal(bareUpdate, gate.MaySend(SipMethod.Update, hasOffer: false));
        Assert.True(gate.MaySend(SipMethod.Bye, hasOffer: false));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(488)]
    public void A_final_response_brings_the_gate_to_rest(int status)
    {
        var body = status == 200 ? Sample.Sdp : "";
        Assert.Equal(default, Rested(new OfferAnswer().Sent(Invite).Received(Sample.Answer(Invite, status, body: body))));
        Assert.Equal(default, Rested(Gate("their INVITE").Sent(Sample.Answer(Invite, status, body: body))));
        Assert.Equal(default, Rested(new OfferAnswer().Sent(Update).Received(Sample.Answer(Update, status, body: body))));
        Assert.Equal(default, Rested(Gate("their UPDATE").Sent(Sample.Answer(Update, status, body: body))));
    }

    [Fact]
    public void A_2xx_that_repeats_the_answer_of_a_reliable_183_is_no_offer()
    {
        var early = Gate("their INVITE answered early");
        Assert.False(early.HasOpenOffer);
        Assert.False(early.Sent(Sample.Answer(Invite, 200, body: Sample.Sdp)).HasOpenOffer);
    }

    [Fact]
    public void An_unreliable_183_answers_nothing() =>
        Assert.True(Gate("their INVITE").Sent(Sample.Answer(Invite, 183, body: Sample.Sdp)).HasOpenOffer);

    [Fact]
    public void The_offer_of_a_2xx_is_answered_in_the_ack()
    {
        var gate = Gate("their bare INVITE, our offer in 200");
        Assert.True(gate.HasOpenOffer);
        gate.Receive(Sample.Request("ACK", 2, body: Sample.Sdp), out var after);
        Assert.False(after.HasOpenOffer);
        Assert.False(Gate("our bare INVITE, their offer in 200").Sent(Sample.Request("ACK", 2, body: Sample.Sdp)).HasOpenOffer);
    }

    [Fact]
    public void The_offer_of_a_reliable_183_is_answered_in_the_prack()
    {
        Gate("their bare INVITE, our offer in 183").Receive(OfferingPrack, out var after);
        Assert.False(after.HasOpenOffer);
        Assert.True(after.TheirInvite);
    }

    [Fact]
    public void A_prack_may_bring_an_offer_of_its_own_once_the_first_is_answered()
    {
        var early = Gate("their INVITE answered early");
        early.Receive(OfferingPrack, out var after);
        Assert.True(after.HasOpenOffer);
        Assert.False(after.Sent(Sample.Answer(OfferingPrack, 200, body: Sample.Sdp)).HasOpenOffer);
        early.Receive(Prack, out var silent);
        Assert.False(silent.HasOpenOffer);
    }

    [Fact]
    public void A_refused_invite_leaves_an_update_s_offer_open()
    {
        var early = Gate("their INVITE answered early").Sent(Update);
        Assert.True(early.HasOpenOffer);
        Assert.True(early.Sent(Sample.Answer(Invite, 500)).HasOpenOffer);
        Assert.False(early.Failed(SipMethod.Update).HasOpenOffer);
    }

    [Fact]
    public void A_bye_shows_what_must_be_cleared_away()
    {
        Assert.True(Gate("our INVITE").OurInvite);
        Assert.True(Gate("their INVITE").TheirInvite);
        Assert.False(Gate("our INVITE").Failed(SipMethod.Invite).OurInvite);
    }

    [Fact]
    public void Whatever_the_chance_the_side_that_made_the_call_id_waits_longer() =>
        Gen.Double[0, 0.999999].Sample(chance =>
            OfferAnswer.GlareDelay(true, chance).TotalSeconds is >= 2.1 and <= 4
            && OfferAnswer.GlareDelay(false, chance).TotalSeconds is >= 0 and <= 2);

    [Fact]
    public void It_takes_a_few_bytes() => Assert.InRange(System.Runtime.CompilerServices.Unsafe.SizeOf<OfferAnswer>(), 1, 8);

    private static (bool, bool, bool, bool, bool) Rested(OfferAnswer gate) =>
        (gate.HasOpenOffer, gate.OurInvite, gate.TheirInvite, gate.OurUpdate, gate.TheirUpdate);

    private static OfferAnswer Gate(string open)
    {
        var rest = new OfferAnswer();
        switch (open)
        {
            case "their INVITE": rest.Receive(Invite, out rest); return rest;
            case "their UPDATE": rest.Receive(Update, out rest); return rest;
            case "our INVITE": return rest.Sent(Invite);
            case "our UPDATE": return rest.Sent(Update);
            case "their INVITE answered early":
                rest.Receive(Invite, out rest);
                return rest.Sent(Sample.Answer(Invite, 183, more: "RSeq: 1\n", body: Sample.Sdp));
            case "their bare INVITE, our offer in 183":
                rest.Receive(BareInvite, out rest);
                return rest.Sent(Sample.Answer(BareInvite, 183, more: "RSeq: 1\n", body: Sample.Sdp));
            case "their bare INVITE, our offer in 200":
                rest.Receive(BareInvite, out rest);
                return rest.Sent(Sample.Answer(BareInvite, 200, body: Sample.Sdp));
            case "our bare INVITE, their offer in 200": return rest.Sent(BareInvite).Received(Sample.Answer(BareInvite, 200, body: Sample.Sdp));
            default: return rest;
        }
    }
}
