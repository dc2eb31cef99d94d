using System.Net;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Applications without extensions that inherit from each other by their tags: docs/control-protocol.md §8.4.</summary>
public sealed class AdoptionByTagsTests
{
    private int _address = 1;

    [Fact]
    public void The_dialogs_of_a_lost_one_are_anothers_with_exactly_the_same_tags()
    {
        var rig = Made(isOn: true);
        var heir = Join(rig, "blue,eu");
        var tag = Call(rig, out var dialog);
        rig.App.Leave();
        rig.Pass(0.1);
        rig.Peer.Send(rig.Peer.Ask("INFO", "c1", 2, toTag: tag));
        var info = rig.HearsRequest(SipMethod.Info, app: heir);
        Assert.Equal((dialog, 11), (info.DialogId, info.Tokens.Length));
        rig.Respond(info, 200, app: heir);
        heir.Request(dialog, Text.Ask("BYE"), null);
        rig.Hears(heir, frame => frame.IsReply);
        rig.Peer.Answer(rig.Request(SipMethod.Bye), 200);
        rig.IsClean();
    }

    [Fact]
    public void The_heir_is_shown_what_the_lost_one_had_not_answered()
    {
        var rig = Made(isOn: true);
        var heir = Join(rig, "eu,blue");
        var tag = Call(rig, out _);
        rig.Peer.Send(rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        rig.HearsRequest(SipMethod.Bye);
        rig.App.Leave();
        rig.Respond(rig.HearsRequest(SipMethod.Bye, app: heir), 200, app: heir);
        rig.Response(200);
        rig.IsClean();
    }

    [Theory]
    [InlineData(true, "blue")]
    [InlineData(true, "blue,eu,more")]
    [InlineData(true, "")]
    [InlineData(false, "blue,eu")]
    public void Other_tags_inherit_nothing_nor_does_anybody_unless_it_is_on(bool isOn, string tags)
    {
        var rig = Made(isOn);
        var other = Join(rig, tags);
        var tag = Call(rig, out _);
        rig.App.Leave();
        rig.Pass(0.1);
        rig.Peer.Send(rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        rig.Response(481);
        Assert.DoesNotContain(other.Record!, frame => frame.Request is not null);
        rig.IsClean();
    }

    [Fact]
    public void Without_tags_nobody_inherits()
    {
        var rig = Made(isOn: true, tags: "");
        Join(rig, "");
        var tag = Call(rig, out _);
        rig.App.Leave();
        rig.Pass(0.1);
        rig.Peer.Send(rig.Peer.Ask("BYE", "c1", 2, toTag: tag));
        rig.Response(481);
    }

    private Rig Made(bool isOn, string tags = "blue,eu")
    {
        var rig = new Rig(options => options with { Extensions = new ExtensionOptions { AdoptByTags = isOn } });
        rig.App.Leave();
        rig.Pass(0.1);
        rig.Use(Join(rig, tags, "invite"));
        return rig;
    }

    private Application Join(Rig rig, string tags, params string[] verbs)
    {
        var app = new Application(rig.World, IPAddress.Parse($"10.0.1.{_address++}")) { Record = [] }.JoinAs("cymru", tags, verbs);
        rig.Pass(0.05);
        app.Record!.Clear();
        return app;
    }

    private static string Call(Rig rig, out string dialog)
    {
        var (answered, tag) = rig.CallFromPeer();
        dialog = answered.DialogId;
        return tag;
    }
}
