using CallActors.Node.Samples;
using CallActors.TestKit;

namespace CallActors.Node.Tests.Samples;

public sealed class AnswerTests
{
    [Fact]
    public async Task A_caller_is_turned_away_nicely()
    {
        await using var net = new TestNet();
        var node = net.Serves(app => app.Invite<RejectNicely>());
        var alice = await net.Phone("alice").Invites("bob").Receives(480);
        Assert.Equal("Gone Fishing", System.Text.Encoding.UTF8.GetString(alice.Response!.ReasonPhrase));
        Assert.Equal("3600", alice.Header("Retry-After"));
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task The_echo_answers_and_is_ended_by_a_key()
    {
        await using var net = new TestNet();
        var node = net.Serves(app => app.Invite<EchoTest>());
        var alice = await net.Phone("alice").Invites("echo").Receives(180).Receives(200).Acks();
        Assert.Equal(alice.Phone.Sdp.ToString(), alice.Body.ToString());
        await alice.Sends("INFO", "Signal=#").Receives(200);
        await alice.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task The_echo_ends_by_itself()
    {
        await using var net = new TestNet();
        var node = net.Serves(app => app.Invite<EchoTest>());
        var alice = await net.Phone("alice").Invites("echo").Receives(180).Receives(200).Acks();
        net.Run(TimeSpan.FromMinutes(4.9));
        Assert.Equal(1, node.Calls);
        await alice.ReceivesBye();
        Assert.InRange(net.Now.TotalMinutes, 5, 5.1);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_caller_who_does_not_wait_for_the_echo_leaves_nothing()
    {
        await using var net = new TestNet();
        var node = net.Serves(app => app.Invite<EchoTest>());
        var alice = await net.Phone("alice").Invites("echo").Receives(180);
        await alice.Cancels().Receives(487);
        node.AssertNothingLeft();
        Assert.False(Assert.Single(node.Records).HasFailed);
    }
}
