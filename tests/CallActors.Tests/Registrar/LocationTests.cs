using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Tests.Registrations;

public sealed class LocationTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_preferred_place_comes_first_and_none_that_is_over()
    {
        var store = new MemoryLocationStore(_time);
        var registrar = new Registrar(new RegistrarOptions { ByUser = true }, store, _time);
        await store.Change("alice", _ => [At("sip:a@1", 60, 100), At("sip:a@2", 30, 1000), At("sip:a@3", 60, 500), At("sip:a@4", 60, 500)]);
        Assert.Equal(["sip:a@2", "sip:a@3", "sip:a@4", "sip:a@1"], (await registrar.Find("sip:alice@anywhere")).Select(binding => binding.Uri));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["sip:a@3", "sip:a@4", "sip:a@1"], (await registrar.Find("alice")).Select(binding => binding.Uri));
        Assert.Empty(await registrar.Find("bob"));
        Assert.Empty(await registrar.Find("<not a uri>"));
    }

    [Fact]
    public async Task At_the_bound_a_new_user_is_refused_until_somebody_is_forgotten()
    {
        var store = new MemoryLocationStore(_time, 2);
        Assert.True(await store.Change("a", _ => [At("sip:a@1", 30, 1000)]));
        Assert.True(await store.Change("b", _ => [At("sip:b@1", 90, 1000)]));
        Assert.False(await store.Change("c", _ => [At("sip:c@1", 90, 1000)]));
        Assert.True(await store.Change("b", _ => [At("sip:b@2", 90, 1000)]));
        Assert.True(await store.Change("d", _ => []));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(await store.Change("c", _ => [At("sip:c@1", 90, 1000)]));
        Assert.Equal(2, store.Count);
    }

    [Fact]
    public async Task Users_who_leave_without_a_word_are_forgotten()
    {
        var store = new MemoryLocationStore(_time);
        for (var user = 0; user < 1000; user++) await store.Change($"u{user}", _ => [At("sip:u@1", 30, 1000)]);
        _time.Advance(TimeSpan.FromSeconds(61));
        await store.Change("last", _ => [At("sip:u@1", 30, 1000)]);
        Assert.Equal(1, store.Count);
        await store.Change("last", _ => []);
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_made()
    {
        var store = new MemoryLocationStore(_time);
        await Parallel.ForAsync(0, 200, async (index, _) => Assert.True(await store.Change("alice", before => before.Add(At($"sip:a@{index}", 60, 1000)))));
        Assert.Equal(200, (await store.Get("alice")).Length);
    }

    private Binding At(string uri, int seconds, int preference) =>
        new(uri, preference, _time.GetUtcNow().AddSeconds(seconds), "c", 1, ImmutableArray<string>.Empty, new RequestSource("192.0.2.1", 5060, "udp", ""), "", "");
}
