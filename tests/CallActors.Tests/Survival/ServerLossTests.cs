namespace CallActors.Tests.Survival;

/// <summary>The signalling server is lost amid a call, and the next run of it goes on.</summary>
public sealed class ServerLossTests
{
    [Fact]
    public void A_call_goes_on_through_the_next_run_of_the_server()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Net.RestartServer(TimeSpan.FromSeconds(1));
        call.Talks();
    }

    [Fact]
    public void A_request_that_comes_before_the_call_is_given_back_waits_for_it()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Net.RestartServer();
        call.Presses(call.Placed, "key=0");
        call.Talks();
    }

    [Fact]
    public void A_node_and_then_the_server()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Holder.Dies();
        call.Lasts(TimeSpan.FromSeconds(2));
        call.Net.RestartServer(TimeSpan.FromSeconds(2));
        call.Talks();
    }

    [Fact]
    public void The_server_twice()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Net.RestartServer(TimeSpan.FromSeconds(1));
        call.Lasts(TimeSpan.FromSeconds(2));
        call.Net.RestartServer(TimeSpan.FromSeconds(1));
        call.Talks();
    }

    [Fact]
    public void The_server_and_then_a_node()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Net.RestartServer(TimeSpan.FromSeconds(1));
        call.Lasts(TimeSpan.FromSeconds(2));
        call.Holder.Dies();
        call.Talks();
    }
}
