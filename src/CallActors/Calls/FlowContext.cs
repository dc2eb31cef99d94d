using Akka.Actor;

namespace CallActors.Calls;

/// <summary>Brings every continuation of a flow back into its call's mailbox: single-threaded like any actor, and never blocking it.</summary>
internal sealed class FlowContext(IActorRef call) : SynchronizationContext
{
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => call.Tell(new Continuation(d, state), ActorRefs.NoSender);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: waiting for a mailbox would block it.</exception>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current != this) throw new NotSupportedException("A call's mailbox cannot be waited for.");
        d(state);
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}

/// <summary>The rest of a flow after an await.</summary>
internal sealed class Continuation(SendOrPostCallback callback, object? state)
{
    public void Run() => callback(state);
}
