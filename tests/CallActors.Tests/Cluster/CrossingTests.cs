using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Tests.Ledger;
using CallActors.Transfers;

namespace CallActors.Tests.Cluster;

/// <summary>What passes between the nodes of a running cluster.</summary>
public sealed class CrossingTests
{
    /// <summary>Nothing finds Akka's serializer for everything: what has no format of its own is an error that is heard.</summary>
    private const string Strict = """
        akka {
          loglevel = WARNING
          actor.serialization-bindings { "System.Object" = callactors }
        }
        """;

    [Fact]
    public async Task Nothing_that_crosses_falls_back_to_a_serializer_for_everything()
    {
        await using var a = await RegionNode.InCluster(hocon: Strict);
        await using var b = await RegionNode.InCluster(a, hocon: Strict);
        var said = new ConcurrentQueue<string>();
        foreach (var node in new[] { a, b }) node.System.EventStream.Subscribe(node.System.ActorOf(Props.Create<Listener>(said)), typeof(LogEvent));
        b.Sharded.Finder = b.System.ActorOf(DialogFinder.PropsFor(_ => null, _ => { }), DialogFinder.Name);
        var over = new ConcurrentQueue<DialogOver>();
        var known = new DialogName("c@h", "t", "f");
        a.Sharded.Finder = a.System.ActorOf(DialogFinder.PropsFor(name => name == known ? Snapshots.Key(7) : null, over.Enqueue), DialogFinder.Name);
        await LedgerNode.Until(() => a.Sharded.Here.Count >= 16 && b.Sharded.Here.Count >= 16, "both have their shards");

        var key = CallKey.New(a.Region.NextShard());
        b.Region.Deliver(RegionNode.Begin(key));
        b.Region.Deliver(RegionNode.Say(key, 5));
        b.Region.Deliver(new Forwarded(key, "s", "t", "d", "INFO sip:a SIP/2.0"u8.ToArray(), false));
        await a.HasHeard(heard => heard is Forwarded { IsServers: false, Request.Length: 18 });
        Assert.Equal(Snapshots.Key(7), await b.Region.FindDialog(known));
        Assert.Null(await b.Region.FindDialog(known with { CallId = "other" }));
        Assert.Null(await a.Region.FindDialog(known));
        b.Region.Forget(new DialogOver("s", "d"));
        await LedgerNode.Until(() => over.Count == 1, "the other node forgets");

        // What speaks of things of this node alone does not leave it.
        b.Region.Deliver(new CommandLost(key, null!, "lost"));
        b.Region.Deliver(new ConnectionLost(key, null!, "lost"));
        await LedgerNode.Until(() => b.Counts.Nobody == 2, "both are counted");

        Assert.DoesNotContain(said, IsComplaint);
        // And one that nobody wrote a format for would be heard of.
        b.System.ActorSelection($"{a.Address}/user/{DialogFinder.Name}").Tell(new Unregistered("x"));
        await LedgerNode.Until(() => said.Any(IsComplaint), "it is refused");
        said.Clear();

        await CoordinatedShutdown.Get(a.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(TimeSpan.FromSeconds(60));
        await LedgerNode.Until(() => b.Counts.Live == 1, "the call lives on the other node");
        Assert.DoesNotContain(said, IsComplaint);
    }

    [Fact]
    public void Every_message_for_a_call_can_travel_or_stays()
    {
        var formats = CallActors.Serialization.MessageFormats.All.Select(format => format.Type).ToHashSet();
        foreach (var type in typeof(ICallMessage).Assembly.GetTypes())
        {
            if (!typeof(ICallMessage).IsAssignableFrom(type) || type.IsAbstract) continue;
            // The one that changes its form on the way.
            if (type == typeof(Arrived)) continue;
            var message = (ICallMessage)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            if (Forwarded.Of(message) is { } travels) Assert.Contains(travels.GetType(), formats);
        }
    }

    private static bool IsComplaint(string line) => line.Contains("erializ", StringComparison.Ordinal);

    private sealed record Unregistered(string Text);

    private sealed class Listener(ConcurrentQueue<string> said) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is LogEvent entry) said.Enqueue($"{entry}");
        }
    }
}
