using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Subscriptions, as notifier and as subscriber: rows T25 and T26 of the conformance list, and what RFC 6665 asks beside them.</summary>
public sealed class SubscriptionTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;

    public SubscriptionTests() => _alice = _net.Phone("alice");

    public void Dispose() => _net.Dispose();

    private sealed class Seen
    {
        public List<string> Lines { get; } = [];

        public IncomingSubscription? Accepted { get; set; }

        public OutgoingSubscription? Placed { get; set; }
    }

    private sealed class Notifier(Seen seen) : CallActor
    {
        protected override async Task OnRequest(IncomingRequest request)
        {
            if (request.Header("Event") != "presence")
            {
                await base.OnRequest(request);
                return;
            }

            seen.Accepted = await request.Accept(TimeSpan.FromMinutes(10));
            await seen.Accepted.Notify(State("open"));
        }

        protected override async Task OnTold(object message) => seen.Lines.Add(message switch
        {
            "end" => $"ended {(await seen.Accepted!.Terminate()).Status}",
            "hang up" => $"{(await seen.Accepted!.Hangup()).By}",
            string state => $"{state} {(await seen.Accepted!.Notify(State(state))).Status}",
            _ => "",
        });

        protected override Task OnHangup(Leg leg, LegEnd end)
        {
            seen.Lines.Add($"{end.By}: {end.Reason}");
            return Task.CompletedTask;
        }

        private static MessageBody State(string basic) => MessageBody.Text("application/pidf+xml", basic);
    }

    private sealed class Subscriber(Seen seen) : CallActor
    {
        protected override async Task OnStart(object? argument)
        {
            seen.Placed = Subscribe("sip:alice@alice", "presence", argument as TimeSpan?, options: new SendOptions { From = "<sip:desk@localhost>" });
            var outcome = await seen.Placed.Outcome;
            seen.Lines.Add($"outcome {outcome.Status}");
        }

        protected override Task OnNotify(Leg leg, LegRequest request)
        {
            Assert.Same(seen.Placed, leg);
            seen.Lines.Add($"{seen.Placed!.Status} {request.Body}");
            return Task.CompletedTask;
        }

        protected override async Task OnTold(object message) => seen.Lines.Add($"{(await seen.Placed!.Hangup()).By}");

        protected override Task OnHangup(Leg leg, LegEnd end)
        {
            seen.Lines.Add($"{end.By}: {end.Reason}");
            return Task.CompletedTask;
        }
    }

    private TestNode Serve(Seen seen) => _net.Serves(app => app.Subscribe<Notifier>().Add<Subscriber>(), services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, seen));

    private static void Tell(TestNode node, Leg leg, object what)
    {
        Assert.True(node.Runtime.Runtime.Directory.TryFind(leg.Core.Key, out var call));
        Akka.Actor.ActorRefImplicitSenderExtensions.Tell(call, what);
    }

    [Fact]
    public async Task T25_a_subscription_is_accepted_notified_and_ended_by_us()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob", expires: 3600).Receives(200);
        Assert.Equal("600", subscription.Subscribe.Header("Expires"));
        var notify = await subscription.ReceivesNotify();
        Assert.Equal(("active;expires=600", "presence", "open"), (notify.Header("Subscription-State"), notify.Header("Event"), notify.Body.ToString()));
        Assert.Equal(1, node.Calls);

        Tell(node, seen.Accepted!, "closed");
        Assert.Equal("closed", (await subscription.ReceivesNotify()).Body.ToString());
        Tell(node, seen.Accepted!, "end");
        Assert.Equal("terminated;reason=noresource", (await subscription.ReceivesNotify()).Header("Subscription-State"));
        node.AssertNothingLeft();
        Assert.Equal(["closed 200", "ended 200"], seen.Lines);
        Assert.Empty(node.Records);
    }

    [Fact]
    public async Task T26_hanging_up_tells_the_subscriber()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob").Receives(200);
        await subscription.ReceivesNotify();
        Tell(node, seen.Accepted!, "hang up");
        Assert.StartsWith("terminated", (await subscription.ReceivesNotify()).Header("Subscription-State"), StringComparison.Ordinal);
        node.AssertNothingLeft();
        Assert.Equal(["Us"], seen.Lines);
    }

    [Fact]
    public async Task A_refresh_is_granted_and_the_state_told_again()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob", expires: 300).Receives(200);
        await subscription.ReceivesNotify();
        _net.Run(TimeSpan.FromSeconds(200));
        Assert.Equal("300", subscription.Renews(5000).Receives(200).Header("Expires"));
        var notify = await subscription.ReceivesNotify();
        Assert.Equal(("active;expires=300", "open"), (notify.Header("Subscription-State"), notify.Body.ToString()));
        _net.Run(TimeSpan.FromSeconds(299));
        Assert.Equal(1, node.Calls);

        // Nobody refreshes any more.
        Assert.Equal("terminated;reason=timeout", (await subscription.ReceivesNotify()).Header("Subscription-State"));
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_subscriber_leaves()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob").Receives(200);
        await subscription.ReceivesNotify();
        Assert.Equal("0", subscription.Renews(0).Receives(200).Header("Expires"));
        var last = await subscription.ReceivesNotify();
        Assert.Equal(("terminated;reason=timeout", "open"), (last.Header("Subscription-State"), last.Body.ToString()));
        node.AssertNothingLeft();
        Assert.Equal(["FarEnd: unsubscribed"], seen.Lines);
    }

    [Fact]
    public async Task A_state_is_fetched_once()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob", expires: 0).Receives(200);
        var notify = await subscription.ReceivesNotify();
        Assert.Equal(("terminated;reason=timeout", "open"), (notify.Header("Subscription-State"), notify.Body.ToString()));
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task A_subscriber_who_has_forgotten_is_forgotten()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob").Receives(200);
        await subscription.Receives("NOTIFY").Answers(481);
        node.AssertNothingLeft();
        Assert.Equal(["FarEnd: nobody subscribes any more (481)"], seen.Lines);
    }

    [Fact]
    public async Task Notifications_do_not_overtake_one_another()
    {
        var seen = new Seen();
        var node = Serve(seen);
        var subscription = await _alice.Subscribes("bob").Receives(200);
        await subscription.ReceivesNotify();
        Tell(node, seen.Accepted!, "one");
        Tell(node, seen.Accepted!, "two");
        var first = subscription.Receives("NOTIFY");
        await subscription.ReceivesNothing(TimeSpan.FromSeconds(1));
        await first.Answers(200);
        Assert.Equal("two", (await subscription.ReceivesNotify()).Body.ToString());
        Tell(node, seen.Accepted!, "end");
        await subscription.ReceivesNotify();
        node.AssertNothingLeft();
        Assert.Equal(["one 200", "two 200", "ended 200"], seen.Lines);
    }

    [Fact]
    public async Task A_package_that_nobody_has_is_refused()
    {
        var node = Serve(new Seen());
        await _alice.Subscribes("bob", "weather").Receives(489);
        node.AssertNothingLeft();
    }

    [Fact]
    public void We_subscribe_refresh_and_leave()
    {
        var seen = new Seen();
        var node = Serve(seen);
        node.Begin<Subscriber>(TimeSpan.FromSeconds(100));
        var subscription = _alice.ReceivesSubscribe();
        Assert.Equal(("presence", "100"), (subscription.Subscribe.Header("Event"), subscription.Subscribe.Header("Expires")));
        subscription.Answers(200).Notifies("active;expires=100", PhoneBody.Of("text/plain", "open")).Receives(200);
        Assert.InRange(seen.Placed!.Remaining.TotalSeconds, 99, 100);

        _net.Run(TimeSpan.FromSeconds(45));
        var refresh = subscription.Receives("SUBSCRIBE");
        Assert.InRange(_net.Now.TotalSeconds, 50, 51);
        Assert.Equal("100", refresh.Header("Expires"));
        refresh.Answers(200, headers: [("Expires", "100")]);
        subscription.Notifies("active", PhoneBody.Of("text/plain", "closed")).Receives(200);

        Tell(node, seen.Placed, "leave");
        Assert.Equal("0", subscription.Receives("SUBSCRIBE").Answers(200, headers: [("Expires", "0")]).Header("Expires"));
        subscription.Notifies("terminated;reason=timeout").Receives(200);
        node.AssertNothingLeft();
        Assert.Equal(["outcome 200", "Active open", "Active closed", "Terminated ", "Us"], seen.Lines);
    }

    [Fact]
    public void The_notifier_ends_our_subscription()
    {
        var seen = new Seen();
        var node = Serve(seen);
        node.Begin<Subscriber>();
        var subscription = _alice.ReceivesSubscribe().Answers(202);
        subscription.Notifies("terminated;reason=noresource").Receives(200);
        node.AssertNothingLeft();
        Assert.Equal(["outcome 202", "Terminated ", "FarEnd: noresource"], seen.Lines);
    }

    [Fact]
    public void A_notify_comes_before_the_response()
    {
        var seen = new Seen();
        var node = Serve(seen);
        _alice.LosesSent("200 SUBSCRIBE");
        node.Begin<Subscriber>();
        var subscription = _alice.ReceivesSubscribe().Answers(200);
        subscription.Notifies("active;expires=3600", PhoneBody.Of("text/plain", "open")).Receives(200);
        _net.RunUntil(() => seen.Lines.Count == 2);
        subscription.Notifies("terminated;reason=deactivated").Receives(200);
        node.AssertNothingLeft();
        Assert.Equal(["Active open", "outcome 200", "Terminated ", "FarEnd: deactivated"], seen.Lines);
    }

    [Theory]
    [InlineData(481, "FarEnd: not refreshed")]
    [InlineData(500, "FarEnd: expired")]
    public void A_refresh_that_fails_ends_it_now_or_when_it_expires(int status, string end)
    {
        var seen = new Seen();
        var node = Serve(seen);
        node.Begin<Subscriber>(TimeSpan.FromSeconds(60));
        var subscription = _alice.ReceivesSubscribe().Answers(200);
        subscription.Receives("SUBSCRIBE").Answers(status);
        Assert.InRange(_net.Now.TotalSeconds, 30, 31);
        while (status == 500 && seen.Placed!.Remaining > TimeSpan.FromSeconds(3)) subscription.Receives("SUBSCRIBE").Answers(status);
        _net.RunUntil(() => node.Calls == 0);
        Assert.Equal(["outcome 200", end], seen.Lines);
        Assert.InRange(_net.Now.TotalSeconds, status == 500 ? 60 : 30, status == 500 ? 61 : 31);
        node.AssertNothingLeft();
    }

    [Fact]
    public void The_notifier_wants_longer_ones()
    {
        var seen = new Seen();
        var node = Serve(seen);
        node.Begin<Subscriber>(TimeSpan.FromSeconds(10));
        _alice.ReceivesSubscribe().Subscribe.Answers(423, headers: [("Min-Expires", "120")]);
        var subscription = _alice.ReceivesSubscribe();
        Assert.Equal("120", subscription.Subscribe.Header("Expires"));
        subscription.Answers(200).Notifies("terminated").Receives(200);
        node.AssertNothingLeft();
    }

    [Fact]
    public void A_subscription_that_nobody_grants_is_an_outcome()
    {
        var seen = new Seen();
        var node = Serve(seen);
        node.Begin<Subscriber>();
        _alice.ReceivesSubscribe().Answers(403);
        node.AssertNothingLeft();
        Assert.Equal(["FarEnd: not accepted", "outcome 403"], seen.Lines.Order(StringComparer.Ordinal));
    }

    private sealed class Greedy(Seen seen) : CallActor
    {
        protected override async Task OnStart(object? argument)
        {
            var first = Subscribe("sip:alice@alice", "presence");
            var second = Subscribe("sip:alice@alice", "presence");
            seen.Lines.Add($"{(await second.Outcome).GetType().Name} {second.IsOver}");
            await first.Hangup();
        }
    }

    [Fact]
    public void A_call_has_only_so_many_subscriptions()
    {
        var seen = new Seen();
        var node = _net.Serves(
            app => app.Add<Greedy>(),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, seen),
            options => options with { Calls = options.Calls with { MaxSubscriptions = 1 } });
        node.Begin<Greedy>();
        var subscription = _alice.ReceivesSubscribe().Answers(200);
        subscription.Receives("SUBSCRIBE").Answers(481);
        node.AssertNothingLeft();
        Assert.Equal(["NotSent True"], seen.Lines);
    }
}
