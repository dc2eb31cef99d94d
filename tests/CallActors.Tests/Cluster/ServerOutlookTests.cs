using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Net;

namespace CallActors.Tests.Cluster;

public sealed class ServerOutlookTests
{
    private const ExtensionFeatures Keeps = ExtensionFeatures.Session | ExtensionFeatures.Adopt;

    private readonly ServerOutlook _servers = new();

    [Fact]
    public void A_server_that_has_been_the_same_run_all_along_gives_calls_away()
    {
        Hear(Up("a", Keeps, "1"), at: 10);
        Hear(new ServerDown("a", "cut", null), at: 20);
        Assert.False(_servers.CanAllHelp(At(15)));
        Assert.False(_servers.CanHelp("a", "1"));
        Hear(Up("a", Keeps, "1"), at: 30);
        Assert.True(_servers.CanAllHelp(At(15)));
        Assert.True(_servers.CanHelp("a", "1"));
        Assert.False(_servers.CanHelp("a", "2"));
        Assert.False(_servers.CanHelp("b", "1"));
    }

    [Fact]
    public void A_run_that_began_since_may_have_forgotten_them()
    {
        Hear(Up("a", Keeps, "1"), at: 10);
        Hear(Up("a", Keeps, "2"), at: 20);
        Assert.False(_servers.CanAllHelp(At(19)));
        Assert.True(_servers.CanAllHelp(At(20)));
    }

    [Fact]
    public void One_that_keeps_nothing_is_enough_to_look_into_the_ledger()
    {
        Assert.False(_servers.CanAllHelp(At(9)));
        Hear(Up("a", Keeps, "1"), at: 1);
        Assert.True(_servers.CanAllHelp(At(9)));
        Hear(Up("b", ExtensionFeatures.Session, "1"), at: 1);
        Assert.False(_servers.CanAllHelp(At(9)));
        Hear(Up("b", Keeps, "1"), at: 1);
        Assert.True(_servers.CanAllHelp(At(9)));
        Hear(Up("c", ExtensionFeatures.None, ""), at: 1);
        Assert.False(_servers.CanAllHelp(At(9)));
        Assert.False(_servers.CanHelp("c", ""));
    }

    [Fact]
    public void What_servers_dial_is_given_away_by_nobody()
    {
        Hear(Up("a", Keeps, "1"), at: 1);
        Hear(new ServerListening("here", NetAddress.Of(System.Net.IPAddress.Loopback, 1)), at: 2);
        Assert.False(_servers.CanAllHelp(At(9)));
    }

    private static ServerUp Up(string name, ExtensionFeatures features, string run) => new(name, [], "v1", []) { Features = features, ServerId = run };

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private void Hear(ServerState state, int at) => _servers.Hear(state, At(at));
}
