using Akka.Actor;
using CallActors.TestKit;

namespace CallActors.Tests.Survival;

/// <summary>A node is lost amid a call, and the other one goes on with it.</summary>
public sealed class NodeLossTests
{
    [Fact]
    public void A_call_goes_on_at_the_other_node()
    {
        using var call = new Conversation();
        call.SetsUp();
        var (holder, other) = (call.Holder, call.Other);
        holder.Dies();
        call.Talks();
        Assert.Empty(holder.Records);
        Assert.Equal(2, Assert.Single(other.Records).Legs.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_that_has_vanished_is_offered_as_soon_as_somebody_speaks_to_it(bool hasOther)
    {
        using var call = new Conversation();
        call.SetsUp();
        if (!hasOther) call.Other.Dies();
        call.Holder.Runtime.Runtime.Directory.TellAll(PoisonPill.Instance);
        call.Lasts(TimeSpan.FromSeconds(1));
        Assert.Equal(0, call.First.Calls + call.Second.Calls);
        call.Talks();
    }

    [Fact]
    public void A_cut_of_the_connection_alone_is_noticed_by_nobody()
    {
        using var call = new Conversation();
        call.SetsUp();
        var holder = call.Holder;
        holder.Cut();
        call.Talks();
    }

    [Fact]
    public void Who_stood_still_too_long_does_nothing_any_more()
    {
        using var call = new Conversation();
        call.SetsUp();
        var (ghost, heir) = (call.Holder, call.Other);
        ghost.Silence();
        call.Lasts(TimeSpan.FromSeconds(8));
        Assert.Equal(1, heir.Calls);
        Assert.Equal(1, ghost.Calls);
        ghost.Restore();
        call.Lasts(TimeSpan.FromSeconds(12));
        Assert.Equal(0, ghost.Calls);
        call.Talks();
        Assert.Empty(ghost.Records);
        Assert.Equal((0, 0, 0), ghost.Runtime.Runtime.Traffic.Count);
    }

    [Fact]
    public void Both_nodes_are_lost_one_after_the_other_and_a_third_goes_on()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Holder.Dies();
        call.Lasts(TimeSpan.FromSeconds(1));
        call.Presses(call.Placed, "key=0");
        var third = call.Script.On(call.Net, node: "three");
        call.Holder.Dies();
        call.Lasts(TimeSpan.FromSeconds(1));
        call.Talks();
        Assert.Single(third.Records);
    }

    [Fact]
    public void All_nodes_are_lost_and_come_back()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.First.Dies();
        call.Second.Dies();
        call.Lasts(TimeSpan.FromSeconds(10));
        call.Script.On(call.Net, node: "three");
        call.Lasts(TimeSpan.FromSeconds(1));
        call.Talks();
    }

    [Fact]
    public void A_hang_up_that_meets_the_loss_ends_both_sides_and_leaves_one_record()
    {
        using var call = new Conversation();
        call.SetsUp();
        call.Holder.Dies();
        call.Ends(call.Offered);
    }
}
