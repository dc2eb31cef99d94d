using Akka.Actor;

namespace CallActors.Calls;

/// <summary>The calls of a node that is alone: their parent, which makes each when it is first told of it.</summary>
internal sealed class NodeRegion(Func<ICallStart, Props> propsOf) : UntypedActor
{
    public static Props PropsFor(Func<ICallStart, Props> propsOf) => Props.Create<NodeRegion>(propsOf);

    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    protected override void OnReceive(object message)
    {
        if (message is not ICallMessage call) return;
        var name = call.Call.ToString();
        var child = Context.Child(name);
        if (child.IsNobody())
        {
            if (message is not ICallStart start) return;
            child = Context.ActorOf(propsOf(start), name);
        }

        child.Tell(message, ActorRefs.NoSender);
    }
}
