using Akka.Actor;
using CallActors.Mailboxes;

namespace CallActors.Tests.Mailboxes;

public sealed class CallMessageQueueTests
{
    private readonly CallMessageQueue _queue = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(100, 1)]
    [InlineData(7, 7)]
    public void Messages_come_out_in_the_order_in_which_they_came_in(int written, int read)
    {
        var (next, expected) = (0, 0);
        for (var round = 0; round < 200; round++)
        {
            for (var count = 0; count < written; count++) Enqueue(next++);
            for (var count = 0; count < read; count++) Assert.Equal(expected++, Dequeue());
            Assert.Equal(next - expected, _queue.Count);
        }

        while (expected < next) Assert.Equal(expected++, Dequeue());
        Assert.False(_queue.HasMessages);
        Assert.False(_queue.TryDequeue(out _));
    }

    [Fact]
    public void What_is_left_is_dead_letters()
    {
        var dead = new CallMessageQueue();
        for (var count = 0; count < 10; count++) Enqueue(count);
        _queue.CleanUp(ActorRefs.Nobody, dead);
        Assert.Equal((0, 10), (_queue.Count, dead.Count));
    }

    [Fact]
    public async Task Whatever_many_threads_write_at_once_each_ones_messages_stay_in_order()
    {
        const int Writers = 3, Each = 20_000;
        var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var count = 0; count < Each; count++) Enqueue(writer * Each + count);
        })).ToArray();
        var next = Enumerable.Range(0, Writers).Select(writer => writer * Each).ToArray();
        var read = await Task.Run(() =>
        {
            var taken = 0;
            for (var clock = System.Diagnostics.Stopwatch.StartNew(); taken < Writers * Each && clock.Elapsed < TimeSpan.FromMinutes(1);)
            {
                if (!_queue.TryDequeue(out var envelope))
                {
                    Thread.Yield();
                    continue;
                }

                var number = (int)envelope.Message;
                Assert.Equal(next[number / Each]++, number);
                taken++;
            }

            return taken;
        });
        await Task.WhenAll(writing);
        Assert.Equal(Writers * Each, read);
    }

    private void Enqueue(int number) => _queue.Enqueue(ActorRefs.Nobody, new Envelope(number, ActorRefs.NoSender));

    private int Dequeue()
    {
        Assert.True(_queue.TryDequeue(out var envelope));
        return (int)envelope.Message;
    }
}
