using System.Collections.Concurrent;
using CallActors.Connections;
using CallActors.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.TestKit;

/// <summary>The application under test: a runtime in a <see cref="TestNet"/>, connected to its server.</summary>
public sealed class TestCalls
{
    private readonly CallSystem _calls;
    private readonly TestNet _net;
    private readonly RecordShelf _records;

    private TestCalls(TestNet net, CallSystem calls, RecordShelf records) => (_net, _calls, _records) = (net, calls, records);

    /// <summary>How many calls live.</summary>
    public int Living => _calls.Runtime.Directory.Count;

    /// <summary>The call detail records so far, oldest first.</summary>
    public IReadOnlyList<CallRecord> Records => [.. _records.All];

    /// <summary>The runtime itself, for what this class does not show.</summary>
    internal CallSystem System => _calls;

    /// <summary>Begins a call of the application's own.</summary>
    /// <typeparam name="TFlow">Its flow.</typeparam>
    public CallKey Begin<TFlow>(object? argument = null)
        where TFlow : CallActor => _calls.Begin<TFlow>(argument);

    /// <summary>Fails unless no call lives, and neither the runtime nor the server holds anything, once all timers have fired.</summary>
    /// <exception cref="LadderException">Something was left behind.</exception>
    public void AssertNothingLeft()
    {
        _net.AssertNothingLeft();
        var held = _calls.Runtime.Traffic.Count;
        if (Living != 0 || held != (0, 0, 0)) throw _net.Fault($"The runtime holds {Living} calls, {held.Commands} commands, {held.Transactions} transactions, {held.Dialogs} dialogs.");
    }

    internal static TestCalls Start(TestNet net, Action<CallRoutes> routes, Action<IServiceCollection>? services, CallRuntimeOptions? options)
    {
        var records = new RecordShelf();
        var collection = new ServiceCollection().AddSingleton<ICallRecordSink>(records);
        services?.Invoke(collection);
        var table = new CallRoutes();
        routes(table);
        var calls = net.Start(seat => CallSystem.Start(
            seat.System,
            new CallActorsOptions
            {
                Servers = [new SignallingServerOptions { Name = "server", Host = seat.Control.Host, Port = seat.Control.Port, Secret = seat.Secret }],
                Calls = options ?? new CallRuntimeOptions(),
            },
            table, collection.BuildServiceProvider(), seat.Network, seat.Time, seat.Loggers));
        net.RunUntil(() => calls.States.GetValueOrDefault("server") is ServerUp, what: "the runtime to connect to the server");
        return new TestCalls(net, calls, records);
    }

    private sealed class RecordShelf : ICallRecordSink
    {
        public ConcurrentQueue<CallRecord> All { get; } = new();

        public void Write(CallRecord record) => All.Enqueue(record);
    }
}
