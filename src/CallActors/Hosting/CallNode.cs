using Akka.Actor;
using CallActors.Cluster;
using CallActors.Connections;
using CallActors.Hosting;
using CallActors.Ledger;
using CallActors.Targets;

namespace CallActors;

/// <summary>The runtime of this process, as its application sees it: begin calls, look at servers. There is one in the services, and one for each actor system.</summary>
public sealed class CallNode : IExtension
{
    private volatile CallSystem? _calls;
    private volatile bool _isDraining;

    private readonly Akka.Cluster.Cluster? _cluster;

    internal CallNode(ExtendedActorSystem system) => _cluster = system.Provider is Akka.Cluster.IClusterActorRefProvider ? Akka.Cluster.Cluster.Get(system) : null;

    /// <summary>The last known state of each server and listener, by name; empty before the start.</summary>
    public IReadOnlyDictionary<string, ServerState> Servers => _calls?.States ?? new Dictionary<string, ServerState>();

    /// <summary>How many calls live on this node.</summary>
    public int Living => _calls?.Runtime.Directory.Count ?? 0;

    /// <summary>What the ledger has done, and where it stands; null where none is kept.</summary>
    public LedgerCounts? Ledger => (_calls?.Runtime.Ledger as LedgerBook)?.Counts;

    /// <summary>Whether new calls are turned away because the application stops.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>The nodes of the cluster that are up, each as <c>host:port</c>; empty without a cluster, and before the node has joined it.</summary>
    public IReadOnlyList<string> Nodes => _cluster is { IsTerminated: false } cluster
        ? [.. cluster.State.Members.Where(member => member.Status == Akka.Cluster.MemberStatus.Up).Select(member => NodeAddress.Of(member.Address).ToString())]
        : [];

    /// <summary>What the others of a cluster know this node by, as <c>host:port</c>; null without one.</summary>
    public string? Self => _cluster is { } cluster ? NodeAddress.Of(cluster.SelfAddress).ToString() : null;

    /// <summary>Whether the node is up in its cluster, or needs none.</summary>
    public bool IsUp => _calls is { Runtime.IsUp: true };

    /// <summary>Whether calls can be taken: the node is up in its cluster if it has one, a server is up, or could connect to us, and the application does not stop.</summary>
    public bool IsReady
    {
        get
        {
            if (_isDraining || _calls is not { Runtime.IsUp: true } calls) return false;
            foreach (var (_, state) in calls.States)
            {
                if (state is ServerUp or ServerListening) return true;
            }

            return false;
        }
    }

    /// <summary>The runtime of an actor system; it has started once its hosting has.</summary>
    public static CallNode Of(ActorSystem system) => system.WithExtension<CallNode, Provider>();

    /// <summary>Begins a call for the application, in <see cref="CallActor.OnStart"/> of the flow.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="argument">What the flow is given.</param>
    /// <returns>The call's key.</returns>
    /// <exception cref="InvalidOperationException">The runtime has not started.</exception>
    public CallKey Begin<TFlow>(object? argument = null)
        where TFlow : CallActor => Started.Begin<TFlow>(argument);

    /// <summary>Changes which requests lead to which flows while the runtime is at work. Each method that is new costs one frame to each server, and so does each that is gone.</summary>
    /// <param name="change">Changes the routes. It runs alone: two of them never at a time.</param>
    /// <exception cref="InvalidOperationException">The runtime has not started.</exception>
    public void Reroute(Action<CallRoutes> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Started.Reroute(change);
    }

    /// <summary>Sends a request outside dialogs and outside any call, such as a REGISTER or an OPTIONS, and waits for its final response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Whom: a SIP, SIPS or tel URI, <c>user@host</c> or <c>host:port</c>; next hop and credentials with it.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More header fields.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The target is none, or the method is one that begins a dialog or belongs into one.</exception>
    /// <exception cref="InvalidOperationException">The runtime has not started.</exception>
    public Task<RequestOutcome> SendAsync(string method, CallTarget target, MessageBody? body = null, HeaderFields? headers = null, SendOptions? options = null) =>
        Started.SendAsync(method, target, body, headers, options);

    internal CallSystem Started => _calls ?? throw new InvalidOperationException("The runtime has not started: no call can begin before the application has.");

    internal void Use(CallSystem calls) => _calls = calls;

    internal void Drain() => _isDraining = true;

    private sealed class Provider : ExtensionIdProvider<CallNode>
    {
        public override CallNode CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
