using CallActors.Node.Samples;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Tests.Samples;

public sealed class PresenceWatchTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly PresenceWatch.Board _board = new();
    private readonly Phone _alice;
    private readonly TestNode _node;

    public PresenceWatchTests()
    {
        _alice = _net.Phone("alice");
        _node = _net.Serves(app => app.Subscribe<PresenceWatch>(), services => services.AddSingleton(_board));
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task A_watcher_is_told_at_once_and_of_every_change_until_it_has_seen_enough()
    {
        var alice = await _alice.Subscribes("bob").Receives(200);
        Assert.Contains("<basic>closed</basic>", alice.ReceivesNotify().Body.ToString(), StringComparison.Ordinal);
        _board.Set("bob", "open");
        _board.Set("carol", "open");
        Assert.Contains("<basic>open</basic>", alice.ReceivesNotify().Body.ToString(), StringComparison.Ordinal);
        await alice.ReceivesNothing(TimeSpan.FromSeconds(5));
        await alice.Renews(0).Receives(200);
        Assert.StartsWith("terminated", alice.ReceivesNotify().Header("Subscription-State"), StringComparison.Ordinal);
        _node.AssertNothingLeft();
        _board.Set("bob", "closed");
        await alice.ReceivesNothing(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_watcher_that_says_no_more_is_forgotten_after_its_time()
    {
        var alice = await _alice.Subscribes("bob", expires: 3600).Receives(200);
        _ = alice.ReceivesNotify();
        _net.Run(TimeSpan.FromMinutes(9));
        Assert.Equal(1, _node.Calls);
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.StartsWith("terminated", alice.ReceivesNotify().Header("Subscription-State"), StringComparison.Ordinal);
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task Other_packages_are_not_watched_here()
    {
        await _alice.Subscribes("bob", "dialog").Receives(489);
        _node.AssertNothingLeft();
    }
}
