using CallActors.TestKit;
using Xunit.Abstractions;

namespace CallActors.Tests.Survival;

/// <summary>A loss behind every single piece that goes over a control connection while a call is made, talked and ended: nobody on the phone notices, and the call has one record.</summary>
public sealed class SweepTests(ITestOutputHelper output)
{
    private const int MostPieces = 300;

    [Fact]
    public void Whenever_a_node_dies() => Sweep(node => node.DiesBehindItsWords(), fromTheStart: true, mostTwice: 0);

    [Fact]
    public void Whenever_a_node_dies_and_what_it_said_last_is_lost() => Sweep(node => node.Dies(), fromTheStart: true);

    [Fact]
    public void Whenever_a_connection_is_cut() => Sweep(node => node.Cut(), fromTheStart: true);

    [Fact]
    public void Whenever_a_node_stands_still_until_it_is_given_up() => Sweep(StandStill, fromTheStart: true);

    [Fact]
    public void Whenever_the_server_is_started_anew_after_the_set_up() => Sweep(node => Net!.RestartServer(TimeSpan.FromMilliseconds(300)), fromTheStart: false);

    private TestNet? Net { get; set; }

    private void StandStill(TestNode node)
    {
        node.Silence();
        Net!.After(TimeSpan.FromSeconds(8), node.Restore);
    }

    // What lets a session go may be lost itself, behind the record: whoever is offered the call writes it again, under the same key. That can happen at one moment of a call alone.
    private void Sweep(Action<TestNode> loss, bool fromTheStart, int mostTwice = 1)
    {
        List<string> failures = [];
        var twice = 0;
        var count = 1;
        for (var isOver = false; !isOver && count < MostPieces; count++)
        {
            using var call = new Conversation();
            var isLost = false;
            Net = call.Net;
            if (!fromTheStart)
            {
                call.SetsUp();
                call.MayForget = true;
            }

            call.Net.AfterPieces(count, node =>
            {
                isLost = true;
                loss(node);
            });
            try
            {
                if (fromTheStart) call.SetsUp();
                call.Talks();
            }
            catch (LadderException) when (call.Records.Count() == 2 && call.Records.DistinctBy(record => record.Key).Count() == 1 && ++twice <= mostTwice)
            {
                output.WriteLine($"behind piece {count}: the record was written twice");
            }
            catch (Exception failure)
            {
                failures.Add($"behind piece {count}: {failure.Message}");
            }

            isOver = !isLost;
        }

        output.WriteLine($"{count - 2} moments, {failures.Count} failures");
        foreach (var failure in failures.Take(8)) output.WriteLine(failure);
        Assert.Empty(failures.Select(failure => failure[..Math.Min(200, failure.Length)]));
        Assert.InRange(count, 10, MostPieces - 1);
    }
}
