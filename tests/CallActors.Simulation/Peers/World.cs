using System.Net;
using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Simulation.Peers;

/// <summary>Time that only exists here, a network in memory, one server on it, and an agenda of what the peers mean to do. One thread, one seed.</summary>
public sealed class World
{
    /// <summary>Where the server is.</summary>
    public static readonly NetAddress ServerSip = NetAddress.Of(IPAddress.Parse("10.0.0.9"), 5060);

    /// <summary>Where its control port is.</summary>
    public static readonly NetAddress ServerControl = NetAddress.Of(IPAddress.Parse("10.0.0.9"), 9022);

    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(20);

    private readonly PriorityQueue<Action, (TimeSpan Due, long Order)> _agenda = new();
    private readonly long _start;
    private long _order;

    public World(int seed)
    {
        // What waits for virtual time goes on within the callback, on this thread; a context would send it to another.
        SynchronizationContext.SetSynchronizationContext(null);
        Time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _start = Time.GetTimestamp();
        Network = new MemoryNetwork(seed, Time);
        Chance = new Random(seed);
        Seed = seed;
    }

    /// <summary>What decides everything.</summary>
    public int Seed { get; }

    /// <summary>The clock.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>The network.</summary>
    public MemoryNetwork Network { get; }

    /// <summary>Chance for the peers.</summary>
    public Random Chance { get; }

    /// <summary>The smallest step of time; no more than the links' delay.</summary>
    public TimeSpan Quantum { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>What should not have happened.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_start);

    /// <summary>A server on this network, started: UDP and TCP at <see cref="ServerSip"/>, applications at <see cref="ServerControl"/>.</summary>
    /// <param name="configure">What is not as usual.</param>
    /// <param name="run">Which run of the server it is: each makes names of its own.</param>
    public SignallingServer StartServer(Func<ServerOptions, ServerOptions>? configure = null, int run = 0)
    {
        if (!ContactOptions.TryParse("sip:10.0.0.9:5060;transport=udp,tcp", out var contact, out var fault)) throw new InvalidOperationException(fault);
        var options = new ServerOptions
        {
            Contacts = [contact],
            Admin = new AdminOptions { Address = "10.0.0.9", TcpPort = 9022 },
            Limits = new LimitOptions { Partitions = 4 },
        };
        var server = new SignallingServer(configure?.Invoke(options) ?? options, Network.At(ServerSip.Ip), Time, NullLoggerFactory.Instance, Seed + (run << 16));
        server.StartAsync().GetAwaiter().GetResult();
        return server;
    }

    /// <summary>Does something later.</summary>
    public void After(TimeSpan delay, Action action) => _agenda.Enqueue(action, (Now + delay, _order++));

    /// <summary>A time between two, by chance.</summary>
    public TimeSpan Between(double seconds, double most) => TimeSpan.FromSeconds(seconds + Chance.NextDouble() * (most - seconds));

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan duration)
    {
        for (var until = Now + duration; Now < until;) Step(until);
    }

    /// <summary>Lets time pass until something is so; false when it never was.</summary>
    public bool RunUntil(Func<bool> isSo, TimeSpan atMost)
    {
        var until = Now + atMost;
        while (!isSo())
        {
            if (Now >= until) return false;
            Step(until);
        }

        return true;
    }

    private void Step(TimeSpan until)
    {
        while (_agenda.TryPeek(out var entry, out var due) && due.Due <= Now)
        {
            _agenda.Dequeue();
            entry();
        }

        var step = until - Now;
        if (step > s_idle) step = s_idle;
        if (Network.UntilNext is { } arrival && arrival < step) step = arrival;
        if (_agenda.TryPeek(out _, out var next) && next.Due - Now < step) step = next.Due - Now;
        if (step < Quantum) step = Quantum;
        Time.Advance(step);
    }
}
