using CallActors.Benchmarks.Application;
using CallActors.Benchmarks.Calls;
using CallActors.Benchmarks.Footprint;
using CallActors.Benchmarks.Micro;
using CallActors.Benchmarks.Micro.Hops;
using CallActors.Net;

namespace CallActors.Benchmarks;

internal static class Program
{
    private const string Usage = """
        callactors-benchmarks <verb> [options]

          micro   the pieces on their own, with BenchmarkDotNet's short runs
                  --quick                 without BenchmarkDotNet: figures in seconds
                  --filter <text>         only benchmarks whose name (Piece.Benchmark) contains it
          hop     the ways into a partition at an ordinary rate, where every input finds it asleep
          footprint  what a call of server and runtime allocates and costs on one thread without a network, and what a living one holds
                  --seconds 4             length of each measurement
                  --types                 which types are allocated
          crossing   what a SIP request costs that arrives at one node of a cluster and belongs to a call of another
                  --seconds 4             length of the measurement
          calls   calls on loopback, driven by SIPp: our server beside Kamailio and beside SIPp itself
                  --quick                 one short round at 1,000 calls/s and 2,000 held calls
                  --rates 500,1000,…      the ladder (calls/s); a contender leaves it at its first rate that is not clean
                  --rounds 3              interleaved rounds at each rate; the median counts
                  --seconds 6             length of one run
                  --held 20000            living calls of the memory part (0 = leave it out)
                  --contenders a,b        of sipp, kamailio, lean (our server, lean application), srf (our server, drachtio-srf),
                                          node (server, runtime and PBX in one process), node-no-ledger, node-split (two processes),
                                          node-three (a server, three runtimes), node-cluster (the three are a cluster),
                                          node-plain and node-split-plain (the server grants no extensions)
                  --scenarios a,b         of answered, rejected, bridged (nodes alone)
                  --response-times        p50 and p99 from INVITE to its final response, at half of each one's highest clean rate
                  --server <dll>          another build of the server; default: the one built beside this program
                  --server-env K=V        repeatable: environment of the server
                  --also <name>=[dll][;K=V…]  repeatable: one more contender, another build or environment: of the node when its name begins with node
                                          (node-split-…, node-cluster-…), else of the server behind the lean application
                  --perf <directory>      perf record of each run of our server (Debian: linux-perf), kept there
          app     the lean application of `calls`: --host, --port, --secret, --batched
        """;

    private static int Main(string[] args)
    {
        NetTuning.Apply();
        var arguments = new Arguments(args.Skip(1));
        try
        {
            switch (args.FirstOrDefault())
            {
                case "micro": return MicroBenchmark.Run(arguments);
                case "crossing": return Crossing.Run(arguments);
                case "hop": return PacedHops.Run(arguments);
                case "footprint": return FootprintBenchmark.Run(arguments);
                case "calls": return CallsBenchmark.Run(arguments);
                case "app": return LeanApplication.Run(arguments);
                default: Console.WriteLine(Usage); return 2;
            }
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }
    }
}
