using CallActors.Server.Applications;

namespace CallActors.Server.Tests.Applications;

public sealed class RouteTableTests
{
    private readonly RouteTable<string> _table = new();

    [Fact]
    public void Applications_take_turns_in_the_order_they_came()
    {
        foreach (var name in (string[])["a", "b", "c"]) _table.Add("invite", name);
        Assert.Equal(["a", "b", "c", "a", "b"], Take(5));
    }

    [Fact]
    public void Registering_twice_is_registering_once()
    {
        _table.Add("invite", "a");
        _table.Add("INVITE", "a");
        _table.Add("invite", "b");
        Assert.Equal(["a", "b", "a"], Take(3));
    }

    [Fact]
    public void Those_that_do_not_suit_are_passed_over_and_lose_no_turn()
    {
        foreach (var name in (string[])["a", "b", "c"]) _table.Add("invite", name);
        Assert.Equal("b", _table.Next("invite", "b", static (name, wanted) => name == wanted));
        Assert.Equal(["c", "a", "b"], Take(3));
        Assert.Null(_table.Next("invite", "d", static (name, wanted) => name == wanted));
    }

    [Fact]
    public void Leaving_a_verb_leaves_the_others()
    {
        _table.Add("invite", "a");
        _table.Add("bye", "a");
        _table.Remove("invite", "a");
        Assert.Null(_table.Next("invite", 0, static (_, _) => true));
        Assert.Equal("a", _table.Next("bye", 0, static (_, _) => true));
    }

    [Theory]
    [InlineData("a", "b", "c", "b")]
    [InlineData("b", "c", "a", "c")]
    [InlineData("c", "b", "a", "b")]
    public void Whoever_goes_leaves_the_turns_of_the_others_as_they_were(string gone, string first, string second, string third)
    {
        foreach (var name in (string[])["a", "b", "c"]) _table.Add("invite", name);
        Take(1);
        _table.Remove(gone);
        Assert.Equal([first, second, third], Take(3));
    }

    private List<string?> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _table.Next("invite", 0, static (_, _) => true))];
}
