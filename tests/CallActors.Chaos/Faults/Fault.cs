using CallActors.Chaos.Checking;
using CallActors.Chaos.Topology;

namespace CallActors.Chaos.Faults;

/// <summary>Something that is done to a system full of calls.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Bounds">What it may cost.</param>
/// <param name="Do">Does it, and undoes it, to a node that was chosen.</param>
internal sealed record Fault(string Name, Bounds Bounds, Func<CallSystem, int, Task> Do)
{
    private static readonly TimeSpan s_leave = TimeSpan.FromSeconds(60);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        // Nothing happens: what is broken now is broken anyhow, or the machine is too small for so many calls.
        new("none", new(), static (_, _) => Task.CompletedTask),
        new("node-kill", new(), static (system, node) => system.Nodes[node].KillAsync()),
        Stopped(3),
        Stopped(15),
        Stopped(45),
        new("node-restart-same-port", new(), static async (system, node) =>
        {
            await system.Nodes[node].KillAsync();
            await system.StartNodesAsync([system.Nodes[node]]);
        }),
        new("node-partition", new(), static async (system, node) =>
        {
            system.CutOff(node);
            await Task.Delay(TimeSpan.FromSeconds(15));
            system.Heal();
            // The node that was cut off stops, and is started again: it belongs to the others once more.
            await Task.Delay(TimeSpan.FromSeconds(3));
            await system.WholeAsync();
        }) { Lasts = 40 },
        new("rolling-restart", new(), static async (system, _) =>
        {
            foreach (var node in system.Nodes)
            {
                if (!await node.LeaveAsync(s_leave)) throw new InvalidOperationException($"{node.Name} did not leave within {s_leave.TotalSeconds:F0} s of SIGTERM");
                await system.StartNodesAsync([node]);
                await Task.Delay(TimeSpan.FromSeconds(3));
            }
        }) { Lasts = 120 },
        new("database-stop-60", new(), static async (system, _) =>
        {
            await system.StopDatabaseAsync();
            await Task.Delay(TimeSpan.FromSeconds(60));
            await system.StartDatabaseAsync();
        }) { Lasts = 65 },
        // Calls that are set up meanwhile live in the server alone: nobody promises them.
        new("server-kill", new() { Refused = int.MaxValue }, static async (system, _) =>
        {
            await system.Servers[0].KillAsync();
            await system.Servers[0].StartAsync(s_leave);
        }),
        // Whoever calls while nobody is there is told so; what was there comes back once a node is.
        new("all-nodes-kill", new() { LongestAnswer = 25, MedianAnswer = 20, Refused = int.MaxValue }, static async (system, _) =>
        {
            await Task.WhenAll(system.Nodes.Select(node => node.KillAsync()));
            await system.StartNodesAsync(system.Nodes);
        }) { Lasts = 20 },
    ];

    /// <summary>About how long it takes, in seconds.</summary>
    public int Lasts { get; init; } = 10;

    private static Fault Stopped(int seconds) => new($"node-stop-{seconds}", new(), async (system, node) =>
    {
        system.Nodes[node].Stop();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        system.Nodes[node].Continue();
        // A node that the others gave up stops, and is started again.
        await Task.Delay(TimeSpan.FromSeconds(3));
        await system.WholeAsync();
    })
    { Lasts = seconds + 20 };
}
