using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>What a call's timers have to do with its end.</summary>
public sealed class TimerTests : IDisposable
{
    private readonly TestNet _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task A_timer_is_forgotten_with_the_last_leg_and_the_record_is_written_then()
    {
        var node = _net.Serves(app => app.Invite<Limited>());
        var alice = await _net.Phone("alice").Invites("bob").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(10));
        await alice.HangsUp();
        _net.Run(TimeSpan.FromSeconds(1));
        Assert.InRange(Assert.Single(node.Records).AnsweredFor.TotalSeconds, 9.9, 10.1);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_timer_ends_a_call_that_lasts_too_long()
    {
        var node = _net.Serves(app => app.Invite<Limited>());
        var alice = await _net.Phone("alice").Invites("bob").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(59));
        await alice.ReceivesBye();
        node.AssertNothingLeft();
        Assert.InRange(Assert.Single(node.Records).AnsweredFor.TotalSeconds, 60, 60.1);
    }

    [Fact]
    public async Task A_timer_that_keeps_the_call_is_waited_for()
    {
        var bob = _net.Phone("bob");
        var node = _net.Serves(app => app.Add<Persistent>(), services => services.AddSingleton(bob));
        node.Begin<Persistent>();
        await bob.ReceivesInvite().Rejects();
        Assert.Equal(1, node.Calls);
        await bob.ReceivesInvite().Rejects();
        Assert.InRange(_net.Now.TotalSeconds, 30, 30.1);
        node.AssertNothingLeft();
        Assert.Equal(2, Assert.Single(node.Records).Legs.Count);
    }

    [Fact]
    public async Task A_flow_may_answer_when_a_timer_says_so()
    {
        var node = _net.Serves(app => app.Invite<Late>());
        var alice = await _net.Phone("alice").Invites("bob").Receives(486);
        Assert.InRange(_net.Now.TotalSeconds, 5, 5.1);
        node.AssertNothingLeft();
        Assert.Equal(486, alice.Response!.StatusCode);
    }

    internal sealed class Limited : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            SetTimer("limit", TimeSpan.FromMinutes(1));
            await call.Answer(ScriptedNets.Sdp);
        }

        protected override Task OnTimer(string name) => HangUpAll(name);
    }

    internal sealed class Persistent(Phone target) : CallActor
    {
        protected override async Task OnStart(object? argument)
        {
            if (!(await Dial(target.Uri).Outcome).IsAnswered) SetTimer("again", TimeSpan.FromSeconds(30), keepsCall: true);
        }

        protected override Task OnTimer(string name) => Dial(target.Uri).Outcome;
    }

    internal sealed class Late : CallActor
    {
        protected override Task OnInvite(IncomingCall call)
        {
            SetTimer("answer", TimeSpan.FromSeconds(5));
            return Task.CompletedTask;
        }

        protected override Task OnTimer(string name) => Caller!.Reject(486);
    }
}
