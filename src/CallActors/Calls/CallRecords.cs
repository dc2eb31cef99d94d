using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>Tells whoever collects call detail records; a collector that throws harms no call.</summary>
internal sealed partial class CallRecords(IEnumerable<ICallRecordSink> sinks, ILogger logger)
{
    private readonly ICallRecordSink[] _sinks = [.. sinks];

    public void OnEnded(CallCore call)
    {
        if (_sinks.Length == 0) return;
        var legs = new List<LegRecord>(call.Legs.Count);
        foreach (var leg in call.Legs)
        {
            if (leg is not Subscription) legs.Add(new LegRecord(leg.IsCaller, leg.CallId, leg.LocalUri, leg.RemoteUri, leg.IsAnswered, leg.End ?? new LegEnd(EndedBy.Us, "")));
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
