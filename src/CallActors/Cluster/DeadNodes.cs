using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using CallActors.Connections;
using Microsoft.Extensions.Logging;

namespace CallActors.Cluster;

/// <summary>Finds out within a moment that a node's process has died, and has it removed: its calls are waited for.</summary>
/// <remarks>
/// The failure detector needs 2 to 3 s, for silence is no proof, and the split-brain resolver another. A signalling server that lost its connection to the node, or a broken connection between the nodes, proves
/// nothing either; but a port that is refused on a machine that answers does, when it is refused twice and whoever knocks reaches half of the nodes itself. Everything else is left to the resolver.
/// </remarks>
internal sealed partial class DeadNodes(ILogger logger) : UntypedActor
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<NodeAddress> _asked = [];

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
            case NodeGone gone: if (NodeAddress.TryParse(gone.Node, out var node)) Suspect(node); break;
            case DisassociatedEvent broken: Suspect(NodeAddress.Of(broken.RemoteAddress)); break;
            case ClusterEvent.UnreachableMember unreachable: Suspect(NodeAddress.Of(unreachable.Member.Address)); break;
            case Knocked knocked: Decide(knocked); break;
        }
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
        NodeFailureDetector.Declare(Context.System, member.Address);
        _cluster.Down(member.Address);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: the port of {Node} is refused, but only {Reached} of {All} nodes are within reach: the split-brain resolver decides")]
    private static partial void LogAlone(ILogger logger, NodeAddress node, int reached, int all);
}
