using Akka.Actor;
using Akka.Event;

namespace CallActors.Cluster;

/// <summary>Hears what was told to an actor that is no more: a call or a shard that had just gone, or the region of a node that leaves. Such a message is for a call that nobody has.</summary>
internal sealed class LostMessages(RegionCounts counts) : UntypedActor
{
    /// <param name="counts">Told of each.</param>
    public static Props PropsFor(RegionCounts counts) => Props.Create<LostMessages>(counts);

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is DeadLetter { Message: ICallMessage lost }) counts.IsForNobody(lost);
    }
}
