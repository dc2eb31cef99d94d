using System.Collections.Concurrent;
using Akka.Actor;

namespace CallActors.Calls;

/// <summary>The calls that live on this node. A message for one of them needs no region.</summary>
internal sealed class CallDirectory
{
    private readonly ConcurrentDictionary<CallKey, IActorRef> _calls = new();

    /// <summary>How many calls live here.</summary>
    public int Count => _calls.Count;

    public void Add(CallKey key, IActorRef call) => _calls[key] = call;

    public void Remove(CallKey key) => _calls.TryRemove(key, out _);

    /// <summary>The call's actor is no more, for whatever reason; its successor may be here already.</summary>
    public void Remove(CallKey key, IActorRef call) => _calls.TryRemove(new(key, call));

    public bool TryFind(CallKey key, out IActorRef call) => _calls.TryGetValue(key, out call!);

    /// <summary>The calls that live here, each of those that go on meanwhile once.</summary>
    public IEnumerable<IActorRef> All()
    {
        foreach (var (_, call) in _calls) yield return call;
    }

    /// <summary>Tells all calls that live here.</summary>
    public void TellAll(object message)
    {
        foreach (var (_, call) in _calls) call.Tell(message, ActorRefs.NoSender);
    }
}
