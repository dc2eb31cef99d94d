using Akka.Actor;
using Akka.Event;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace CallActors.TestKit;

/// <summary>Takes what an actor system in virtual time logs as a warning or worse, since it has no loggers.</summary>
internal sealed class ActorFaults(NetLog log) : UntypedActor
{
    /// <summary>How one is made.</summary>
    public static Props PropsFor(NetLog log) => Props.CreateBy(new Maker(log));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is LogEvent entry) log.Write(entry.LogSource, entry is Error ? LogLevel.Error : LogLevel.Warning, $"{entry.Message}", entry.Cause);
    }

    private sealed class Maker(NetLog log) : IIndirectActorProducer
    {
        public Type ActorType => typeof(ActorFaults);

        public ActorBase Produce() => new ActorFaults(log);

        public void Release(ActorBase actor)
        {
        }
    }
}
