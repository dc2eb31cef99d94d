using Serilog.Events;

namespace CallActors.Node.Logging;

/// <summary>Where log lines go in the end. Used by one thread only; what it throws is swallowed, for there is nowhere to report it.</summary>
internal interface ILogTarget : IDisposable
{
    /// <summary>Takes one record: the line with its timestamp and line end, and for those with a format of their own the event.</summary>
    void Write(LogEvent entry, string line);

    /// <summary>Makes everything taken so far visible; called whenever the queue has run dry.</summary>
    void Flush();
}
