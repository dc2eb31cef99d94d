using System.Globalization;

namespace CallActors.Benchmarks;

/// <summary>What the user asked for cannot be done; the message says what to mend.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>`--name value` and `--flag` arguments, as plain as a benchmark needs them.</summary>
internal sealed class Arguments(IEnumerable<string> args)
{
    private readonly List<string> _args = [.. args];

    public bool Flag(string name) => _args.Contains("--" + name);

    public string? Text(string name) => All(name).LastOrDefault();

    public int Number(string name, int otherwise) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) ? value
        : throw new UsageException($"--{name} wants a number, not '{text}'.");

    public string[] List(string name, params string[] otherwise) =>
        Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? otherwise;

    public IEnumerable<string> All(string name)
    {
        for (var i = 0; i + 1 < _args.Count; i++)
            if (_args[i] == "--" + name)
                yield return _args[i + 1];
    }
}
