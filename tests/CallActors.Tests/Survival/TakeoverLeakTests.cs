using System.Globalization;
using CallActors.TestKit;
using CallActors.Tests.Flows;
using Xunit.Abstractions;

namespace CallActors.Tests.Survival;

/// <summary>Many calls that are taken over, claimed again and let go, and nothing of them afterwards on either node.</summary>
/// <remarks>CALLACTORS_LEAK_CALLS says how many.</remarks>
[Collection(Alone.Name)]
public sealed class TakeoverLeakTests(ITestOutputHelper output)
{
    private const int Usual = 400;
    private const int AtOnce = 20;

    [Fact]
    public void Calls_that_were_taken_over_leave_nothing()
    {
        var calls = int.TryParse(Environment.GetEnvironmentVariable("CALLACTORS_LEAK_CALLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : Usual;
        var script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        using var net = new TestNet();
        var nodes = new[] { script.On(net, node: "one"), script.On(net, node: "two") };
        var (taken, rounds) = (0, 0);
        var sizes = new List<long>();
        for (; rounds < 4; rounds++)
        {
            Play(net, nodes, rounds);
            Idle(net, nodes, script);
        }

        sizes.Add(Idle(net, nodes, script));
        foreach (var mark in new[] { calls / 4, calls / 2, calls })
        {
            while (taken < mark)
            {
                taken += Play(net, nodes, ++rounds);
                Idle(net, nodes, script);
            }

            sizes.Add(Idle(net, nodes, script));
        }

        output.WriteLine($"{taken} calls taken over in {net.Now.TotalHours:0.0} h of their time; memory {string.Join(", ", sizes.Select(size => $"{size / 1024} KB"))}");
        Assert.True(sizes[^1] - sizes[0] < (4 << 20) + 100L * calls, string.Join(", ", sizes));
    }

    private static long Idle(TestNet net, TestNode[] nodes, Script script)
    {
        foreach (var node in nodes) node.AssertNothingLeft();
        net.ForgetThePast();
        script.Forget();
        return GC.GetTotalMemory(true);
    }

    // One node stands still, the other takes its calls, and what stood still finds that it has none.
    private static int Play(TestNet net, TestNode[] nodes, int round)
    {
        var (alice, bob) = (net.Phone("alice"), net.Phone("bob"));
        var talks = new List<(PlacedCall A, OfferedCall B)>();
        for (var i = 0; i < AtOnce; i++)
        {
            var a = alice.Invites("bob");
            var b = bob.ReceivesInvite().Answers();
            a.Receives(200).Acks();
            b.ReceivesAck();
            talks.Add((a, b));
        }

        var (ghost, heir) = (nodes[round % 2], nodes[(round + 1) % 2]);
        var taken = ghost.Calls;
        ghost.Silence();
        net.Run(TimeSpan.FromSeconds(8));
        Assert.Equal(AtOnce, heir.Calls);
        if (round % 4 < 2) heir.Cut();
        ghost.Restore();
        net.Run(TimeSpan.FromSeconds(12));
        Assert.Equal((0, AtOnce), (ghost.Calls, heir.Calls));
        var byes = talks.ConvertAll(talk => talk.A.Sends("BYE"));
        for (var i = 0; i < AtOnce; i++)
        {
            talks[i].B.ReceivesBye();
            byes[i].Receives(200);
        }

        net.RunUntil(() => heir.Calls == 0);
        Assert.Equal(AtOnce, nodes.Sum(node => node.Records.Count));
        return taken;
    }
}
