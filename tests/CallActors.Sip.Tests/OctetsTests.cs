namespace CallActors.Sip.Tests;

public sealed class OctetsTests
{
    [Fact]
    public void Equal_bytes_are_equal_and_case_counts()
    {
        Assert.Equal(Octets.Of("abc"u8), (Octets)"abc");
        Assert.True(Octets.Of("abc"u8) == "abc");
        Assert.True(Octets.Of("abc"u8) != "abC");
        Assert.Equal(Octets.Of("abc"u8).GetHashCode(), ((Octets)"abc").GetHashCode());
        Assert.False(((Octets)"abc").Equals((object)"abc"));
        Assert.Equal("ä", Octets.Of("ä"u8).ToString());
    }

    [Fact]
    public void None_is_the_default()
    {
        Assert.Equal(default, Octets.Of(""u8));
        Assert.Equal(default, (Octets)"");
        Assert.True(default(Octets).IsEmpty);
        Assert.Equal(0, Octets.Empty.Length);
        Assert.Equal(default(Octets).GetHashCode(), OctetsComparer.Instance.GetHashCode(default(Octets)));
    }

    [Fact]
    public void A_dictionary_is_probed_by_span_without_allocating()
    {
        var table = new Dictionary<Octets, int>(OctetsComparer.Instance) { ["one"] = 1, [""] = 0 };
        var bySpan = table.GetAlternateLookup<ReadOnlySpan<byte>>();
        Assert.True(bySpan.TryGetValue("one"u8, out var one) && one == 1);
        Assert.True(bySpan.TryGetValue(default, out var none) && none == 0);
        Assert.False(bySpan.ContainsKey("two"u8));
        bySpan["two"u8] = 2;
        Assert.Equal(2, table["two"]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) bySpan.TryGetValue("one"u8, out one);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
