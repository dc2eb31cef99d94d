using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Hosting;
using CallActors.Ledger;

namespace CallActors.Benchmarks.Micro;

/// <summary>What a SIP request costs that arrives at one node of a cluster and belongs to a call of another.</summary>
/// <remarks>Both nodes are in this process, so the processor time is that of both sides together.</remarks>
internal static class Crossing
{
    private const int Window = 10_000;

    private static readonly byte[] s_request = new byte[700];

    public static int Run(Arguments arguments)
    {
        var seconds = arguments.Number("--seconds", 4);
        RunAsync(TimeSpan.FromSeconds(seconds)).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunAsync(TimeSpan length)
    {
        var heard = new Tally();
        var (here, there) = (new BenchmarkNode(heard), new BenchmarkNode(heard));
        // The second joins the first before it has calls.
        await Akka.Cluster.Cluster.Get(here.System).JoinAsync(Akka.Cluster.Cluster.Get(here.System).SelfAddress);
        await Akka.Cluster.Cluster.Get(there.System).JoinAsync(Akka.Cluster.Cluster.Get(here.System).SelfAddress);
        var (from, to) = (await here.StartRegionAsync(), await there.StartRegionAsync());
        await Task.WhenAll(from.IsReady, to.IsReady);
        var key = CallKey.New(to.NextShard());
        to.Begin(new Restored(new CallSnapshot(key, "flow", 1, default, [], [], DateTimeOffset.UtcNow)));

        Measure(from, key, heard, TimeSpan.FromSeconds(2));
        // Two nodes talk to each other and look after themselves whether there are calls or not.
        var idle = await IdleAsync(length);
        var (messages, time, took) = Measure(from, key, heard, length);
        time -= idle * (took / length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"crossing: {messages} messages of {s_request.Length} B, {time.TotalMicroseconds / messages / 2:0.0} us of processor time a side, {messages / took.TotalSeconds:0} a second"));
        await Task.WhenAll(here.System.Terminate(), there.System.Terminate());
    }

    private static async Task<TimeSpan> IdleAsync(TimeSpan length)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.Delay(length);
        process.Refresh();
        return process.TotalProcessorTime - before;
    }

    private static (long Messages, TimeSpan Time, TimeSpan Took) Measure(ShardedCallRegion from, CallKey key, Tally heard, TimeSpan length)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var (sent, first) = (0L, heard.Count);
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            for (var n = 0; n < Window / 2; n++, sent++) from.Deliver(new Forwarded(key, "server", "6a1d3a5e-0c6a-4d0e-bd5e-0b8a7f4f6a11", "call@host;from-tag=abc", s_request, false));
            while (heard.Count - first < sent - Window / 2) Thread.Sleep(1);
        }
        while (heard.Count - first < sent) Thread.Sleep(1);
        process.Refresh();
        return (sent, process.TotalProcessorTime - before, Stopwatch.GetElapsedTime(start));
    }

    private sealed class Tally
    {
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class BenchmarkNode(Tally heard)
    {
        public ActorSystem System { get; } = ActorSystem.Create("calls", HoconFolder.Load(null, ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }"), new Dictionary<string, string>
        {
            ["CALLACTORS_CLUSTER"] = "on",
            ["CALLACTORS_CLUSTER_LISTEN"] = "127.0.0.1:0",
        }));

        public Task<ShardedCallRegion> StartRegionAsync() =>
            ShardedCallRegion.Start(System, _ => Props.Create<Call>(heard), new RegionCounts(), new RegionOptions { IsClustered = true });
    }

    private sealed class Call(Tally heard) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Forwarded) heard.Add();
        }
    }
}
