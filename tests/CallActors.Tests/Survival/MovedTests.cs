using CallActors.TestKit;
using CallActors.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Survival;

/// <summary>Calls that are to go to another node while nobody is on the line, while they have only just come, or where the server is another.</summary>
public sealed class MovedTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly JointNodes _joint = new();
    private readonly List<string> _notes = [];

    private static string Ours { get; } = new PhoneSdp { Address = "10.9.9.9" }.ToString();

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_that_waits_for_a_timer_alone_waits_on_the_other_node(bool hadLeg)
    {
        var (one, two) = (Serve("one"), Serve("two"));
        one.Begin<Waiting>(hadLeg ? _net.Phone("bob").Uri : null);
        if (hadLeg) _net.Phone("bob").ReceivesInvite().Rejects();
        _net.Run(TimeSpan.FromSeconds(1));
        _joint.Moves(0, 1, one);
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1), TimeSpan.FromSeconds(5));
        _net.Run(TimeSpan.FromMinutes(11));
        Assert.Equal(["again"], _notes);
        Assert.Equal((0, 0), (one.Calls, two.Calls));
        Assert.Empty(one.Records);
        Assert.Equal(hadLeg ? 1 : 0, two.Records.Count);
    }

    [Fact]
    public void Timers_go_with_a_call_that_moves_on_before_it_has_its_dialogs()
    {
        var (one, two, three) = (Serve("one"), Serve("two"), Serve("three"));
        var alice = _net.Phone("alice").Invites("us").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        // The second node does not reach the server just now.
        two.Silence();
        _net.Run(TimeSpan.FromSeconds(5));
        _joint.Moves(0, 1, one);
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1), TimeSpan.FromSeconds(5));
        _joint.Moves(0, 2, two);
        _net.RunUntil(() => (two.Calls, three.Calls) == (0, 1), TimeSpan.FromSeconds(5));
        alice.ReceivesBye();
        Assert.Equal(["again"], _notes);
        _net.RunUntil(() => three.Calls == 0);
        Assert.Single(three.Records);
    }

    [Fact]
    public void A_call_whose_claim_is_under_way_goes_when_it_is_answered()
    {
        var (one, two) = (Serve("one"), Serve("two"));
        var alice = _net.Phone("alice").Invites("us").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        JointNodes.Prepares(one);
        one.Cut();
        _net.RunUntil(() => !one.IsUp);
        var claimed = 0;
        _net.RunUntil(() => one.Runtime.Runtime.Traffic.Count.Commands > 0 && ++claimed > 0);
        _joint.Moves(0, 1, one);
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1), TimeSpan.FromSeconds(15));
        alice.Sends("INFO", "x").Receives(200);
        alice.HangsUp();
        _net.RunUntil(() => two.Calls == 0);
        Assert.Single(two.Records);
    }

    [Fact]
    public void Where_no_extensions_are_asked_for_the_dialogs_are_asked_whether_they_live()
    {
        var (one, two) = (Serve("one"), Serve("two", extensions: false));
        var alice = _net.Phone("alice").Invites("silent").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        _joint.Moves(0, 1, one);
        _net.RunUntil(() => (one.Calls, two.Calls) == (0, 1), TimeSpan.FromSeconds(5));
        one.Dies();
        _net.RunUntil(() => two.Calls == 0, TimeSpan.FromMinutes(2));
        Assert.Single(two.Records);
        alice.ReceivesBye();
    }

    private TestNode Serve(string name, bool extensions = true)
    {
        _joint.Join(_net.Node(name));
        return _net.Serves(
            app => app.Invite<Waiting>(), services => services.AddSingleton(_notes),
            options => options with { Servers = [.. options.Servers.Select(server => server with { Extensions = extensions })] }, name);
    }

    private sealed class Waiting(List<string> notes) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            if (call.Called != "silent") SetTimer("again", TimeSpan.FromSeconds(30));
            await call.Answer(Ours);
        }

        protected override async Task OnStart(object? argument)
        {
            SetTimer("again", TimeSpan.FromMinutes(10), keepsCall: true);
            if (argument is string uri) await Dial(uri, new CallOptions { Sdp = Ours }).Outcome;
        }

        protected override Task OnTimer(string name)
        {
            notes.Add(name);
            return HangUpAll();
        }
    }
}
