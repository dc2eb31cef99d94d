using CallActors.Chaos.Checking;
using CallActors.Tests.Ledger;

namespace CallActors.Chaos.Faults;

/// <summary>Two faults amid a few calls: whatever else is measured by hand, that calls survive is seen each time.</summary>
public sealed class QuickTests
{
    // How fast it goes is no question for a machine that builds and tests other things meanwhile: within the time that a phone waits for an answer at all.
    private static readonly ChaosOptions s_options = new()
    {
        Calls = 40,
        Rate = 5,
        Fill = 20,
        Interval = 1,
        After = 12,
        IsSlow = true,
        HasDatabase = PostgreSqlCluster.Missing is null,
    };

    [Theory]
    [InlineData("node-kill")]
    [InlineData("server-kill")]
    public async Task Calls_survive(string fault)
    {
        var said = new List<string>();
        var struck = Fault.All.Single(each => each.Name == fault);
        await using var run = new ChaosRun(struck, s_options with { Bounds = struck.Bounds with { LongestAnswer = 31, MedianAnswer = 31 } }, said.Add);
        var verdict = await run.RunAsync();
        Table.Explain(verdict, said.Add);
        Assert.True(verdict.IsGood, string.Join('\n', said.Append(Table.Head).Append(Table.Row(fault, verdict)).Append($"logs and history are in {run.Folder}")));
        Directory.Delete(run.Folder, recursive: true);
    }
}
