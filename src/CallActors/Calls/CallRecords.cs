using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>Tells whoever collects call detail records; a collector that throws harms no call.</summary>
internal sealed partial class CallRecords(IEnumerable<ICallRecordSink> sinks, ILogger logger)
{
    private readonly ICallRecordSink[] _sinks = [.. sinks];

    public void OnEnded(CallCore call)
    {
        // Whoever gets the caller's INVITE now keeps the record of the call.
        if (_sinks.Length == 0 || call.IsOfferedAgain) return;
        var legs = new List<LegRecord>(call.Past.Length + call.Legs.Count);
        legs.AddRange(call.Past);
        foreach (var leg in call.Legs)
        {
            if (leg is not Subscription) legs.Add(leg.Record);
        }

        // Without legs it was a request and its response, or a subscription: no call.
        if (legs.Count == 0) return;
        var record = new CallRecord(call.Key, call.Flow.Name, call.StartedAt, call.AnsweredAt, call.Runtime.Time.GetUtcNow(), legs, call.Failure is not null);
        foreach (var sink in _sinks)
        {
            try
            {
                sink.Write(record);
            }
            catch (Exception e)
            {
                LogSink(logger, e, sink.GetType().Name, call.Key);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the record sink {Sink} failed for call {Key}; its record is lost to that sink")]
    private static partial void LogSink(ILogger logger, Exception exception, string sink, CallKey key);
}
