using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using CallActors.Net;
using CallActors.Simulation.Peers;
using CallActors.Simulation.Scripts;
using Xunit.Abstractions;

namespace CallActors.Simulation;

/// <summary>
/// Thousands of calls of every kind through one server on a network that loses, doubles and reorders. More of them:
/// <c>CALLACTORS_SIMULATION=calls,seeds dotnet test tests/CallActors.Simulation</c>.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly LinkOptions s_internet = new()
    {
        Delay = TimeSpan.FromMilliseconds(10),
        Jitter = TimeSpan.FromMilliseconds(20),
        Loss = 0.05,
        Duplication = 0.02,
        Reordering = 0.10,
        ReorderingDelay = TimeSpan.FromMilliseconds(40),
        SplitsStreams = true,
    };

    private static (int Calls, int Seeds) Size =>
        Environment.GetEnvironmentVariable("CALLACTORS_SIMULATION")?.Split(',') is [var calls, var seeds]
            ? (int.Parse(calls, CultureInfo.InvariantCulture), int.Parse(seeds, CultureInfo.InvariantCulture))
            : (3_400, 3);

    [Fact]
    public void Whatever_the_network_does_every_call_ends_as_it_may_and_nothing_is_left_behind()
    {
        var (calls, seeds) = Size;
        for (var seed = 1; seed <= seeds; seed++) Run(seed, calls);
    }

    private void Run(int seed, int count)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var world = new World(seed) { Quantum = TimeSpan.FromMilliseconds(2) };
        world.Network.Link = s_internet;
        var server = world.StartServer();
        ImmutableArray<Phone> callers = [Phone.OverUdp(world, "10.0.0.1"), Phone.OverUdp(world, "10.0.0.6"), Phone.OverTcp(world, "10.0.0.4")];
        ImmutableArray<Phone> callees = [Phone.OverUdp(world, "10.0.0.2"), Phone.ListeningOnTcp(world, "10.0.0.5")];
        var board = new Switchboard(world, new Application(world, IPAddress.Parse("10.0.0.3")).Join("invite", "options", "subscribe"));
        foreach (var callee in callees) callee.Called = request => board.CallOf(request.Request)!.Called(Leg.Answering(callee, request));
        world.Run(TimeSpan.FromSeconds(1));

        var at = TimeSpan.Zero;
        for (var number = 0; number < count; number++)
        {
            var first = world.Chance.Next(callees.Length);
            var call = new Call(board, callers[world.Chance.Next(callers.Length)], [callees[first], callees[(first + 1) % callees.Length]], AllScripts.Table[world.Chance.Next(AllScripts.Table.Length)], number);
            board.Calls.Add(number, call);
            world.After(at += TimeSpan.FromMilliseconds(20 * world.Chance.NextDouble()), call.Dial);
        }

        // The last call is answered late and never acknowledged, or its answer is lost and it rings until the caller gives it up.
        world.Run(at + TimeSpan.FromSeconds(64 + 185 + 32 + 10));
        var census = server.Census;
        world.Run(TimeSpan.FromSeconds(190));

        var wrong = board.Calls.Values.Where(call => !call.Script.IsRight(call)).Select(call => call.ToString()).ToList();
        Check(seed, "calls that went wrong", wrong);
        Check(seed, "faults", world.Faults);
        var living = callers.AddRange(callees).Sum(phone => phone.Transactions);
        Assert.True(census with { Timers = 0, Applications = 0, Streams = 0 } == default, $"seed {seed}: left behind {census}");
        Assert.True(server.Census with { Applications = 0, Streams = 0 } == default, $"seed {seed}: timers left behind {server.Census}");
        Assert.True(living == 0, $"seed {seed}: {living} transactions of the phones live on");
        Assert.True(board.Living.Count == 0, $"seed {seed}: the application knows {board.Living.Count} dialogs that nobody ended, as {board.Living.FirstOrDefault()}");
        Assert.True(board.Outstanding == 0, $"seed {seed}: {board.Outstanding} requests of the application got no final response");
        Assert.True(board.Application.Unanswered == 0, $"seed {seed}: {board.Application.Unanswered} commands got no reply");
        Assert.Equal(0, server.Totals["faults"]);
        output.WriteLine($"seed {seed}: {count} calls in {at.TotalSeconds:0} s of their time and {clock.Elapsed.TotalSeconds:0.0} s of ours; {world.Network.Counters}; {string.Join(", ", server.Totals.Select(total => $"{total.Key} {total.Value}"))}");
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Check(int seed, string what, List<string> wrong) =>
        Assert.True(wrong.Count == 0, $"seed {seed}: {wrong.Count} {what}:\n{string.Join('\n', wrong.Take(12))}");
}
