using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Subscriptions of an application: RFC 6665 §4.1.2, §4.4.1.</summary>
public sealed class SubscriptionTests
{
    private readonly Rig _rig = new();

    [Fact]
    public void A_subscription_that_was_notified_and_ended_before_its_response_came_stays_ended()
    {
        _rig.App.Request($"SUBSCRIBE sip:far@{_rig.Peer.HostPort} SIP/2.0\r\nEvent: presence\r\nExpires: 60\r\n{Text.End("")}");
        var sent = _rig.Reply();
        var subscribe = _rig.Request(SipMethod.Subscribe);
        Notify(subscribe, 1, "active");
        Notify(subscribe, 2, "terminated;reason=noresource");
        Assert.Equal(0, _rig.Server.Census.Dialogs);

        _rig.Peer.Answer(subscribe, 202, headers: "Expires: 60\r\n");
        Assert.Equal(sent.TransactionId, _rig.HearsResponse(202).TransactionId);
        Assert.Equal(0, _rig.Server.Census.Dialogs);
        _rig.IsClean();
    }

    [Theory]
    [InlineData(481, 0)]
    [InlineData(500, 1)]
    public void A_refresh_that_is_refused_for_good_ends_the_subscription(int status, int dialogs)
    {
        var id = Subscribed();
        _rig.App.Request(id, $"SUBSCRIBE sip:placeholder SIP/2.0\r\nEvent: presence\r\nExpires: 60\r\n{Text.End("")}", null);
        _rig.Reply();
        _rig.Peer.Answer(_rig.Request(SipMethod.Subscribe), status);
        _rig.HearsResponse(status);
        Assert.Equal(dialogs, _rig.Server.Census.Dialogs);
    }

    [Fact]
    public void A_subscription_that_nobody_renews_is_forgotten()
    {
        Subscribed();
        _rig.Pass(120);
        Assert.Equal(1, _rig.Server.Census.Dialogs);
        _rig.Pass(40);
        Assert.Equal(0, _rig.Server.Census.Dialogs);
        _rig.IsClean();
    }

    private string Subscribed()
    {
        _rig.App.Request($"SUBSCRIBE sip:far@{_rig.Peer.HostPort} SIP/2.0\r\nEvent: presence\r\nExpires: 60\r\n{Text.End("")}");
        _rig.Reply();
        _rig.Peer.Answer(_rig.Request(SipMethod.Subscribe), 200, headers: "Expires: 60\r\n");
        return _rig.HearsResponse(200).DialogId;
    }

    private void Notify(SipRequest subscribe, int cseq, string state)
    {
        _rig.Peer.Send(_rig.Peer.Ask("NOTIFY", Text.Of(subscribe.CallId), cseq, toTag: Text.Of(subscribe.FromTag), headers: $"Event: presence\r\nSubscription-State: {state}\r\n"));
        _rig.Respond(_rig.HearsRequest(SipMethod.Notify), 200);
        _rig.Response(200);
    }
}
