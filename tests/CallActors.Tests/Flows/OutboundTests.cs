using System.Net;
using CallActors.Server.Configuration;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>Calls on connections that the server makes, one for each: row N36. Who is refused there is under test with the listener.</summary>
public sealed class OutboundTests
{
    // Where a node of the name "node" lives.
    private const string There = "tcp://10.0.2.1:9023";

    [Fact]
    public void N36_each_leg_of_two_bridged_calls_leaves_on_its_own_calls_connection()
    {
        using var net = new TestNet(new TestNetOptions
        {
            Server = options => options with { RequestHandlers = [new RequestHandlerOptions { Method = "INVITE", Url = There, Target = new Uri(There) }] },
        });
        List<Bridged> calls = [];
        var node = net.Serves(
            app => app.Invite<Bridged>(),
            services => services.AddSingleton(calls),
            options => options with { Listeners = [new() { Host = "10.0.2.1", Port = 9023, AllowedPeers = [IPNetwork.Parse("10.0.0.0/24")] }] });
        var (alice, bob, carol, dave) = (net.Phone("alice"), net.Phone("bob"), net.Phone("carol"), net.Phone("dave"));

        var toBob = alice.Invites("bob");
        Connects(net, () => calls.Count == 1);
        var atBob = bob.ReceivesInvite().Answers();
        toBob.Receives(200).Acks();
        atBob.ReceivesAck();
        var toDave = carol.Invites("dave");
        Connects(net, () => calls.Count == 2);
        var atDave = dave.ReceivesInvite().Answers();
        toDave.Receives(200).Acks();
        atDave.ReceivesAck();

        Assert.All(calls, call =>
        {
            Assert.Equal(2, call.Legs.Count);
            Assert.All(call.Legs, leg => Assert.True(leg.Connection!.IsOutbound));
            Assert.Same(call.Legs[0].Connection, call.Legs[1].Connection);
        });
        Assert.NotEqual(calls[0].Legs[0].Connection!.Number, calls[1].Legs[0].Connection!.Number);

        // What one says reaches its own far end, and the end of one call and its connection is nothing to the other.
        var bye = toBob.Sends("BYE");
        atBob.ReceivesBye();
        bye.Receives(200);
        net.RunUntil(() => net.Census.Applications == 2);
        var info = atDave.Sends("INFO", PhoneBody.Of("application/dtmf-relay", "Signal=5\r\n"));
        toDave.Receives("INFO").Answers(200);
        info.Receives(200);
        bye = toDave.Sends("BYE");
        atDave.ReceivesBye();
        bye.Receives(200);
        node.AssertNothingLeft();
        net.RunUntil(() => net.Census.Applications == 1);
    }

    // The server dials in real time: virtual time goes on little by little until it has.
    private static void Connects(TestNet net, Func<bool> isSo)
    {
        for (var turn = 0; turn < 1000 && !isSo(); turn++)
        {
            net.Settle(Task.Delay(5));
            net.Run(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(isSo());
    }

    private sealed class Bridged(List<Bridged> calls) : CallActor
    {
        public new IReadOnlyList<Leg> Legs => base.Legs;

        protected override Task OnInvite(IncomingCall call)
        {
            calls.Add(this);
            return call.BridgeTo(call.LocalUri.Contains("bob", StringComparison.Ordinal) ? "sip:bob@bob" : "sip:dave@dave");
        }
    }
}
