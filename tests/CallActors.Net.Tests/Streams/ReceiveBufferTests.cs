using CallActors.Net.Streams;

namespace CallActors.Net.Tests.Streams;

public sealed class ReceiveBufferTests
{
    [Fact]
    public void Whatever_arrives_and_is_consumed_in_whatever_pieces_is_the_same_bytes()
    {
        var dice = new Random(11);
        var buffer = new ReceiveBuffer(50_000);
        var (written, read) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var room = buffer.Room().Span;
            var count = Math.Min(room.Length, dice.Next(1, 3000));
            for (var j = 0; j < count; j++) room[j] = (byte)(written++ * 31);
            buffer.Arrived(count);

            var consumed = Math.Min(buffer.Unconsumed.Length, dice.Next(0, 3100));
            for (var j = 0; j < consumed; j++) Assert.Equal((byte)(read++ * 31), buffer.Unconsumed[j]);
            buffer.Consume(consumed);
            if (dice.Next(10) == 0) buffer.Rest();
        }

        Assert.Equal(written - read, buffer.Unconsumed.Length);
    }

    [Fact]
    public void It_takes_exactly_its_bound()
    {
        var buffer = new ReceiveBuffer(40_000);
        var taken = 0;
        while (buffer.Room() is { IsEmpty: false } room)
        {
            buffer.Arrived(room.Length);
            taken += room.Length;
        }

        Assert.Equal(40_000, taken);
        buffer.Consume(1);
        Assert.False(buffer.Room().IsEmpty);
    }

    [Fact]
    public void At_rest_it_holds_an_array_only_for_what_is_left_over()
    {
        var buffer = new ReceiveBuffer(40_000);
        Assert.False(buffer.IsHolding);
        buffer.Room();
        buffer.Arrived(10);
        buffer.Consume(9);
        buffer.Rest();
        Assert.True(buffer.IsHolding);

        buffer.Consume(1);
        buffer.Rest();
        Assert.False(buffer.IsHolding);
    }
}
