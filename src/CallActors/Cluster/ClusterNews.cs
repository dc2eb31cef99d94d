using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace CallActors.Cluster;

/// <summary>Writes what becomes of the cluster's nodes to the log, as an operator wants to read it.</summary>
internal sealed partial class ClusterNews(ILogger logger) : UntypedActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<UniqueAddress> _up = [];

    public static Props PropsFor(ILogger logger) => Props.Create<ClusterNews>(logger);

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberUp up:
                if (_up.Add(up.Member.UniqueAddress)) Count(up.Member, "joined");
                break;
            case ClusterEvent.MemberRemoved removed:
                if (_up.Remove(removed.Member.UniqueAddress)) Count(removed.Member, removed.PreviousStatus == MemberStatus.Down ? "is dead" : "left");
                break;
            case ClusterEvent.MemberLeft leaves: Change(leaves.Member, "is leaving"); break;
            case ClusterEvent.UnreachableMember away: Change(away.Member, "does not answer"); break;
            case ClusterEvent.ReachableMember back: Change(back.Member, "answers again"); break;
        }
    }

    private void Count(Member member, string what)
    {
        var node = NodeAddress.Of(member.Address);
        LogCount(logger, _up.Count, node, what);
    }

    private void Change(Member member, string what)
    {
        var node = NodeAddress.Of(member.Address);
        LogChange(logger, node, what);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "cluster: {Count} nodes up ({Node} {Change})")]
    private static partial void LogCount(ILogger logger, int count, NodeAddress node, string change);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster: {Node} {Change}")]
    private static partial void LogChange(ILogger logger, NodeAddress node, string change);
}
