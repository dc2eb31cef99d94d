using System.Collections.Concurrent;
using System.Threading.Channels;
using Akka.Actor;

namespace CallActors.Benchmarks.Micro.Hops;

/// <summary>A way for a receiving thread to hand an input to a partition, which handles one input after the other.</summary>
internal interface IPartitionHop : IDisposable
{
    /// <summary>Hands one input over. It may have been handled when the call returns, or be handled later on another thread.</summary>
    void Post(object input);

    /// <summary>How many inputs have been handled.</summary>
    long Handled { get; }
}

/// <summary>The partition's work: little, so that the way to it is what is seen.</summary>
internal sealed class Partition
{
    private readonly Dictionary<int, int> _table = [];
    private long _handled;

    public long Handled => Volatile.Read(ref _handled);

    public void Handle(object input)
    {
        var key = input.GetHashCode() & 1023;
        _table.TryGetValue(key, out var count);
        _table[key] = count + 1;
        Volatile.Write(ref _handled, _handled + 1);
    }
}

/// <summary>The receiving thread takes the partition's lock and does the work itself.</summary>
internal sealed class LockHop : IPartitionHop
{
    private readonly Lock _lock = new();
    private readonly Partition _partition = new();

    public long Handled => _partition.Handled;

    public void Post(object input)
    {
        lock (_lock) _partition.Handle(input);
    }

    public void Dispose()
    {
    }
}

/// <summary>A channel with one reader of its own, awaiting on the thread pool.</summary>
internal sealed class ChannelHop : IPartitionHop
{
    private readonly Channel<object> _channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Partition _partition = new();

    public ChannelHop() => _ = Read();

    public long Handled => _partition.Handled;

    public void Post(object input) => _channel.Writer.TryWrite(input);

    public void Dispose() => _channel.Writer.Complete();

    private async Task Read()
    {
        await foreach (var input in _channel.Reader.ReadAllAsync().ConfigureAwait(false)) _partition.Handle(input);
    }
}

/// <summary>A mailbox on the thread pool: a queue, and a work item that is scheduled when the queue was empty and handles what it finds.</summary>
internal sealed class PoolMailboxHop : IPartitionHop, IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<object> _mailbox = new();
    private readonly Partition _partition = new();
    private int _scheduled;

    public long Handled => _partition.Handled;

    public void Post(object input)
    {
        _mailbox.Enqueue(input);
        Schedule();
    }

    public void Execute()
    {
        while (_mailbox.TryDequeue(out var input)) _partition.Handle(input);
        Volatile.Write(ref _scheduled, 0);
        if (!_mailbox.IsEmpty) Schedule();
    }

    public void Dispose()
    {
    }

    private void Schedule()
    {
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}

/// <summary>An Akka.NET actor: Tell, default dispatcher and mailbox.</summary>
internal sealed class AkkaHop : IPartitionHop
{
    private readonly ActorSystem _system = ActorSystem.Create("hop", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly Partition _partition = new();
    private readonly IActorRef _actor;

    public AkkaHop() => _actor = _system.ActorOf(Props.CreateBy(new Producer(_partition)));

    public long Handled => _partition.Handled;

    public void Post(object input) => _actor.Tell(input, ActorRefs.NoSender);

    public void Dispose() => _system.Terminate().Wait();

    private sealed class Producer(Partition partition) : IIndirectActorProducer
    {
        public Type ActorType => typeof(PartitionActor);

        public ActorBase Produce() => new PartitionActor(partition);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class PartitionActor(Partition partition) : UntypedActor
    {
        protected override void OnReceive(object message) => partition.Handle(message);
    }
}
