using System.Text;
using System.Text.RegularExpressions;
using Akka.Configuration;

namespace CallActors.Hosting;

/// <summary>One HOCON text with our placeholders, and where it goes wrong when it does.</summary>
/// <remarks>
/// Akka.NET's parser knows no environment, erases what stands in its own substitutions for lack of it, takes a missing brace for the
/// end, and says of no error where it is. So placeholders are replaced here before it sees the text, and errors are found here.
/// </remarks>
internal static partial class HoconText
{
    /// <summary>Reads a text.</summary>
    /// <param name="file">What to call it in an error.</param>
    /// <param name="text">The text.</param>
    /// <param name="environment">What %{NAME} stands for; null when it is not set.</param>
    public static Config Parse(string file, string text, Func<string, string?> environment)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length; at++) lines[at] = Replace(file, at + 1, lines[at], environment);
        CountBraces(file, lines);
        try
        {
            return ConfigurationFactory.ParseString(string.Join('\n', lines));
        }
        // The parser throws what its parts throw.
        catch (Exception wrong)
        {
            throw new HoconException(file, FirstWrong(lines), wrong.Message, wrong);
        }
    }

    /// <summary>A text between quotes, as it must stand in HOCON.</summary>
    public static string Quote(string text) => $"\"{Escape(text)}\"";

    private static string Replace(string file, int number, string line, Func<string, string?> environment)
    {
        if (!line.Contains("%{", StringComparison.Ordinal)) return line;
        var (code, comment) = Split(line);
        return Placeholder().Replace(code, match =>
        {
            var name = match.Groups["name"].Value;
            var value = environment(name) ?? (match.Groups["default"] is { Success: true } written
                ? written.Value
                : throw new HoconException(file, number, $"the environment variable {name} is not set, and there is no text to stand for it (%{{{name}:text}})"));
            if (value.AsSpan().ContainsAny('\n', '\r')) throw new HoconException(file, number, $"the environment variable {name} has more than one line");
            return IsQuoted(code.AsSpan(0, match.Index)) ? Escape(value) : value;
        }) + comment;
    }

    // A missing brace is no error to the parser, and the rest of the file would be in the wrong place.
    private static void CountBraces(string file, string[] lines)
    {
        Stack<(char Open, int Line)> open = [];
        for (var at = 0; at < lines.Length; at++)
        {
            foreach (var sign in Structure(lines[at]))
            {
                if (sign is '{' or '[') open.Push((sign, at + 1));
                else if (!open.TryPop(out var last) || last.Open != (sign == '}' ? '{' : '[')) throw new HoconException(file, at + 1, $"'{sign}' closes nothing that is open");
            }
        }
        if (open.TryPop(out var left)) throw new HoconException(file, left.Line, $"'{left.Open}' is never closed");
    }

    // The first line after which the text cannot be read, with everything closed that is open.
    private static int FirstWrong(string[] lines)
    {
        var text = new StringBuilder();
        Stack<char> open = [];
        for (var at = 0; at < lines.Length; at++)
        {
            text.Append(lines[at]).Append('\n');
            foreach (var sign in Structure(lines[at]))
            {
                if (sign is '{' or '[') open.Push(sign == '{' ? '}' : ']');
                else open.Pop();
            }
            try
            {
                ConfigurationFactory.ParseString(text + string.Join('\n', open));
            }
            catch (Exception)
            {
                return at + 1;
            }
        }
        return lines.Length;
    }

    /// <summary>The braces and brackets of a line, outside texts and comments.</summary>
    private static IEnumerable<char> Structure(string line)
    {
        var (code, _) = Split(line);
        var isQuoted = false;
        for (var at = 0; at < code.Length; at++)
        {
            if (code[at] == '\\' && isQuoted) at++;
            else if (code[at] == '"') isQuoted = !isQuoted;
            else if (!isQuoted && code[at] is '{' or '}' or '[' or ']') yield return code[at];
        }
    }

    /// <summary>A line's own part, and the comment behind it.</summary>
    private static (string Code, string Comment) Split(string line)
    {
        var isQuoted = false;
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '\\' && isQuoted) at++;
            else if (line[at] == '"') isQuoted = !isQuoted;
            else if (!isQuoted && (line[at] == '#' || (line[at] == '/' && at + 1 < line.Length && line[at + 1] == '/'))) return (line[..at], line[at..]);
        }
        return (line, "");
    }

    private static bool IsQuoted(ReadOnlySpan<char> before)
    {
        var isQuoted = false;
        for (var at = 0; at < before.Length; at++)
        {
            if (before[at] == '\\' && isQuoted) at++;
            else if (before[at] == '"') isQuoted = !isQuoted;
        }
        return isQuoted;
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex(@"%\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?<default>[^}]*))?\}")]
    private static partial Regex Placeholder();
}
