using System.Collections.Concurrent;
using Akka.Actor;

namespace CallActors.Node.Samples;

/// <summary>Somebody watches whether a user is there: the flow of a SUBSCRIBE to <c>presence</c>. <c>app.Subscribe&lt;PresenceWatch&gt;()</c>.</summary>
/// <param name="board">Who is there.</param>
internal sealed class PresenceWatch(PresenceWatch.Board board) : CallActor
{
    private IncomingSubscription? _subscription;

    /// <inheritdoc/>
    protected override async Task OnRequest(IncomingRequest request)
    {
        if (request.Header("Event") != "presence")
        {
            await request.Respond(489);
            return;
        }

        // Refreshes, time-outs and the subscriber's goodbye are taken care of.
        _subscription = await request.Accept(TimeSpan.FromMinutes(10));
        await _subscription.Notify(Document(board.Watch(request.Called, Self)));
    }

    /// <inheritdoc/>
    protected override async Task OnTold(object message)
    {
        // A flow is an actor: whoever has its reference may tell it something, from any thread and any node.
        if (message is Board.Changed changed && _subscription is { IsOver: false } subscription) await subscription.Notify(Document(changed.Status));
    }

    /// <inheritdoc/>
    protected override Task OnEnded(CallEnded ended)
    {
        board.Forget(Self);
        return Task.CompletedTask;
    }

    private static MessageBody Document(string status) => MessageBody.Text(
        "application/pidf+xml",
        $"""<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:user"><tuple id="1"><status><basic>{status}</basic></status></tuple></presence>""");

    /// <summary>Who is there, and who wants to know.</summary>
    public sealed class Board
    {
        private readonly ConcurrentDictionary<string, string> _status = new();
        private readonly ConcurrentDictionary<IActorRef, string> _watchers = new();

        /// <summary>A user is there (<c>open</c>) or not (<c>closed</c>): every watcher is told.</summary>
        public void Set(string user, string status)
        {
            _status[user] = status;
            foreach (var (watcher, watched) in _watchers)
            {
                if (watched == user) watcher.Tell(new Changed(status));
            }
        }

        internal string Watch(string user, IActorRef watcher)
        {
            _watchers[watcher] = user;
            return _status.GetValueOrDefault(user, "closed");
        }

        internal void Forget(IActorRef watcher) => _watchers.TryRemove(watcher, out _);

        internal sealed record Changed(string Status);
    }
}
