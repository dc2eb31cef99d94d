using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace CallActors.EndToEnd.Harness;

/// <summary>One thing an application said: a JSON object whose <c>event</c> names it.</summary>
internal sealed class AppEvent(JsonObject json)
{
    internal string Name => Text("event");

    internal string Text(string field) => json[field]?.ToString() ?? "";

    internal int Number(string field) => json[field]?.GetValue<int>() ?? 0;

    internal bool Flag(string field) => json[field]?.GetValue<bool>() ?? false;

    /// <summary>A SIP header as the library names it, empty when absent.</summary>
    internal string Header(string name) =>
        json["headers"] is JsonObject headers
            ? headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.ToString() ?? ""
            : "";

    internal int[] Numbers(string field) => [.. json[field]!.AsArray().Select(item => item!.GetValue<int>())];

    public override string ToString()
    {
        var text = json.ToJsonString();
        return text.Length <= 400 ? text : text[..400] + " …";
    }
}

/// <summary>
/// A Node process that runs one behaviour of one script of <c>apps/</c> on the unmodified drachtio-srf, and tells the test what it
/// sees as JSON lines.
/// </summary>
internal sealed class SrfApp : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly Channel<AppEvent> _unread = Channel.CreateUnbounded<AppEvent>();
    private readonly List<AppEvent> _passedOver = [];
    private readonly List<AppEvent> _seen = [];
    private readonly string _name;

    private readonly Func<string, string> _story;

    /// <summary>Starts <c>apps/{script}.js {behaviour}</c> with the options it is to have; <paramref name="story"/> tells of a failure.</summary>
    internal SrfApp(string script, string behaviour, JsonObject options, Func<string, string> story)
    {
        _story = story;
        _name = $"{script}.js {behaviour}";
        var environment = new Dictionary<string, string> { ["NODE_ENV"] = "production", ["DEBUG"] = "" };
        _process = new ChildProcess("node", [$"{script}.js", behaviour, options.ToJsonString()], OnLine, Tools.Apps, environment);
    }

    internal ChildProcess Process => _process;

    /// <summary>What the application did wrong, as far as Node noticed; none is expected ever.</summary>
    internal IReadOnlyList<string> Faults
    {
        get
        {
            lock (_seen)
                return [.. _seen.Where(one => one.Name == "fault").Select(one => one.Text("message"))];
        }
    }

    /// <summary>Waits for the next event of this name that fits; others stay for later calls.</summary>
    internal async Task<AppEvent> ExpectAsync(string name, Func<AppEvent, bool>? fits = null, int seconds = 10)
    {
        for (var index = 0; index < _passedOver.Count; index++)
        {
            var earlier = _passedOver[index];
            if (earlier.Name != name || fits?.Invoke(earlier) == false)
                continue;
            _passedOver.RemoveAt(index);
            return earlier;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                var next = await _unread.Reader.ReadAsync(limit.Token);
                if (next.Name == name && fits?.Invoke(next) != false)
                    return next;
                _passedOver.Add(next);
            }
        }
        catch (OperationCanceledException)
        {
            throw new MissingEventException(_story($"The application did not say '{name}' within {seconds} s."));
        }
    }

    /// <summary>How many events of this name were seen so far.</summary>
    internal int Count(string name)
    {
        lock (_seen)
            return _seen.Count(one => one.Name == name);
    }

    /// <summary>Commands it; <paramref name="arguments"/> is an anonymous object.</summary>
    internal async Task CommandAsync(string command, object? arguments = null)
    {
        var json = JsonSerializer.SerializeToNode(arguments ?? new { })!.AsObject();
        json["command"] = command;
        await _process.Input.WriteLineAsync(json.ToJsonString());
        await _process.Input.FlushAsync();
    }

    /// <summary>For a failed test: everything it said.</summary>
    internal string Describe()
    {
        lock (_seen)
        {
            return $"application {_name}\n{string.Concat(_seen.TakeLast(40).Select(one => $"    {one}\n"))}"
                + string.Concat(_process.LastLines.Where(line => !line.StartsWith('{')).TakeLast(15).Select(line => $"    {line}\n"));
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void OnLine(string line)
    {
        if (!line.StartsWith('{') || JsonNode.Parse(line) is not JsonObject json)
            return;
        var said = new AppEvent(json);
        lock (_seen)
            _seen.Add(said);
        _unread.Writer.TryWrite(said);
    }
}

/// <summary>What was awaited did not come.</summary>
internal sealed class MissingEventException(string message) : Exception(message);
