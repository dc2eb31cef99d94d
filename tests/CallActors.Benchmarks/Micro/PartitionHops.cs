using BenchmarkDotNet.Attributes;
using CallActors.Benchmarks.Micro.Hops;

namespace CallActors.Benchmarks.Micro;

/// <summary>The ways into a partition, under a burst of 1,000 inputs from one thread. How they cost at an ordinary rate, `hop` tells.</summary>
public class PartitionHops
{
    private const int Burst = 1000;
    private readonly object _input = new();
    private IPartitionHop[] _hops = [];

    [GlobalSetup]
    public void Open() => _hops = [new LockHop(), new ChannelHop(), new PoolMailboxHop(), new AkkaHop()];

    [GlobalCleanup]
    public void Close()
    {
        foreach (var hop in _hops) hop.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Burst, Baseline = true)]
    public int LockedCall() => Post(_hops[0]);

    [Benchmark(OperationsPerInvoke = Burst)]
    public int Channel() => Post(_hops[1]);

    [Benchmark(OperationsPerInvoke = Burst)]
    public int PoolMailbox() => Post(_hops[2]);

    [Benchmark(OperationsPerInvoke = Burst)]
    public int AkkaTell() => Post(_hops[3]);

    private int Post(IPartitionHop hop)
    {
        var until = hop.Handled + Burst;
        for (var i = 0; i < Burst; i++) hop.Post(_input);
        var spin = new SpinWait();
        while (hop.Handled < until) spin.SpinOnce(-1);
        return (int)until;
    }
}
