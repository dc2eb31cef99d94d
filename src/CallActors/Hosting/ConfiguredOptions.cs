using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using CallActors.Connections;
using CallActors.Net;
using Microsoft.Extensions.Configuration;

namespace CallActors.Hosting;

/// <summary>The section "CallActors" of the configuration, from whatever source: a file, the environment (<c>CallActors__DrainTimeout</c>) or the command line.</summary>
/// <remarks>
/// Read by hand and not by the binder, so that a key that nobody knows and a value that cannot be are told by their names. Times are seconds, or <c>hh:mm:ss</c>.
/// </remarks>
internal static class ConfiguredOptions
{
    public const string Section = "CallActors";

    private delegate T Rule<T>(T options, IConfigurationSection value, List<string> mistakes);

    // Keys of configurations have no case.
    private static readonly Dictionary<string, Rule<CallActorsOptions>> s_keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Servers"] = (options, value, mistakes) => options with { Servers = [.. value.GetChildren().Select(server => Server(server, mistakes))] },
        ["Listen"] = (options, value, mistakes) => options with { Listeners = [.. value.GetChildren().Select(listener => Listener(listener, mistakes))] },
        ["App"] = (options, value, mistakes) => options with { App = Text(value, mistakes) },
        ["DrainTimeout"] = (options, value, mistakes) => options with { DrainTimeout = Time(value, mistakes) },
        ["UnansweredAfter"] = (options, value, mistakes) => options with { Calls = options.Calls with { UnansweredAfter = Time(value, mistakes) } },
        ["DetachedFor"] = (options, value, mistakes) => options with { Calls = options.Calls with { DetachedFor = Time(value, mistakes) } },
        ["RetryAfter"] = (options, value, mistakes) => options with { Calls = options.Calls with { RetryAfter = Number(value, 0, 86_400, mistakes) } },
        ["NodeName"] = (options, value, mistakes) => options with { Calls = options.Calls with { NodeName = Text(value, mistakes) } },
        ["HealthPort"] = (options, value, mistakes) => options with { Health = (options.Health ?? new()) with { Port = Number(value, 0, 65_535, mistakes) } },
        ["HealthHost"] = (options, value, mistakes) => options with { Health = (options.Health ?? new()) with { Host = Text(value, mistakes) } },
    };

    private static readonly Dictionary<string, Rule<SignallingServerOptions>> s_server = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Name"] = (server, value, mistakes) => server with { Name = Text(value, mistakes) },
        ["Host"] = (server, value, mistakes) => server with { Host = Text(value, mistakes) },
        ["Port"] = (server, value, mistakes) => server with { Port = Number(value, 1, 65_535, mistakes) },
        ["Secret"] = (server, value, mistakes) => server with { Secret = Text(value, mistakes) },
        ["Tags"] = (server, value, _) => server with { Tags = List(value) },
        ["Tls"] = (server, value, mistakes) => server with { Tls = Flag(value, mistakes) ? new TlsOptions() : null },
        ["Extensions"] = (server, value, mistakes) => server with { Extensions = Flag(value, mistakes) },
        ["HeartbeatInterval"] = (server, value, mistakes) => server with { HeartbeatInterval = Time(value, mistakes) },
        ["ConnectTimeout"] = (server, value, mistakes) => server with { ConnectTimeout = Time(value, mistakes) },
    };

    private static readonly Dictionary<string, Rule<ListenOptions>> s_listener = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Name"] = (listener, value, mistakes) => listener with { Name = Text(value, mistakes) },
        ["Host"] = (listener, value, mistakes) => listener with { Host = Text(value, mistakes) },
        ["Port"] = (listener, value, mistakes) => listener with { Port = Number(value, 0, 65_535, mistakes) },
        ["Secret"] = (listener, value, mistakes) => listener with { Secret = Text(value, mistakes) },
        ["Tags"] = (listener, value, _) => listener with { Tags = List(value) },
        ["AllowedPeers"] = (listener, value, mistakes) => listener with { AllowedPeers = Networks(value, mistakes) },
        ["HeartbeatInterval"] = (listener, value, mistakes) => listener with { HeartbeatInterval = Time(value, mistakes) },
        ["AuthenticateTimeout"] = (listener, value, mistakes) => listener with { AuthenticateTimeout = Time(value, mistakes) },
    };

    /// <summary>Reads the section; what is wrong is added to the mistakes, and the default stays.</summary>
    public static CallActorsOptions Read(IConfigurationSection? section, List<string> mistakes) =>
        section is null ? new() : Apply(new(), section, s_keys, mistakes);

    private static SignallingServerOptions Server(IConfigurationSection section, List<string> mistakes) =>
        Apply(new SignallingServerOptions { Name = IsIndex(section.Key) ? $"server{section.Key}" : section.Key }, section, s_server, mistakes);

    private static ListenOptions Listener(IConfigurationSection section, List<string> mistakes) =>
        Apply(new ListenOptions { Name = IsIndex(section.Key) ? $"listener{section.Key}" : section.Key }, section, s_listener, mistakes);

    private static T Apply<T>(T options, IConfigurationSection section, Dictionary<string, Rule<T>> rules, List<string> mistakes)
    {
        foreach (var child in section.GetChildren())
        {
            if (rules.TryGetValue(child.Key, out var rule)) options = rule(options, child, mistakes);
            // CALLACTORS__LEDGER__MODE and the like are hocon's, which tells of those that it does not know.
            else if (section.Path != Section || child.Key.AsSpan().IndexOfAnyInRange('a', 'z') >= 0) mistakes.Add($"{child.Path}: there is no such option; known are {string.Join(", ", rules.Keys)}");
        }

        return options;
    }

    private static bool IsIndex(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Text(IConfigurationSection value, List<string> mistakes)
    {
        if (!string.IsNullOrWhiteSpace(value.Value)) return value.Value.Trim();
        mistakes.Add($"{value.Path}: a text is missing");
        return "";
    }

    private static int Number(IConfigurationSection value, int least, int most, List<string> mistakes)
    {
        if (int.TryParse(value.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        mistakes.Add($"{value.Path}: '{value.Value}' is no whole number from {least} to {most}");
        return least;
    }

    private static bool Flag(IConfigurationSection value, List<string> mistakes)
    {
        if (bool.TryParse(value.Value, out var flag)) return flag;
        mistakes.Add($"{value.Path}: '{value.Value}' is neither true nor false");
        return false;
    }

    private static TimeSpan Time(IConfigurationSection value, List<string> mistakes)
    {
        if (double.TryParse(value.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e9) return TimeSpan.FromSeconds(seconds);
        if (TimeSpan.TryParse(value.Value, CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.Zero) return time;
        mistakes.Add($"{value.Path}: '{value.Value}' is no time; write seconds or hh:mm:ss");
        return TimeSpan.Zero;
    }

    private static ImmutableArray<string> List(IConfigurationSection value) => value.Value is { } text
        ? [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
        : [.. value.GetChildren().Select(child => child.Value ?? "")];

    private static ImmutableArray<IPNetwork> Networks(IConfigurationSection value, List<string> mistakes)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var text in List(value))
        {
            if (IPNetwork.TryParse(text, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(text, out var address)) networks.Add(new(address, address.GetAddressBytes().Length * 8));
            else mistakes.Add($"{value.Path}: '{text}' is neither an address nor a network such as 192.0.2.0/24");
        }

        return networks.ToImmutable();
    }
}
