using System.Net;
using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Thousands of calls that lose their process at once: docs/control-protocol.md §8.4.</summary>
public sealed class TakeoverTests
{
    private const int Calls = 2_500;

    [Fact]
    public void Thousands_of_calls_are_taken_over_within_a_second_and_the_offers_are_spread_over_ticks()
    {
        var rig = new Rig();
        rig.App.Leave();
        var first = Join(rig, "n1", "invite");
        for (var call = 0; call < Calls; call++)
        {
            rig.Peer.Send(rig.Peer.Ask("INVITE", $"call{call}", body: Text.Sdp));
            if (call % 100 == 99) rig.Pass(0.05);
        }

        rig.Pass(0.2);
        foreach (var answer in rig.Peer.Heard.OfType<SipResponse>().Where(response => response.StatusCode == 200).ToArray())
            rig.Peer.Send(rig.Peer.Ask("ACK", Text.Of(answer.CallId), branch: "z9hG4bKa" + Text.Of(answer.CallId), toTag: Text.Of(answer.ToTag)));
        rig.Pass(0.2);
        Assert.Equal((Calls, Calls), (rig.Server.Census.Dialogs, rig.Server.Census.Sessions));

        int[] claimed = [0, 0];
        var most = 0;
        var (at, inTick) = (TimeSpan.Zero, 0);
        for (var node = 0; node < 2; node++)
        {
            var which = node;
            var app = Join(rig, $"n{node + 2}");
            app.Told = frame =>
            {
                if (frame.Kind != ServerMessageKind.Adopt) return;
                inTick = rig.World.Now == at ? inTick + 1 : 1;
                at = rig.World.Now;
                most = Math.Max(most, inTick);
                app.Claim(frame.Key, frame.Incarnation, reply => claimed[which] += reply.Verdict == ReplyVerdict.Ok ? 1 : 0);
            };
        }

        rig.Peer.Heard.Clear();
        first.Leave();
        rig.Pass(1);
        Assert.Equal(Calls, claimed.Sum());
        Assert.All(claimed, count => Assert.InRange(count, Calls / 3, Calls * 2 / 3));
        Assert.InRange(most, 1, 2_000);
        Assert.Empty(rig.Peer.Heard);
        Assert.Equal(0, rig.Server.Totals["faults"]);
    }

    private static Application Join(Rig rig, string node, params string[] verbs)
    {
        Application app = null!;
        app = new Application(rig.World, IPAddress.Parse($"10.0.3.{node[1..]}"))
        {
            Told = frame =>
            {
                if (!frame.IsNewRequest || frame.Request is not { } invite) return;
                app.Session($"k-{Text.Of(invite.CallId)}", 0, frame.TransactionId, new byte[600]);
                app.Respond(frame.TransactionId, Text.Answer(200, invite, body: Text.Sdp));
            },
        }.JoinExtended("desk", node, verbs);
        rig.Pass(0.05);
        return app;
    }
}
