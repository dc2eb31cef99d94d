using CallActors.Presence;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>What watchers of dialogs and collectors of server records are told: row N34 of the conformance list.</summary>
public sealed class DialogStateTests : IDisposable
{
    private readonly TestNet _net = new(new TestNetOptions { Server = options => options with { Cdrs = true } });
    private readonly Watcher _watcher = new();
    private readonly Phone _alice;
    private readonly Phone _bob;

    public DialogStateTests() => (_alice, _bob) = (_net.Phone("alice"), _net.Phone("bob"));

    public void Dispose() => _net.Dispose();

    private sealed class Watcher : IDialogStateSink, IServerRecordSink
    {
        public List<DialogStateChanged> All { get; } = [];

        public List<ServerRecord> Records { get; } = [];

        public void Write(DialogStateChanged change) => All.Add(change);

        public void Write(ServerRecord record) => Records.Add(record);

        public IEnumerable<DialogStateChanged> Of(DialogDirection direction) => All.Where(change => change.Dialog.Direction == direction);

        public string States(DialogDirection direction) => string.Join(' ', Of(direction).Select(change => change.State));
    }

    private sealed class Desk : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            if (call.Called == "nobody")
            {
                await call.Reject(404);
                return;
            }

            await call.Ring();
            if (call.Called == "slow") await call.Ended;
            else await call.Answer(call.Offer);
        }
    }

    private sealed class Between : CallActor
    {
        protected override Task OnInvite(IncomingCall call) => call.BridgeTo("sip:bob@bob");
    }

    private TestNode Serve<TFlow>()
        where TFlow : CallActor => _net.Serves(app => app.Invite<TFlow>(), services => services.AddSingleton<IDialogStateSink>(_watcher).AddSingleton<IServerRecordSink>(_watcher));

    [Fact]
    public async Task N34_a_whole_call_of_two_legs()
    {
        var node = Serve<Between>();
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Rings();
        await call.Receives(180);
        await incoming.Answers();
        await call.Receives(200).Acks();
        await incoming.ReceivesAck();
        await call.HangsUp();
        await incoming.ReceivesBye();
        node.AssertNothingLeft();

        Assert.Equal("Trying Early Confirmed Terminated", _watcher.States(DialogDirection.Initiator));
        Assert.Equal("Trying Early Confirmed Terminated", _watcher.States(DialogDirection.Recipient));
        var caller = _watcher.Of(DialogDirection.Initiator).ToList();
        Assert.All(caller, change => Assert.Equal((call.LocalTag, call.CallId, $"sip:alice@{_net.Sip.Host}"), (change.LocalTag, change.Dialog.CallId, change.Dialog.User)));
        Assert.Equal(["", call.RemoteTag, call.RemoteTag, call.RemoteTag], caller.Select(change => change.RemoteTag));
        Assert.Equal(DialogEnding.LocalBye, caller[^1].Ending);
        var callee = _watcher.Of(DialogDirection.Recipient).ToList();
        Assert.All(callee, change => Assert.Equal((incoming.RemoteTag, incoming.CallId, "sip:bob@bob"), (change.RemoteTag, change.Dialog.CallId, change.Dialog.User)));
        Assert.Equal(["", incoming.LocalTag, incoming.LocalTag, incoming.LocalTag], callee.Select(change => change.LocalTag));
        Assert.Equal(DialogEnding.RemoteBye, callee[^1].Ending);
    }

    [Fact]
    public async Task N34_a_caller_who_gives_up()
    {
        var node = Serve<Between>();
        var call = await _alice.Invites("bob");
        var incoming = await _bob.ReceivesInvite().Rings();
        await call.Receives(180);
        await call.Cancels();
        await incoming.ReceivesCancel();
        await call.Receives(487);
        node.AssertNothingLeft();
        Assert.Equal("Trying Early Cancelled", _watcher.States(DialogDirection.Initiator));
        Assert.Equal("Trying Early Cancelled", _watcher.States(DialogDirection.Recipient));
    }

    [Fact]
    public async Task N34_a_call_that_is_refused()
    {
        var node = Serve<Between>();
        var call = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Rejects(486);
        await call.Receives(486);
        node.AssertNothingLeft();
        Assert.Equal("Trying Rejected", _watcher.States(DialogDirection.Initiator));
        Assert.Equal("Trying Rejected", _watcher.States(DialogDirection.Recipient));
        Assert.All(_watcher.All.Where(change => change.IsOver), change => Assert.Equal((486, DialogEnding.Rejected), (change.Status, change.Ending)));
    }

    [Fact]
    public async Task N34_a_caller_whom_we_refuse()
    {
        var node = Serve<Desk>();
        await _alice.Invites("nobody").Receives(404);
        node.AssertNothingLeft();
        Assert.Equal("Trying Rejected", _watcher.States(DialogDirection.Initiator));
        Assert.Equal(404, _watcher.All[^1].Status);
    }

    [Fact]
    public async Task N34_a_server_that_is_lost()
    {
        var node = Serve<Desk>();
        var call = await _alice.Invites("desk").Receives(180).Receives(200).Acks();
        node.Silence();
        _net.RunUntil(() => node.Calls == 0, TimeSpan.FromMinutes(3));
        Assert.Equal("Trying Early Confirmed Terminated", _watcher.States(DialogDirection.Initiator));
        Assert.Equal((DialogEnding.Error, call.RemoteTag), (_watcher.All[^1].Ending, _watcher.All[^1].RemoteTag));

        _watcher.All.Clear();
        node.Restore();
        _net.RunUntil(() => node.IsUp, TimeSpan.FromMinutes(1));
        await _alice.Invites("slow").Receives(180);
        node.Cut();
        _net.RunUntil(() => node.Calls == 0);
        Assert.Equal("Trying Early Terminated", _watcher.States(DialogDirection.Initiator));
    }

    private sealed class Broken : IDialogStateSink
    {
        public void Write(DialogStateChanged change) => throw new InvalidOperationException("no lamp today");
    }

    [Fact]
    public async Task A_watcher_that_throws_harms_no_call()
    {
        var node = _net.Serves(app => app.Invite<Desk>(), services => services.AddSingleton<IDialogStateSink, Broken>().AddSingleton<IDialogStateSink>(_watcher));
        var call = await _alice.Invites("desk").Receives(180).Receives(200).Acks();
        await call.HangsUp();
        node.AssertNothingLeft();
        Assert.Equal("Trying Early Confirmed Terminated", _watcher.States(DialogDirection.Initiator));
        // Nobody collects server records, so no server is asked for any.
        Assert.Empty(_watcher.Records);
    }

    [Fact]
    public async Task Server_records_are_typed()
    {
        var node = Serve<Desk>();
        var call = await _alice.Invites("desk").Receives(180).Receives(200).Acks();
        await call.HangsUp();
        await _alice.Invites("nobody").Receives(404);
        node.AssertNothingLeft();
        Assert.Equal(["Attempt", "Start", "Stop", "Attempt", "Stop"], _watcher.Records.Select(record => record.GetType().Name));
        Assert.Equal(Control.Events.CdrRole.Uas, Assert.IsType<ServerRecord.Start>(_watcher.Records[1]).Role);
        Assert.Equal(Control.Events.CdrReason.NormalRelease, Assert.IsType<ServerRecord.Stop>(_watcher.Records[2]).Reason);
        Assert.Equal(Control.Events.CdrReason.CallRejected, Assert.IsType<ServerRecord.Stop>(_watcher.Records[4]).Reason);
        Assert.All(_watcher.Records, record => Assert.Equal(("server", false), (record.Server, (_net.Time.GetUtcNow() - record.Time).Duration() > TimeSpan.FromMinutes(10))));
        Assert.Equal([false, true, false, false, true], _watcher.Records.Select(record => record.IsSent));
    }
}
