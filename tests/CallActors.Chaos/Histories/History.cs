using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CallActors.Chaos.Histories;

/// <summary>What happened, in memory and as lines of JSON in a file. Whoever sees something writes from its own thread.</summary>
internal sealed class History : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _lock = new();
    private readonly List<HistoryEvent> _events = [];
    private readonly StreamWriter _file;
    private readonly long _start = Stopwatch.GetTimestamp();

    public History(string path) => _file = new StreamWriter(path);

    /// <summary>Seconds since the beginning.</summary>
    public double Now => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<HistoryEvent> Events
    {
        get { lock (_lock) return [.. _events]; }
    }

    public void Write(Happening what, string call = "", CallEnd end = CallEnd.None, long counter = 0, long sequence = 0, int status = 0, string text = "", string leg = "")
    {
        lock (_lock)
        {
            var entry = new HistoryEvent(Now, what, call, end, counter, sequence, status, text, leg);
            _events.Add(entry);
            _file.WriteLine(JsonSerializer.Serialize(entry, s_json));
        }
    }

    /// <summary>Reads a history that was written before.</summary>
    public static IEnumerable<HistoryEvent> Read(string path) => File.ReadLines(path).Select(line => JsonSerializer.Deserialize<HistoryEvent>(line, s_json)!);

    public void Dispose()
    {
        lock (_lock) _file.Dispose();
    }
}
