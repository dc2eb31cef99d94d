using System.Globalization;

namespace CallActors.Chaos.Faults;

/// <summary>How large a run is.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Calls that are held during the fault.</summary>
    public int Calls { get; init; } = 2000;

    /// <summary>Calls that are begun each second during the fault.</summary>
    public int Rate { get; init; } = 50;

    /// <summary>Calls that are begun each second before it.</summary>
    public int Fill { get; init; } = 100;

    /// <summary>How long between a phone's counters, in seconds.</summary>
    public int Interval { get; init; } = 5;

    /// <summary>Decides which node is struck, and when in the interval each phone sends.</summary>
    public int Seed { get; init; } = 1;

    public int Nodes { get; init; } = 3;

    public int Servers { get; init; } = 1;

    /// <summary>How long is waited after the fault is over, in seconds, before the calls are hung up.</summary>
    public int After { get; init; } = 20;

    /// <summary>Whether there is a PostgreSQL.</summary>
    public bool HasDatabase { get; init; } = true;

    /// <summary>Whether nodes are given more time before they are taken for dead (hocon/cluster-slow.conf): for machines that have others to do.</summary>
    public bool IsSlow { get; init; }

    /// <summary>What a fault may cost, where that is not what the fault says; null for that.</summary>
    public Checking.Bounds? Bounds { get; init; }

    /// <summary>Whether the folder with logs and history stays, also when all is well.</summary>
    public bool Keeps { get; init; }

    /// <summary>Reads <c>--calls 40</c> and the like; null when there is something that it does not know.</summary>
    public static ChaosOptions? Read(ReadOnlySpan<string> arguments)
    {
        var options = new ChaosOptions();
        for (var at = 0; at < arguments.Length; at += 2)
        {
            if (arguments[at] is "--keep" or "--no-database" or "--slow")
            {
                options = arguments[at] switch
                {
                    "--keep" => options with { Keeps = true },
                    "--slow" => options with { IsSlow = true },
                    _ => options with { HasDatabase = false },
                };
                at--;
                continue;
            }
            if (at + 1 >= arguments.Length || !int.TryParse(arguments[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return null;
            switch (arguments[at])
            {
                case "--calls": options = options with { Calls = value }; break;
                case "--rate": options = options with { Rate = value }; break;
                case "--fill": options = options with { Fill = value }; break;
                case "--interval": options = options with { Interval = value }; break;
                case "--seed": options = options with { Seed = value }; break;
                case "--nodes": options = options with { Nodes = value }; break;
                case "--servers": options = options with { Servers = value }; break;
                case "--after": options = options with { After = value }; break;
                default: return null;
            }
        }
        return options;
    }
}
