using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using CallActors.Connections;
using Microsoft.Extensions.Logging;

namespace CallActors.Cluster;

/// <summary>Finds out within a moment that a node's process has died, and has it removed: its calls are waited for.</summary>
/// <remarks>
/// The failure detector needs 2 to 3 s, for silence is no proof, and the split-brain resolver another. A signalling server that lost its connection to the node, or a broken connection between the nodes, proves
/// nothing either; but a port that is refused on a machine that answers does, when it is refused twice and whoever knocks reaches half of the nodes itself. And a node that has been silent for as long to a signalling
/// server as to the other nodes has two witnesses: where more than half of the nodes are reached, nobody waits for the resolver. Everything else is left to it.
/// </remarks>
internal sealed partial class DeadNodes(ILogger logger) : UntypedActor
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(10);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<NodeAddress> _asked = [];

    // Nodes of this cluster that a signalling server lost, and when; what it said is old after a while.
    private readonly Dictionary<NodeAddress, long> _lost = [];

    public static Props PropsFor(ILogger logger) => Props.Create<DeadNodes>(logger);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeGone));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeGone gone: if (NodeAddress.TryParse(gone.Node, out var node)) Lost(node); break;
            case DisassociatedEvent broken: Suspect(NodeAddress.Of(broken.RemoteAddress)); break;
            case ClusterEvent.UnreachableMember unreachable: Silent(NodeAddress.Of(unreachable.Member.Address)); break;
            case Knocked knocked: Decide(knocked); break;
        }
    }

    private void Lost(NodeAddress node)
    {
        if (Find(node) is null) return;
        foreach (var (old, at) in _lost)
        {
            if (Stopwatch.GetElapsedTime(at) > Old) _lost.Remove(old);
        }

        _lost[node] = Stopwatch.GetTimestamp();
        Witnessed(node);
        Suspect(node);
    }

    private void Silent(NodeAddress node)
    {
        Witnessed(node);
        Suspect(node);
    }

    // Silent to the nodes and to a signalling server: it stands still, or is cut off from all of us.
    private void Witnessed(NodeAddress node)
    {
        if (!_lost.TryGetValue(node, out var at) || Stopwatch.GetElapsedTime(at) > Old || Find(node) is not { } member) return;
        var unreachable = _cluster.State.Unreachable;
        if (!unreachable.Contains(member)) return;
        var reached = Members().Count(other => !unreachable.Contains(other));
        var all = Members().Count();
        if (reached * 2 <= all) return;
        _lost.Remove(node);
        LogSilent(logger, node);
        Remove(member);
    }

    private void Remove(Member member)
    {
        NodeFailureDetector.Declare(Context.System, member.Address);
        _cluster.Down(member.Address);
    }

    private void Suspect(NodeAddress node)
    {
        if (Find(node) is null || !_asked.Add(node)) return;
        NodeAddress[] others = [.. Members().Select(member => NodeAddress.Of(member.Address)).Where(other => other != node && other != NodeAddress.Of(_cluster.SelfAddress))];
        KnockAsync(node, others).PipeTo(Self, Self);
    }

    private static async Task<Knocked> KnockAsync(NodeAddress node, NodeAddress[] others)
    {
        if (await PortProbe.KnockAsync(node).ConfigureAwait(false) != PortAnswer.Refused) return new(node, false, 0);
        var answers = Task.WhenAll(others.Select(PortProbe.KnockAsync));
        await Task.Delay(Between).ConfigureAwait(false);
        var isRefused = await PortProbe.KnockAsync(node).ConfigureAwait(false) == PortAnswer.Refused;
        return new(node, isRefused, (await answers.ConfigureAwait(false)).Count(answer => answer == PortAnswer.Open));
    }

    private void Decide(Knocked knocked)
    {
        _asked.Remove(knocked.Node);
        if (!knocked.IsRefused || Find(knocked.Node) is not { } member) return;
        var all = Members().Count();
        if ((knocked.Reached + 1) * 2 < all)
        {
            LogAlone(logger, knocked.Node, knocked.Reached + 1, all);
            return;
        }
        LogDead(logger, knocked.Node);
        Remove(member);
    }

    // A node that leaves in good order closes its port as well, and is on its way out anyway.
    private Member? Find(NodeAddress node) => node == NodeAddress.Of(_cluster.SelfAddress) ? null : Members().FirstOrDefault(member => NodeAddress.Of(member.Address) == node);

    private IEnumerable<Member> Members() => _cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.WeaklyUp);

    /// <summary>The knocking is over.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="IsRefused">Whether it was refused both times.</param>
    /// <param name="Reached">How many of the others were reached.</param>
    private sealed record Knocked(NodeAddress Node, bool IsRefused, int Reached) : INoSerializationVerificationNeeded;

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: the process of {Node} is dead: its port is refused")]
    private static partial void LogDead(ILogger logger, NodeAddress node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: {Node} is silent to a signalling server and to the other nodes: it is taken for dead")]
    private static partial void LogSilent(ILogger logger, NodeAddress node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: the port of {Node} is refused, but only {Reached} of {All} nodes are within reach: the split-brain resolver decides")]
    private static partial void LogAlone(ILogger logger, NodeAddress node, int reached, int all);
}
