using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>Tells whoever collects the records of signalling servers; a collector that throws harms nobody.</summary>
internal sealed partial class ServerRecords(IEnumerable<IServerRecordSink> sinks, TimeProvider time, ILogger logger)
{
    private readonly IServerRecordSink[] _sinks = [.. sinks];

    /// <summary>What servers are asked for, beside methods.</summary>
    public IReadOnlyList<string> Verbs => _sinks.Length == 0 ? [] : ["cdr:attempt", "cdr:start", "cdr:stop"];

    /// <summary>A server sent a record.</summary>
    public void OnRecord(string server, in CdrEvent cdr)
    {
        if (_sinks.Length == 0 || SipParser.Parse(cdr.Sip) is not { Status: SipParseStatus.Message, Message: { } message }) return;
        var (at, isSent) = (Moment(cdr.Time), cdr.Source == MessageSource.Application);
        ServerRecord? record = ServerMessage.KindOf(cdr.Message) switch
        {
            ServerMessageKind.CdrAttempt => new ServerRecord.Attempt { Server = server, Time = at, IsSent = isSent, Message = message },
            ServerMessageKind.CdrStart when cdr.Role is { } role => new ServerRecord.Start { Server = server, Time = at, IsSent = isSent, Message = message, Role = role },
            ServerMessageKind.CdrStop when cdr.Reason is { } reason => new ServerRecord.Stop { Server = server, Time = at, IsSent = isSent, Message = message, Reason = reason },
            _ => null,
        };
        if (record is null) return;
        foreach (var sink in _sinks)
        {
            try
            {
                sink.Write(record);
            }
            catch (Exception e)
            {
                LogSink(logger, e, sink.GetType().Name, server);
            }
        }
    }

    // Servers tell the time of day alone; around midnight it may be yesterday's.
    private DateTimeOffset Moment(TimeSpan ofDay)
    {
        var now = time.GetUtcNow();
        var moment = new DateTimeOffset(now.Date, TimeSpan.Zero) + ofDay;
        return moment - now > TimeSpan.FromHours(12) ? moment.AddDays(-1) : moment;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the server-record sink {Sink} failed for a record of {Server}; it is lost to that sink")]
    private static partial void LogSink(ILogger logger, Exception exception, string sink, string server);
}
