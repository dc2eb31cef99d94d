using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Routes that change while the runtime is at work: row N35 of the conformance list.</summary>
public sealed class RouteTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;

    public RouteTests() => _alice = _net.Phone("alice");

    public void Dispose() => _net.Dispose();

    private int Ask(string method) => _alice.Sends(method, "desk").PeeksFinal();

    [Fact]
    public void N35_a_method_is_added_and_one_of_three_removed()
    {
        var node = _net.Serves(app => app.Options(request => request.Respond(200)).Message(request => request.Respond(202)).Register(request => request.Respond(200)));
        Assert.Equal((200, 202, 200, 503), (Ask("OPTIONS"), Ask("MESSAGE"), Ask("REGISTER"), Ask("PUBLISH")));

        node.Runtime.Reroute(app => app.Publish(request => request.Respond(204)).Message(request => request.Respond(299)));
        _net.Run(TimeSpan.FromSeconds(1));
        // The first route that fits is asked, however many there are.
        Assert.Equal((200, 202, 200, 204), (Ask("OPTIONS"), Ask("MESSAGE"), Ask("REGISTER"), Ask("PUBLISH")));

        node.Runtime.Reroute(app => Assert.True(app.Remove("MESSAGE")));
        _net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((200, 503, 200, 204), (Ask("OPTIONS"), Ask("MESSAGE"), Ask("REGISTER"), Ask("PUBLISH")));

        // The server comes back, and is asked for what is wanted now.
        node.Cut();
        _net.RunUntil(() => !node.IsUp);
        _net.RunUntil(() => node.IsUp);
        Assert.Equal((200, 503, 200, 204), (Ask("OPTIONS"), Ask("MESSAGE"), Ask("REGISTER"), Ask("PUBLISH")));
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData("REGSTER", "known are")]
    [InlineData("register", "did you mean REGISTER?")]
    public void N35_a_method_that_is_misspelt_is_told_when_the_application_is_built(string method, string told)
    {
        var wrong = Assert.Throws<ArgumentException>(() => new CallRoutes().Map(method, request => request.Respond(200)));
        Assert.Contains(told, wrong.Message, StringComparison.Ordinal);
    }
}
