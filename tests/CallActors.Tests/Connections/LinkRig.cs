using System.Net;
using Akka.Actor;
using Akka.TestKit;
using CallActors.Connections;
using CallActors.Net;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Tests.Connections;

/// <summary>Links in virtual time on a network in memory: one thread, two clocks that go together.</summary>
public abstract class LinkRig : Akka.TestKit.Xunit2.TestKit
{
    private protected static readonly IPAddress Here = IPAddress.Parse("10.0.0.20");
    private protected static readonly IPAddress There = IPAddress.Parse("10.0.0.9");
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    protected LinkRig()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"\nakka.loglevel = WARNING")
    {
        Network = new MemoryNetwork(1, Time);
    }

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private protected MemoryNetwork Network { get; }

    private protected Traffic Traffic { get; init; } = new();

    private protected LogLines Written { get; } = new();

    private protected List<ServerState> States { get; } = [];

    private protected static SignallingServerOptions Options => new() { Name = "s", Host = There.ToString(), Tags = ["a", "b"] };

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private protected void Pass(double seconds)
    {
        // What waits for virtual time goes on within the callback, on this thread; the context of the test's method would send it to another.
        SynchronizationContext.SetSynchronizationContext(null);
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= s_step)
        {
            Clock.Advance(s_step);
            Time.Advance(s_step);
        }
    }

    /// <summary>A listener for a server that was made up, at the server's address.</summary>
    private protected IStreamListener Listen(FakeServer server, NetProtocol protocol = NetProtocol.Tcp, int port = 9022) =>
        Network.At(There).ListenAsync(new IPEndPoint(There, port), protocol, StreamOptions.Default, server.Accept).GetAwaiter().GetResult();

    private protected IActorRef Link(SignallingServerOptions? options = null, params string[] methods) =>
        ActorOfAsTestActorRef<ServerLink>(ServerLink.PropsFor(options ?? Options, Network.At(Here), Time, Traffic, methods, Written, States.Add));

    /// <summary>Lets the longest time pass that a link may need to find a server again: an attempt that is about to fail, and the longest wait.</summary>
    private protected void PassUntilTriedAgain() => Pass(16);

    /// <summary>Stops an actor, and waits: another thread than ours does it.</summary>
    private protected void Stop(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
    }

    /// <summary>Nothing comes from there any more, nor goes there; nobody is told.</summary>
    private protected void Silence(bool isSilent = true)
    {
        Network.SetLink(Here, There, new LinkOptions { IsDown = isSilent });
        Network.SetLink(There, Here, new LinkOptions { IsDown = isSilent });
    }
}
