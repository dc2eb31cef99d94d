using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Transports;

/// <summary>A connection on which requests time out one after the other is closed: specification 3.4.</summary>
public sealed class SilentConnectionTests
{
    [Fact]
    public void So_many_time_outs_in_a_row_close_the_connection()
    {
        var (rig, phone) = Connected(limit: 2);
        Ask(rig, phone);
        rig.HearsResponse(408, within: 35);
        Assert.Equal(1, rig.Server.Census.Streams);
        Ask(rig, phone);
        rig.HearsResponse(408, within: 35);
        rig.Pass(1);
        Assert.Equal(0, rig.Server.Census.Streams);
    }

    [Fact]
    public void An_answer_between_them_begins_the_count_anew()
    {
        var (rig, phone) = Connected(limit: 2);
        for (var turn = 0; turn < 3; turn++)
        {
            Ask(rig, phone);
            rig.HearsResponse(408, within: 35);
            phone.Answer(Ask(rig, phone), 200);
            rig.HearsResponse(200);
        }

        Assert.Equal(1, rig.Server.Census.Streams);
    }

    [Fact]
    public void What_was_sent_before_the_close_does_not_count_against_the_next_connection()
    {
        var (rig, phone) = Connected(limit: 2);
        for (var turn = 0; turn < 4; turn++) Ask(rig, phone);
        phone.Leave();
        rig.Pass(1);
        var again = new Peer(rig.World, "10.0.0.4", overTcp: true);
        again.Send(again.Ask("OPTIONS", "hello"));
        rig.Respond(rig.HearsRequest(SipMethod.Options), 200);
        for (var turn = 0; turn < 4; turn++) rig.HearsResponse(408, within: 35);
        Assert.Equal(1, rig.Server.Census.Streams);
    }

    [Fact]
    public void Without_a_limit_none_is_closed()
    {
        var (rig, phone) = Connected(limit: 0);
        for (var turn = 0; turn < 5; turn++) Ask(rig, phone);
        rig.Pass(40);
        Assert.Equal(1, rig.Server.Census.Streams);
    }

    private static (Rig Rig, Peer Phone) Connected(int limit)
    {
        var rig = new Rig(options => options with { TportMaxConsecutiveTimeouts = limit });
        var phone = new Peer(rig.World, "10.0.0.4", overTcp: true);
        phone.Send(phone.Ask("OPTIONS", "hello"));
        rig.Respond(rig.HearsRequest(SipMethod.Options), 200);
        return (rig, phone);
    }

    private static SipRequest Ask(Rig rig, Peer phone)
    {
        rig.App.Request($"OPTIONS sip:far@{phone.HostPort};transport=tcp SIP/2.0\r\n{Text.End("")}");
        rig.Reply();
        return rig.Request(SipMethod.Options, peer: phone);
    }
}
