using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Asking for extensions, and the signs of life that come with them: docs/control-protocol.md §8.1, §8.6.</summary>
public sealed class GrantTests
{
    [Fact]
    public void Who_asks_is_granted_all_of_them_by_a_server_that_names_its_run()
    {
        var (first, second) = (Granted(new Rig(), "app=desk;node=10.0.0.4:4053"), Granted(new Rig(), "app=desk;node=[2001:db8::4]:4053"));
        Assert.Matches("^callactors/1;server=[0-9a-f]{16};features=session,adopt,(restore,)?heartbeat$", first);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("app=desk")]
    [InlineData("node=n1")]
    [InlineData("app=two words;node=n1")]
    [InlineData("app=desk;node=n/1")]
    public void Without_both_names_or_with_others_nothing_is_granted_and_the_connection_goes_on(string asked) => Assert.Equal("", Granted(new Rig(), asked));

    [Fact]
    public void Who_does_not_ask_is_told_of_no_extensions()
    {
        var rig = new Rig();
        Assert.Equal(7, Authenticated(rig, "").Tokens.Length);
    }

    [Fact]
    public void Where_the_operator_switched_them_off_nothing_is_granted()
    {
        var rig = new Rig(options => options with { Extensions = new ExtensionOptions { IsOn = false } });
        Assert.Equal("", Granted(rig, "app=desk;node=n1"));
    }

    [Fact]
    public void Commands_of_what_was_not_granted_are_refused_and_the_connection_stays()
    {
        var rig = new Rig();
        var app = rig.Join("invite");
        app.Session("k1", 0, "d1", "blob"u8);
        Assert.Equal("not granted", rig.Hears(app, frame => frame.IsReply).Text);
        app.Claim("k1", 0);
        Assert.Equal("not granted", rig.Hears(app, frame => frame.IsReply).Text);
        app.Restore("k1", 0, "d1", [1]);
        Assert.Equal("not granted", rig.Hears(app, frame => frame.IsReply).Text);
        Assert.Null(app.Ended);
    }

    [Fact]
    public void A_connection_that_is_silent_for_three_beats_is_reset()
    {
        var rig = new Rig();
        var app = rig.JoinExtended("n1", "invite");
        rig.Pass(10);
        Assert.Null(app.Ended);
        app.Beats = false;
        rig.Pass(2.9);
        Assert.Null(app.Ended);
        rig.Pass(1.2);
        Assert.NotNull(app.Ended);
    }

    [Fact]
    public void One_without_extensions_may_be_silent_for_ever()
    {
        var rig = new Rig();
        rig.Pass(60);
        Assert.Null(rig.App.Ended);
    }

    private static Frame Authenticated(Rig rig, string asked)
    {
        var app = rig.Join();
        var token = asked.Length == 0 ? "" : $"|callactors/1;{asked}";
        var command = $"x1|authenticate|cymru|{token}";
        app.Expect("x1");
        app.Raw($"{command.Length}#{command}");
        var reply = rig.Hears(app, frame => frame.IsReply);
        Assert.Equal(ReplyVerdict.Ok, reply.Verdict);
        Assert.Null(app.Ended);
        return reply;
    }

    private static string Granted(Rig rig, string asked) => Authenticated(rig, asked).Tokens is { Length: 8 } tokens ? tokens[7] : "";
}
