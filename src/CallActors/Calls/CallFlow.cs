using Akka.Actor;

namespace CallActors.Calls;

/// <summary>A kind of call: the name it is found by again on another node, and how its actor is made.</summary>
/// <param name="Name">By default the class's full name.</param>
/// <param name="Produce">Makes the actor, its dependencies injected from the scope given.</param>
internal sealed record CallFlow(string Name, Func<IServiceProvider, CallActor> Produce);

/// <summary>Makes the actors of a flow's calls, without the expression tree that a lambda in <c>Props.Create</c> would cost on every call. Which call it is stands in the actor's name.</summary>
internal sealed class FlowProducer(CallRuntime runtime, CallFlow flow) : IIndirectActorProducer
{
    /// <inheritdoc/>
    public Type ActorType => typeof(CallActor);

    /// <inheritdoc/>
    public ActorBase Produce()
    {
        var call = flow.Produce(runtime.Services);
        if (!CallKey.TryParse(call.Me.Path.Name, out var key)) throw new InvalidOperationException($"'{call.Me.Path.Name}' is no key of a call.");
        call.Core = new CallCore(runtime, flow, key, call);
        return call;
    }

    /// <inheritdoc/>
    public void Release(ActorBase actor)
    {
    }
}
