using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace CallActors.Benchmarks.Footprint;

/// <summary>Which types are allocated: one sample for about each 100 kB, from the runtime's own events.</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords Collector = (EventKeywords)1;

    private readonly ConcurrentDictionary<string, long> _bytes = new();

    public void Begin() => _bytes.Clear();

    /// <summary>Prints the types that most bytes went to.</summary>
    public void Print(int calls, int most = 45)
    {
        foreach (var (type, bytes) in _bytes.OrderByDescending(type => type.Value).Take(most))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {(double)bytes / calls,8:F0} B  {type}"));
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Verbose, Collector);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_bytes is null || eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true) return;
        var (name, amount) = ((string)eventData.Payload![eventData.PayloadNames!.IndexOf("TypeName")]!, Convert.ToInt64(eventData.Payload[eventData.PayloadNames.IndexOf("AllocationAmount64")], CultureInfo.InvariantCulture));
        _bytes.AddOrUpdate(name, amount, (_, sum) => sum + amount);
    }
}
