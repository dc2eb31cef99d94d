using CallActors.Net.Streams;

namespace CallActors.Net.Tests.Streams;

public sealed class DescriptorsTests
{
    [Theory]
    [InlineData(256, 192)]
    [InlineData(20_000, 17_500)]
    [InlineData(40, 0)]
    public void Some_of_the_limit_is_always_spared(int limit, int usable)
    {
        var descriptors = new Descriptors(limit);
        var taken = 0;
        while (descriptors.TryTake()) taken++;
        Assert.Equal(usable, taken);

        if (usable == 0) return;
        descriptors.GiveBack();
        Assert.True(descriptors.TryTake());
        Assert.False(descriptors.TryTake());
    }

    [Fact]
    public void This_process_has_some() => Assert.True(Descriptors.OfProcess().TryTake());
}
