using CallActors.Control.Events;
using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>Tells whoever collects call detail records; a collector that throws harms no call.</summary>
internal sealed partial class CallRecords(IEnumerable<ICallRecordSink> sinks, ILogger logger)
{
    private readonly ICallRecordSink[] _sinks = [.. sinks];

    /// <summary>How many records the signalling servers sent of their own (cdr events).</summary>
    public long FromServers => Interlocked.Read(ref _fromServers);

    private long _fromServers;

    public void OnEnded(CallCore call)
    {
        // A call without legs was a request and its response.
        if (_sinks.Length == 0 || call.Legs.Count == 0) return;
        var legs = new LegRecord[call.Legs.Count];
        for (var index = 0; index < legs.Length; index++)
        {
            var leg = call.Legs[index];
            legs[index] = new LegRecord(leg.IsCaller, leg.CallId, leg.LocalUri, leg.RemoteUri, leg.IsAnswered, leg.End ?? new LegEnd(EndedBy.Us, ""));
        }

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

    public void OnServerRecord(string server, in CdrEvent cdr) => Interlocked.Increment(ref _fromServers);

    [LoggerMessage(Level = LogLevel.Error, Message = "the record sink {Sink} failed for call {Key}; its record is lost to that sink")]
    private static partial void LogSink(ILogger logger, Exception exception, string sink, CallKey key);
}
