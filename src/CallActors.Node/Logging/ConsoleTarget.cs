using Serilog.Events;

namespace CallActors.Node.Logging;

/// <summary>Writes log lines to standard error, as drachtio does.</summary>
internal sealed class ConsoleTarget(TextWriter console) : ILogTarget
{
    public void Write(LogEvent entry, string line) => console.Write(line);

    public void Flush() => console.Flush();

    public void Dispose() => console.Flush();
}
