namespace CallActors.Node.Tests;

/// <summary>A server that only says that it is one.</summary>
internal sealed class FakeSignalling : INodePart
{
    public Exception? StartsWith { get; init; }

    public List<string> Calls { get; } = [];

    public IReadOnlyList<string> SipEndpoints => ["udp/127.0.0.1:5060", "tcp/127.0.0.1:5060"];

    public IReadOnlyList<string> ControlEndpoints { get; init; } = ["tcp/127.0.0.1:9022"];

    public IReadOnlyList<KeyValuePair<string, long>> Holding => [new("transactions", 2), new("connections", 1)];

    public IReadOnlyList<KeyValuePair<string, long>> Totals => [new("requestsReceived", 7)];

    public Task StartAsync(CancellationToken cancel)
    {
        Calls.Add("start");
        return StartsWith is null ? Task.CompletedTask : Task.FromException(StartsWith);
    }

    public Task DrainAsync(CancellationToken cancel)
    {
        Calls.Add("drain");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Calls.Add("dispose");
        return ValueTask.CompletedTask;
    }
}
