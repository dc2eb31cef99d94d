using Akka.Actor;
using Akka.Cluster;
using CallActors.Sip;
using CallActors.Transfers;

namespace CallActors.Cluster;

/// <summary>Asks a node whether it holds a dialog. Answered by <see cref="DialogFound"/>.</summary>
internal sealed record DialogSought(long Number, DialogName Dialog);

/// <summary>The call that holds the dialog; null for none.</summary>
internal sealed record DialogFound(long Number, CallKey? Call);

/// <summary>A dialog that had come from another node is over: whoever still sends on what arrives in it forgets it.</summary>
internal sealed record DialogOver(string Server, Octets Dialog);

/// <summary>Finds the call that holds a dialog of the far ends' naming, on whichever node: an attended transfer names one so. All nodes are asked at once; there is no directory to keep.</summary>
internal sealed class DialogFinder(Func<DialogName, CallKey?> here, Action<DialogOver> forget) : UntypedActor, IWithTimers
{
    /// <summary>Its name on every node.</summary>
    public const string Name = "dialog-finder";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<long, Search> _searches = [];
    private long _last;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(Func<DialogName, CallKey?> here, Action<DialogOver> forget) => Props.Create<DialogFinder>(here, forget);

    /// <summary>Asks all other nodes.</summary>
    public static async Task<CallKey?> FindAsync(IActorRef finder, DialogName dialog) =>
        (await finder.Ask<DialogFound>(new Find(dialog), Patience + Patience).ConfigureAwait(false)).Call;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Find find: Begin(find.Dialog); break;
            case DialogSought sought: Sender.Tell(new DialogFound(sought.Number, here(sought.Dialog))); break;
            case DialogFound found: Hear(found); break;
            case Spread spread: foreach (var node in Others()) node.Tell(spread.Over, Self); break;
            case DialogOver over: forget(over); break;
            case GiveUp late: Settle(late.Number, null); break;
            default: Unhandled(message); break;
        }
    }

    private void Begin(DialogName dialog)
    {
        var number = ++_last;
        var search = new Search(Sender);
        foreach (var node in Others())
        {
            search.Waiting++;
            node.Tell(new DialogSought(number, dialog), Self);
        }
        _searches[number] = search;
        if (search.Waiting == 0) Settle(number, null);
        else Timers.StartSingleTimer(number, new GiveUp(number), Patience);
    }

    private IEnumerable<ActorSelection> Others()
    {
        foreach (var member in _cluster.State.Members)
        {
            if (member.UniqueAddress == _cluster.SelfUniqueAddress || member.Status is not (MemberStatus.Up or MemberStatus.Leaving)) continue;
            yield return Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name);
        }
    }

    private void Hear(DialogFound found)
    {
        if (!_searches.TryGetValue(found.Number, out var search)) return;
        if (found.Call is not null || --search.Waiting == 0) Settle(found.Number, found.Call);
    }

    private void Settle(long number, CallKey? call)
    {
        if (!_searches.Remove(number, out var search)) return;
        Timers.Cancel(number);
        search.Asker.Tell(new DialogFound(number, call));
    }

    /// <summary>Tells all other nodes.</summary>
    public sealed record Spread(DialogOver Over) : INoSerializationVerificationNeeded;

    private sealed record Find(DialogName Dialog) : INoSerializationVerificationNeeded;

    private sealed record GiveUp(long Number) : INoSerializationVerificationNeeded;

    private sealed class Search(IActorRef asker)
    {
        public IActorRef Asker => asker;

        public int Waiting { get; set; }
    }
}
