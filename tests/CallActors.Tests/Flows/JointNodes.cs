using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Hosting;
using CallActors.Ledger;
using CallActors.Serialization;
using CallActors.TestKit;
using CallActors.Transfers;

namespace CallActors.Tests.Flows;

/// <summary>Nodes of one net whose calls reach each other, in virtual time: every message between them goes as the bytes that a cluster would carry. Each has the shards of its own number.</summary>
internal sealed class JointNodes
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<ushort, int> _owners = [];
    private readonly List<ICallMessage> _held = [];
    private readonly Dictionary<int, bool> _without = [];

    /// <summary>What has passed between nodes.</summary>
    public List<ICallMessage> Crossed { get; } = [];

    /// <summary>Which messages between nodes wait for <see cref="Release"/>; null for none.</summary>
    public Func<ICallMessage, bool>? Holds { get; set; }

    /// <summary>Lets go what was held; what is not to arrive at all is lost on its way.</summary>
    public void Release(Func<ICallMessage, bool>? arrives = null)
    {
        Holds = null;
        foreach (var message in _held)
        {
            if (arrives?.Invoke(message) != false) Carry(message);
        }

        _held.Clear();
    }

    /// <summary>Makes a node one of them; it serves nothing yet.</summary>
    public TestNode Join(TestNode node)
    {
        node.Home = (system, props, counts, runtime) =>
        {
            var here = new ShardsHere(RegionOptions.DefaultShards, counts, 0, static () => true) { Region = new Way(this, ((ExtendedActorSystem)system).Provider) };
            var number = (ushort)_nodes.Count;
            var region = new Node(this, number, system.ActorOf(CallsActor.PropsFor(system, props, counts, here, number), "calls"), here, runtime);
            _nodes.Add(region);
            return new CallHome(region, NoLedger.Instance);
        };
        return node;
    }

    /// <summary>The shard of a node goes to another, and its calls with it, once each of them rests.</summary>
    public void Moves(ushort shard, int to, TestNode from)
    {
        Prepares(from);
        _owners[shard] = to;
        from.Runtime.Runtime.Directory.TellAll(MoveCall.Instance);
    }

    /// <summary>From now on a shard is another node's: the one that had it is lost.</summary>
    public void GivesTo(ushort shard, int node) => _owners[shard] = node;

    /// <summary>From now on no call can begin on a node, which knows that, or learns it when one is about to.</summary>
    public void TakesPlaceOf(int node, bool isKnown) => _without[node] = isKnown;

    /// <summary>The calls of a node are asked to come to rest.</summary>
    public static void Prepares(TestNode node) => node.Runtime.Runtime.Directory.TellAll(PrepareMove.Instance);

    private int OwnerOf(ushort shard) => _owners.GetValueOrDefault(shard, shard);

    private void Carry(ICallMessage message)
    {
        if (Holds?.Invoke(message) == true)
        {
            _held.Add(message);
            return;
        }

        if (Forwarded.Of(message) is not { } forwarded) return;
        var read = (ICallMessage)MessageFormats.Read(MessageFormats.Write(forwarded), MessageFormats.ManifestOf(forwarded));
        Crossed.Add(read);
        _nodes[OwnerOf(read.Call.Shard)].Region.Tell(read, ActorRefs.NoSender);
    }

    /// <summary>What the parent of calls that have gone sends after them.</summary>
    private sealed class Way(JointNodes all, IActorRefProvider provider) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "way";

        public override IActorRefProvider Provider => provider;

        protected override void TellInternal(object message, IActorRef sender) => all.Carry((ICallMessage)message);
    }

    private sealed class Node(JointNodes all, ushort number, IActorRef own, ShardsHere here, CallRuntime runtime) : ICallRegion
    {
        private const ushort Nowhere = 255;

        public IActorRef Region => own;

        public bool HasPlace => !all._without.GetValueOrDefault(number);

        public bool IsUp => true;

        public ushort NextShard() => all._without.ContainsKey(number) ? Nowhere : number;

        public void Begin(ICallStart start) => here.Begin(start);

        public void Leave(TimeSpan limit)
        {
        }

        public void Deliver(ICallMessage message)
        {
            if (all.OwnerOf(message.Call.Shard) == number) own.Tell(message, ActorRefs.NoSender);
            else all.Carry(message);
        }

        public Task<CallKey?> FindDialog(DialogName dialog)
        {
            foreach (var node in all._nodes)
            {
                if (node != this && node.Find(dialog) is { } found) return Task.FromResult<CallKey?>(found);
            }

            return Task.FromResult<CallKey?>(null);
        }

        public void Forget(DialogOver over)
        {
            foreach (var node in all._nodes)
            {
                if (node != this) node.Drop(over);
            }
        }

        private void Drop(DialogOver over) => runtime.ForgetHere(over);

        private CallKey? Find(DialogName dialog) => runtime.FindDialogHere(dialog);
    }
}
