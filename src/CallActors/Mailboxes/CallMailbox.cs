using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace CallActors.Mailboxes;

/// <summary>The mailboxes of calls; named in reference.conf.</summary>
internal sealed class CallMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<CallMessageQueue>
{
    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new CallMessageQueue();
}

/// <summary>What waits for a call: a ring that is as small as a call's few messages.</summary>
/// <remarks>Akka's own begins with a kilobyte for many writers at once. A call has two or three, and lives for minutes with nothing waiting.</remarks>
internal sealed class CallMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private const int Least = 4;

    // More room than this is given back once everything is taken.
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private Envelope[] _ring = [];
    private int _first;
    private int _count;

    /// <inheritdoc/>
    public bool HasMessages => Volatile.Read(ref _count) > 0;

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (_gate)
        {
            if (_count == _ring.Length) Grow();
            _ring[(_first + _count) & (_ring.Length - 1)] = envelope;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope)
    {
        lock (_gate)
        {
            envelope = default;
            if (_count == 0) return false;
            envelope = _ring[_first];
            _ring[_first] = default;
            _first = (_first + 1) & (_ring.Length - 1);
            Volatile.Write(ref _count, _count - 1);
            if (_count == 0 && _ring.Length > Kept) (_ring, _first) = ([], 0);
            return true;
        }
    }

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
    }

    // The length is a power of two.
    private void Grow()
    {
        var larger = new Envelope[Math.Max(Least, 2 * _ring.Length)];
        _ring.AsSpan(_first).CopyTo(larger);
        _ring.AsSpan(0, _first).CopyTo(larger.AsSpan(_ring.Length - _first));
        (_ring, _first) = (larger, 0);
    }
}
