using System.Text;
using CallActors.Server.Partitions;

namespace CallActors.Server.Tests.Partitions;

public sealed class TransactionIdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(65_535)]
    public void An_id_tells_its_partition_before_and_after_a_journey_as_text(int partition)
    {
        var ids = new TransactionIds(partition, 0x1234_5678_9abc_0000);
        Span<byte> text = stackalloc byte[TransactionId.TextLength];
        for (var i = 0; i < 1000; i++)
        {
            var id = ids.Next();
            id.Write(text);
            Assert.True(TransactionId.TryParse(text, out var back));
            Assert.Equal(id, back);
            Assert.Equal(partition, back.Partition);
        }
    }

    [Fact]
    public void No_two_are_the_same_within_a_run_or_between_partitions_and_runs()
    {
        HashSet<string> seen = [];
        foreach (var (partition, run) in ((int, ulong)[])[(0, 1UL << 16), (1, 1UL << 16), (0, 2UL << 16)])
        {
            var ids = new TransactionIds(partition, run);
            for (var i = 0; i < 1000; i++) Assert.True(seen.Add(ids.Next().ToString()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("unsolicited")]
    [InlineData("00000000-0000-8000-8000-00000000000")]
    [InlineData("00000000-0000-8000-8000-000000000000x")]
    [InlineData("{0000000-0000-8000-8000-000000000000}")]
    public void What_is_no_UUID_is_no_id(string text) => Assert.False(TransactionId.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
