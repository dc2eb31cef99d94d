using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using CallActors.Hosting;
using CallActors.Ledger;

namespace CallActors.Tests.Ledger;

/// <summary>A node with nothing but a ledger, on a real database.</summary>
internal sealed class LedgerNode : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly IActorRef _ledger;

    private LedgerNode(LedgerDatabase database, LedgerOptions options, string name)
    {
        Book = new(options, TimeProvider.System);
        // The log is heard and not printed.
        var quiet = ConfigurationFactory.ParseString("""
            akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [], log-dead-letters = off }
            akka.persistence.journal.callactors.circuit-breaker.max-failures = 1000
            """);
        _system = ActorSystem.Create("ledger", BootstrapSetup.Create().WithConfig(HoconFolder.Load(null, quiet, new Dictionary<string, string>())).And(database.Setup()));
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create<Listener>(Log)), typeof(LogEvent));
        Id = new(name, LedgerId.NewRun());
        _ledger = _system.ActorOf(LedgerSupervisor.PropsFor(CallLedger.PropsFor(Id, Book, options, Offers.Enqueue), Book, options, () => database.Runs.Gather(Id)), "ledger");
    }

    public LedgerBook Book { get; }

    public LedgerId Id { get; }

    public ConcurrentQueue<CallSnapshot> Offers { get; } = new();

    /// <summary>What the ledger said.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public static LedgerNode Start(LedgerDatabase database, LedgerOptions? options = null, string name = "a") => new(database, options ?? Fast, name);

    /// <summary>Everything quicker than it would be, so that tests are.</summary>
    public static LedgerOptions Fast { get; } = new()
    {
        Interval = TimeSpan.FromMilliseconds(10),
        Grace = TimeSpan.FromMinutes(10),
        FirstBackOff = TimeSpan.FromMilliseconds(50),
        LongestBackOff = TimeSpan.FromMilliseconds(200),
    };

    public Task IsQuiet() => Until(() => Book.Counts is { Queued: 0, IsWhole: true } && Book.Deletable().Rows == 0 && Book.Counts.Batches > 0, "the ledger has written everything");

    /// <summary>Waits for something that happens on its own.</summary>
    public static async Task Until(Func<bool> happened, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!happened())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"Not within a minute: {what}");
            await Task.Delay(5);
        }
    }

    /// <summary>Stops as a node does that is told to.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ledger.Ask<LedgerClosed>(LedgerSupervisor.Close.Instance, TimeSpan.FromSeconds(60));
        await _system.Terminate();
    }

    /// <summary>Stops as a node does that is killed: nothing more is written.</summary>
    public Task Kill()
    {
        Book.WakeWith(null);
        return _system.Terminate();
    }

    private sealed class Listener(ConcurrentQueue<string> log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is LogEvent said && said.LogClass == typeof(LedgerSupervisor)) log.Enqueue($"{said.LogLevel()}: {said.Message}");
        }
    }
}
