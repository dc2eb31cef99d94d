using CallActors.Node.Samples;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Tests.Samples;

public sealed class AttendedTransferTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _alice;
    private readonly Phone _bob;
    private readonly Phone _carol;
    private readonly TestNode _node;

    public AttendedTransferTests()
    {
        _alice = _net.Phone("alice");
        _bob = _net.Phone("bob");
        _carol = _net.Phone("carol");
        _node = _net.Serves(
            app => app.Invite<AttendedTransfer>(),
            services => services.AddSingleton(new AttendedTransfer.Directory(user => _net.Phones.TryGetValue(user, out var phone) ? phone.Uri : null)));
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Bob_hands_alice_over_to_carol_whom_he_has_asked()
    {
        var (alice, bob) = Connect(_alice, _bob);
        var (asking, carol) = Connect(_bob, _carol);

        var refer = await bob.Refers(_carol.Uri, replaces: asking);
        await refer.Receives(202);
        await bob.Receives("NOTIFY").Answers(200);
        var offered = await alice.ReceivesReinvite().Answers(_alice.Sdp.Again());
        var asked = await carol.ReceivesReinvite().Answers(_carol.Sdp.Again());
        Assert.Equal(_alice.Sdp.Again().ToString(), asked.Body.ToString());
        await offered.ReceivesAck();
        await asked.ReceivesAck();
        Assert.Equal(_carol.Sdp.Again().ToString(), offered.Ack!.BodyOf().ToString());
        await asking.ReceivesBye();
        var notify = await bob.Receives("NOTIFY").Answers(200);
        Assert.StartsWith("SIP/2.0 200", notify.Body.ToString(), StringComparison.Ordinal);
        await bob.ReceivesBye();

        await carol.HangsUp();
        await alice.ReceivesBye();
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task Bob_hands_alice_over_to_nobody_and_keeps_her()
    {
        var (alice, bob) = Connect(_alice, _bob);
        var refer = await bob.Refers(_carol.Uri);
        await refer.Receives(202);
        await bob.Receives("NOTIFY").Answers(200);
        await _carol.ReceivesInvite().Rejects(486);
        var notify = await bob.Receives("NOTIFY").Answers(200);
        Assert.StartsWith("SIP/2.0 486", notify.Body.ToString(), StringComparison.Ordinal);
        await alice.HangsUp();
        await bob.ReceivesBye();
        _node.AssertNothingLeft();
    }

    private static (PlacedCall Call, OfferedCall Incoming) Connect(Phone caller, Phone callee)
    {
        var call = caller.Invites(callee.Name);
        var incoming = callee.ReceivesInvite().Answers();
        call.Receives(200).Acks();
        incoming.ReceivesAck();
        return (call, incoming);
    }
}
