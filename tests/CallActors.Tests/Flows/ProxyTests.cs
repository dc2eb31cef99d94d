using CallActors.Targets;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>Requests that the server proxies for us: rows T44, T45 and N26 of the conformance list.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Results _results = new();
    private readonly Phone _alice;
    private readonly Phone _bob;
    private readonly Phone _carol;

    public ProxyTests() => (_alice, _bob, _carol) = (_net.Phone("alice"), _net.Phone("bob"), _net.Phone("carol"));

    public void Dispose() => _net.Dispose();

    private sealed class Results
    {
        public ProxyPlan Plan { get; set; } = ProxyPlan.Onward;

        public List<ProxyResult> All { get; } = [];

        public ProxyResult Only => Assert.Single(All);
    }

    private sealed class Router(Results results) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call) => results.All.Add(await call.Proxy(results.Plan));

        protected override async Task OnRequest(IncomingRequest request) => results.All.Add(await request.Proxy(results.Plan));

        protected override Task OnHangup(Leg leg, LegEnd end) => throw new InvalidOperationException("a proxied call is not the application's");
    }

    // Both are phones of the script: one sends, and the other must be asked to answer.
    private static async Task HangUp(PhoneDialog one, PhoneDialog other)
    {
        var bye = await one.Sends("BYE");
        await other.ReceivesBye();
        await bye.Receives(200);
    }

    private TestNode Serve(ProxyPlan plan)
    {
        _results.Plan = plan;
        return _net.Serves(app => app.Invite<Router>().Map<Router>("MESSAGE"), services => services.AddSingleton(_results));
    }

    [Fact]
    public async Task T44_a_call_is_proxied_and_the_server_stays_in_its_path()
    {
        var node = Serve(ProxyPlan.Serial("sip:bob@bob") with { RecordRoute = true, Headers = new HeaderFields { { "X-Via-App", "yes" } } });
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite();
        Assert.Equal("yes", incoming.Header("X-Via-App"));
        await incoming.Rings().Answers();
        await call.Receives(180).Receives(200).Acks();
        await incoming.ReceivesAck();
        _net.RunUntil(() => node.Calls == 0);
        var result = _results.Only;
        Assert.True(result.IsConnected);
        Assert.Equal((200, null), (result.FinalStatus, result.Failure));
        var answers = Assert.Single(result.Answers);
        Assert.Equal((_bob.Address.Host, 5060), (answers.Address, answers.Port));
        Assert.Equal(200, Assert.Single(answers.Responses).StatusCode);
        Assert.Contains(_net.Sip.Host, incoming.Header("Record-Route"), StringComparison.Ordinal);
        await HangUp(call, incoming);
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T45_without_the_path_the_call_goes_on_past_us()
    {
        var node = Serve("bob@bob");
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Answers();
        await call.Receives(200).Acks();
        await incoming.ReceivesAck();
        Assert.Null(incoming.Header("Record-Route"));
        await HangUp(incoming, call);
        node.AssertNothingLeft();
        Assert.True(_results.Only.IsConnected);
    }

    [Fact]
    public async Task N26_targets_one_after_the_other()
    {
        var node = Serve(ProxyPlan.Serial("sip:bob@bob", "sip:carol@carol"));
        var call = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Rejects(486);
        await _carol.ReceivesInvite().Rejects(480);
        await call.Receives(486);
        node.AssertNothingLeft();
        Assert.Equal([486, 480], _results.Only.Answers.Select(answers => Assert.Single(answers.Responses).StatusCode));
        Assert.Equal([_bob.Address.Host, _carol.Address.Host], _results.Only.Answers.Select(answers => answers.Address));
        Assert.Equal((486, 486, false), (_results.Only.FinalStatus, _results.Only.FinalResponse!.StatusCode, _results.Only.IsConnected));
    }

    [Fact]
    public async Task N26_targets_at_once_and_the_loser_is_cancelled()
    {
        var node = Serve(ProxyPlan.Parallel("sip:bob@bob", "sip:carol@carol"));
        var call = await _alice.Invites("bob");
        var lost = await _bob.ReceivesInvite().Rings();
        var won = await _carol.ReceivesInvite().Answers();
        await call.Receives(180).Receives(200).Acks();
        await lost.ReceivesCancel();
        await won.ReceivesAck();
        await HangUp(call, won);
        node.AssertNothingLeft();
        Assert.True(_results.Only.IsConnected);
    }

    [Fact]
    public async Task N26_a_target_that_takes_too_long_is_cancelled_and_the_next_one_tried()
    {
        var node = Serve(ProxyPlan.Serial("sip:bob@bob", "sip:carol@carol") with { FinalTimeout = TimeSpan.FromSeconds(5) });
        var call = await _alice.Invites("bob");
        var slow = await _bob.ReceivesInvite().Rings();
        await call.Receives(180);
        await slow.ReceivesCancel();
        await _carol.ReceivesInvite().Rejects(600);
        Assert.InRange(_net.Now.TotalSeconds, 5, 6);
        await call.Receives(600);
        node.AssertNothingLeft();
        Assert.Equal(600, _results.Only.FinalStatus);
    }

    [Fact]
    public async Task N26_a_silent_target_is_passed_over()
    {
        var node = Serve(ProxyPlan.Serial("sip:bob@bob", "sip:carol@carol") with { ProvisionalTimeout = TimeSpan.FromSeconds(2) });
        _bob.SendsTrying = false;
        var call = await _alice.Invites("bob");
        var silent = await _bob.ReceivesInvite();
        await _carol.ReceivesInvite().Rejects(404);
        Assert.InRange(_net.Now.TotalSeconds, 2, 3);
        await call.Receives(404);
        await silent.Rejects(503);
        node.AssertNothingLeft();
    }

    [Fact]
    public void N26_a_secured_target_stays_one()
    {
        Assert.Equal("sips:bob@example.org", Assert.Single(ProxyPlan.Serial("sips:bob@example.org").Targets).Uri);
        // This server has no secured transport, and sends it over no other.
        var node = Serve("sips:bob@bob");
        _alice.Invites("bob").Receives(500);
        _bob.ReceivesNothing(TimeSpan.FromSeconds(1));
        node.AssertNothingLeft();
        Assert.Equal(("error proxying request to ", 500), (_results.Only.Failure, _results.Only.FinalStatus));
    }

    [Fact]
    public async Task Redirections_are_followed_when_asked_for()
    {
        var node = Serve(ProxyPlan.Serial("sip:bob@bob") with { FollowRedirects = true });
        var call = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Redirects("sip:carol@carol");
        await _carol.ReceivesInvite().Rejects(486);
        await call.Receives(486);
        node.AssertNothingLeft();
        Assert.Equal([302, 486], _results.Only.Answers.Select(answers => Assert.Single(answers.Responses).StatusCode));
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_the_search()
    {
        var node = Serve(ProxyPlan.Serial("sip:bob@bob", "sip:carol@carol"));
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Rings();
        await call.Receives(180);
        await call.Cancels();
        await incoming.ReceivesCancel();
        await call.Receives(487);
        await _carol.ReceivesNothing(TimeSpan.FromSeconds(1));
        node.AssertNothingLeft();
        Assert.Equal(487, _results.Only.FinalStatus);
    }

    [Fact]
    public async Task Other_requests_are_proxied_too()
    {
        var node = Serve("sip:bob@bob");
        var message = await _alice.Sends("MESSAGE", "bob", "hello");
        Assert.Equal("hello", _bob.Receives("MESSAGE").Answers(202).Body.ToString());
        await message.Receives(202);
        node.AssertNothingLeft();
        Assert.Equal(202, _results.Only.FinalStatus);
    }

    private sealed class Ringing(Results results) : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            await call.Ring();
            results.All.Add(await call.Proxy("sip:bob@bob"));
            await call.Reject(480);
        }
    }

    [Fact]
    public async Task A_call_that_rings_here_is_not_proxied()
    {
        var node = _net.Serves(app => app.Invite<Ringing>(), services => services.AddSingleton(_results));
        await _alice.Invites("bob").Receives(180).Receives(480);
        node.AssertNothingLeft();
        Assert.Equal("the request has been responded to", _results.Only.Failure);
    }

    [Fact]
    public async Task A_request_that_has_come_too_far_is_a_value()
    {
        var node = Serve("sip:bob@bob");
        await _alice.Invites("bob", headers: [("Max-Forwards", "0")]).Receives(483);
        node.AssertNothingLeft();
        if (_results.All.Count > 0) Assert.Equal(483, _results.Only.FinalStatus);
    }

    [Fact]
    public void Plans_that_no_proxy_can_follow_are_told_at_once()
    {
        Assert.Throws<ArgumentException>(() => ProxyPlan.Serial());
        Assert.Throws<ArgumentException>(() => ProxyPlan.Serial("not a target"));
        Assert.Throws<ArgumentException>(() => ProxyPlan.Serial(CallTarget.Parse("sip:bob@bob") with { NextHop = "sip:elsewhere" }));
        Assert.Throws<ArgumentException>(() => ProxyPlan.Parallel("sip:bob@bob;x=|2"));
    }
}
