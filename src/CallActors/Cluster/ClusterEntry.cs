using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace CallActors.Cluster;

/// <summary>Brings a node into its cluster, and says how that goes.</summary>
internal sealed partial class ClusterEntry(ActorSystem system, ClusterPlace place, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(10);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>Joins the others; done when the node is up, which may be never.</summary>
    public async Task JoinAsync()
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.RegisterOnMemberUp(() => up.TrySetResult());
        IReadOnlyList<Address> joined = [];
        while (!up.Task.IsCompleted)
        {
            var seeds = await SeedsAsync(joined.Count == 0).ConfigureAwait(false);
            // Asked once, Akka goes on asking by itself.
            if (seeds.Count > 0 && !seeds.SequenceEqual(joined))
            {
                var (self, known) = (NodeAddress.Of(_cluster.SelfAddress), Text(seeds));
                LogJoining(logger, self, known);
                _cluster.JoinSeedNodes(seeds);
                joined = seeds;
            }
            else if (seeds.Count > 0 || place.SeedsFrom is not null)
            {
                var asked = Text(joined);
                LogWaiting(logger, asked);
            }
            await Task.WhenAny(up.Task, Task.Delay(SayAgain, time)).ConfigureAwait(false);
        }
    }

    // In one order on all nodes: the first of them begins the cluster when it finds no other.
    private async Task<IReadOnlyList<Address>> SeedsAsync(bool isFirst)
    {
        if (place.SeedsFrom is not { } name) return [.. place.Seeds.Select(seed => seed == place.Listen ? _cluster.SelfAddress : To(seed))];
        var found = await LookUpAsync(name.Host).ConfigureAwait(false);
        // Nodes that start together appear one after the other. Who saw itself alone would begin a cluster of its own.
        for (var same = 0; isFirst && same < 3;)
        {
            await Task.Delay(LookAgain, time).ConfigureAwait(false);
            var again = await LookUpAsync(name.Host).ConfigureAwait(false);
            same = again.Count > 0 && again.SequenceEqual(found) ? same + 1 : 0;
            found = again;
        }
        return [.. found.Select(host => To(new(host, name.Port)))];
    }

    private async Task<IReadOnlyList<string>> LookUpAsync(string name)
    {
        try
        {
            var found = await Dns.GetHostAddressesAsync(name).ConfigureAwait(false);
            return [.. found.Where(address => address.AddressFamily == AddressFamily.InterNetwork || found.Length == 1).Select(address => address.ToString()).Order(StringComparer.Ordinal)];
        }
        catch (SocketException unknown)
        {
            LogUnknown(logger, name, unknown.Message);
            return [];
        }
    }

    private static string Text(IEnumerable<Address> nodes) => string.Join(", ", nodes.Select(NodeAddress.Of));

    private Address To(NodeAddress node) => new(_cluster.SelfAddress.Protocol, system.Name, node.Host, node.Port);

    [LoggerMessage(Level = LogLevel.Information, Message = "cluster: {Self} joins {Seeds}")]
    private static partial void LogJoining(ILogger logger, NodeAddress self, string seeds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: not up yet; is one of {Seeds} there, and known by just that address?")]
    private static partial void LogWaiting(ILogger logger, string seeds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: {Name} has no address ({Reason})")]
    private static partial void LogUnknown(ILogger logger, string name, string reason);
}
