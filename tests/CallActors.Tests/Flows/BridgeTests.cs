using CallActors.Headers;
using CallActors.TestKit;

namespace CallActors.Tests.Flows;

/// <summary>Calls that are connected with somebody else: rows T28 to T30, T32, T33, T35, T36 and T42 of the conformance list.</summary>
public sealed class BridgeTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;
    private Bridge? _bridge;

    public BridgeTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task T28_the_offer_of_the_200_goes_to_the_caller_and_the_answer_of_the_ack_to_the_callee()
    {
        var node = _net.Answers(Connects());
        var alice = await _alice.Invites("bob", PhoneBody.None);
        var bob = await _bob.ReceivesInvite();
        Assert.True(bob.Body.IsEmpty);
        await bob.Answers();
        await alice.Receives(200);
        Assert.Equal(_bob.Sdp.ToString(), alice.Body.ToString());
        // The callee is acknowledged when its answer is there, and not before.
        _net.Run(TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(_net.Ladder.Requests("ACK"), message => message.To == "bob");
        await alice.Acks(_alice.Sdp);
        await bob.ReceivesAck();
        Assert.Equal(_alice.Sdp.ToString(), bob.Invite.Ack!.BodyOf().ToString());
        Assert.True(_bridge!.IsConnected);
        Assert.Equal((_bob.Sdp.ToString(), _alice.Sdp.ToString()), (_bridge.A.LocalSdp, _bridge.A.RemoteSdp));
        Assert.Equal((_alice.Sdp.ToString(), _bob.Sdp.ToString()), (_bridge.B!.LocalSdp, _bridge.B.RemoteSdp));
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T28_an_ack_without_an_answer_ends_both()
    {
        var node = _net.Answers(Connects());
        var alice = await _alice.Invites("bob", PhoneBody.None);
        var bob = await _bob.ReceivesInvite().Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck().ReceivesBye();
        await alice.ReceivesBye();
        node.AssertNothingLeft();
        Assert.False(_bridge!.IsConnected);
    }

    [Fact]
    public async Task T28_a_caller_who_never_acknowledges_an_offer_ends_both()
    {
        var node = _net.Answers(Connects());
        var alice = await _alice.Invites("bob", PhoneBody.None);
        var bob = await _bob.ReceivesInvite().Answers();
        // Both sides of the offer give up at the same moment: the callee may have done so before our ACK.
        await alice.Receives(200).ReceivesBye();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
        Assert.False(_bridge!.IsConnected);
    }

    [Fact]
    public async Task T28_a_callee_who_answers_without_an_offer_is_connected_all_the_same()
    {
        var node = _net.Answers(Connects());
        var alice = await _alice.Invites("bob", PhoneBody.None);
        var bob = await _bob.ReceivesInvite().Answers(PhoneBody.None);
        await bob.ReceivesAck();
        await alice.Receives(200).Acks();
        Assert.True(_bridge!.IsConnected);
        await alice.HangsUp();
        await bob.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T29_two_phones_are_connected_and_either_hangs_up(bool callerFirst)
    {
        var node = _net.Answers(Connects());
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Rings();
        Assert.Equal(_alice.Sdp.ToString(), bob.Body.ToString());
        await alice.Receives(180);
        Assert.True(alice.Body.IsEmpty);
        await bob.Answers();
        await alice.Receives(200).Acks();
        Assert.Equal(_bob.Sdp.ToString(), alice.Body.ToString());
        await bob.ReceivesAck();
        Assert.Equal((_bridge!.B, _bridge.A), ((OutgoingCall)_bridge.A.Peer!, (IncomingCall)_bridge.B!.Peer!));
        Assert.NotEqual(alice.CallId, bob.CallId);
        if (callerFirst)
        {
            await alice.HangsUp();
            await bob.ReceivesBye();
        }
        else
        {
            await bob.HangsUp();
            await alice.ReceivesBye();
        }

        node.AssertNothingLeft();
        var record = Assert.Single(node.Records);
        Assert.Equal([callerFirst ? EndedBy.FarEnd : EndedBy.Us, callerFirst ? EndedBy.Us : EndedBy.FarEnd], record.Legs.Select(leg => leg.End.By));
    }

    [Fact]
    public async Task T29_both_hang_up_at_once()
    {
        var node = _net.Answers(Connects());
        var (alice, bob) = _alice.Connect(_bob);
        var one = alice.Sends("BYE");
        var other = bob.Sends("BYE");
        await one.Receives(200);
        await other.Receives(200);
        node.AssertNothingLeft();
        Assert.Equal(2, _net.Ladder.Requests("BYE").Count(message => message.To == "server"));
        Assert.Equal(2, Assert.Single(node.Records).Legs.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T30_the_tag_of_the_answer_can_be_chosen(bool ringsFirst)
    {
        var node = _net.Answers(Connects(new BridgeOptions { ToTag = "chosen" }));
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite();
        if (ringsFirst)
        {
            await bob.Rings();
            await alice.Receives(180);
        }

        await bob.Answers();
        await alice.Receives(200).Acks();
        await bob.ReceivesAck();
        Assert.Equal(("chosen", "chosen"), (alice.RemoteTag, _bridge!.A.LocalTag));
        await bob.HangsUp();
        await alice.ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T32_the_callees_no_is_the_callers()
    {
        var node = _net.Answers(Connects(new BridgeOptions { ResponseHeaders = HeaderPolicy.None.Copy("Warning", "X-Why") }));
        var alice = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Rejects(404, [("X-Why", "moved"), ("X-Secret", "1")], "Nobody Here");
        await alice.Receives(404);
        Assert.Equal("Nobody Here", System.Text.Encoding.UTF8.GetString(alice.Response!.ReasonPhrase));
        Assert.Equal(("moved", null), (alice.Header("X-Why"), alice.Header("X-Secret")));
        node.AssertNothingLeft();
        Assert.Equal(404, Assert.IsType<InviteOutcome.Rejected>(_bridge!.Outcome).Code);
        Assert.Equal((false, null), (_bridge.IsConnected, _bridge.B));
    }

    [Fact]
    public async Task T33_the_flow_has_the_last_word()
    {
        var node = _net.Answers(async call =>
        {
            _bridge = await call.BridgeTo(_bob.Uri);
            await call.Reject(480);
        });
        var alice = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Rejects(404);
        await alice.Receives(480);
        node.AssertNothingLeft();
        Assert.Equal(404, _bridge!.Outcome.Status);
    }

    [Fact]
    public async Task T33_another_target_is_tried_after_a_no()
    {
        var carol = _net.Phone("carol");
        var node = _net.Answers(async call =>
        {
            _bridge = await call.BridgeTo(_bob.Uri);
            if (!_bridge.IsConnected) _bridge = await call.BridgeTo(carol.Uri);
        });
        var alice = await _alice.Invites("bob");
        await _bob.ReceivesInvite().Rings().Rejects(404);
        var answered = await carol.ReceivesInvite().Answers();
        await alice.Receives(180).Receives(200).Acks();
        await answered.ReceivesAck();
        await alice.HangsUp();
        await answered.ReceivesBye();
        node.AssertNothingLeft();
        Assert.Equal(3, Assert.Single(node.Records).Legs.Count);
    }

    [Fact]
    public async Task T35_an_invite_without_a_contact_gets_400()
    {
        var node = _net.Answers(Connects());
        var alice = await _alice.Invites("bob", headers: [("Contact", null)]);
        await alice.Receives(400);
        await _bob.ReceivesNothing(TimeSpan.FromSeconds(1));
        node.AssertNothingLeft();
        Assert.Null(_bridge);
    }

    [Fact]
    public async Task T36_an_answer_without_a_contact_is_none()
    {
        var node = _net.Answers(async call =>
        {
            _bridge = await call.BridgeTo(_bob.Uri);
            await call.Reject(480);
        });
        var alice = await _alice.Invites("bob");
        var bob = await _bob.ReceivesInvite().Rings().Answers(headers: [("Contact", null)]);
        await alice.Receives(180).Receives(480);
        Assert.Equal((false, 500), (_bridge!.IsConnected, _bridge.Outcome.Status));
        // drachtio's stack sends a CANCEL, which is too late for a call that was answered; what ends one is a BYE (RFC 3261 §15).
        await bob.ReceivesAck().ReceivesBye();
        node.AssertNothingLeft();
    }

    [Fact]
    public async Task T42_a_target_is_given_in_any_form()
    {
        _net.Network.AddName("bob.example", _bob.Address.Ip);
        var targets = new Queue<string>(["bob.example", "bob@bob.example", $"{_bob.Address}", "sip:bob@bob.example;transport=udp"]);
        var uris = new Queue<string>(["sip:bob@bob.example", "sip:bob@bob.example", $"sip:bob@{_bob.Address}", "sip:bob@bob.example;transport=udp"]);
        var node = _net.Answers(async call => _bridge = await call.BridgeTo(targets.Dequeue()));
        while (uris.TryDequeue(out var uri))
        {
            var alice = await _alice.Invites("bob");
            var bob = await _bob.ReceivesInvite().Rejects();
            await alice.Receives(486);
            Assert.Equal(uri, bob.Invite.RequestUri);
        }

        node.AssertNothingLeft();
    }

    [Theory]
    [InlineData("1234")]
    [InlineData("")]
    [InlineData("sip:a@b\r\nX-Evil: 1")]
    public async Task T42_what_is_no_target_is_the_flows_mistake(string target)
    {
        var node = _net.Answers(call => call.BridgeTo(target));
        var alice = await _alice.Invites("bob");
        await alice.Receives(500);
        node.AssertNothingLeft();
        Assert.True(Assert.Single(node.Records).HasFailed);
    }

    private Func<IncomingCall, Task> Connects(BridgeOptions? options = null) => async call => _bridge = await call.BridgeTo(_bob.Uri, options);
}
