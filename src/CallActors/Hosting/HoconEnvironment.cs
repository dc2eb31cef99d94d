using System.Globalization;
using System.Text;
using Akka.Configuration;

namespace CallActors.Hosting;

/// <summary>Settings in environment variables: CALLACTORS__LEDGER__MODE=off is callactors.ledger.mode = off, and AKKA__ works alike.</summary>
/// <remarks>In capitals: CallActors__ is .NET configuration, of the section of that name. Two underscores are a dot and one is a hyphen. Names that end in __0, __1 and so on are the members of a list.</remarks>
internal static class HoconEnvironment
{
    private const string Ours = "CALLACTORS__", Akka = "AKKA__";

    /// <summary>The settings of an environment.</summary>
    public static Config Read(IReadOnlyDictionary<string, string> environment)
    {
        var text = new StringBuilder();
        SortedDictionary<string, SortedDictionary<int, string>> lists = new(StringComparer.Ordinal);
        foreach (var (name, value) in environment.Where(variable => IsSetting(variable.Key)).OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            var key = KeyOf(name);
            var end = key.LastIndexOf('.');
            if (int.TryParse(key.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place))
            {
                if (!lists.TryGetValue(key[..end], out var list)) lists.Add(key[..end], list = []);
                list[place] = value;
            }
            else
            {
                text.Append(key).Append(" = ").Append(HoconText.Quote(value)).Append('\n');
            }
        }
        foreach (var (key, list) in lists) text.Append(key).Append(" = [").AppendJoin(", ", list.Values.Select(HoconText.Quote)).Append("]\n");
        return text.Length == 0 ? Config.Empty : HoconText.Parse("the environment", text.ToString(), _ => null);
    }

    /// <summary>Fails for a variable that would set a key of ours that there is not: a typo would otherwise be silence.</summary>
    public static void Check(IReadOnlyDictionary<string, string> environment, Config known)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith(Ours, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (!known.HasPath(KeyOf(name))) throw new HoconException($"The environment variable {name} sets {KeyOf(name)}, and there is no such key.");
        }
    }

    private static bool IsSetting(string name) => name.StartsWith(Ours, StringComparison.Ordinal) || name.StartsWith(Akka, StringComparison.Ordinal);

    private static string KeyOf(string name) => name.ToLowerInvariant().Replace("__", ".", StringComparison.Ordinal).Replace('_', '-');
}
