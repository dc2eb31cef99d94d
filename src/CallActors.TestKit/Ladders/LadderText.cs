using System.Globalization;
using System.Text;
using CallActors.Net;

namespace CallActors.TestKit;

/// <summary>Draws a ladder: a column for each participant, a line for each message.</summary>
internal static class LadderText
{
    private const int TimeWidth = 10;
    private const int LeastGap = 20;

    /// <summary>Draws lines; a line without a message is a remark across the ladder.</summary>
    public static string Draw(IReadOnlyList<string> columns, IReadOnlyList<(TimeSpan At, LadderMessage? Message, string Remark)> lines, int most)
    {
        var text = new StringBuilder();
        var places = Places(columns, lines);
        Names(text, columns, places);
        if (lines.Count > most) text.Append(CultureInfo.InvariantCulture, $"          ({lines.Count - most} lines before)\n");
        foreach (var (at, message, remark) in lines.Skip(Math.Max(0, lines.Count - most)))
        {
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds:0.000}").PadLeft(TimeWidth - 2)).Append("  ");
            if (message is null) text.Append("-- ").Append(remark).Append(" --");
            else Arrow(text, columns, places, message);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static int[] Places(IReadOnlyList<string> columns, IReadOnlyList<(TimeSpan At, LadderMessage? Message, string Remark)> lines)
    {
        var longest = lines.Max(line => line.Message?.Label.Length) ?? 0;
        var gap = Math.Max(Math.Max(LeastGap, longest + 8), columns.Max(name => name.Length) + 2);
        return [.. Enumerable.Range(0, columns.Count).Select(column => TimeWidth + column * gap)];
    }

    private static void Names(StringBuilder text, IReadOnlyList<string> columns, int[] places)
    {
        var line = new StringBuilder();
        for (var i = 0; i < columns.Count; i++) line.Append(' ', Math.Max(0, places[i] - line.Length)).Append(columns[i]);
        text.Append(line).Append('\n');
    }

    private static void Arrow(StringBuilder text, IReadOnlyList<string> columns, int[] places, LadderMessage message)
    {
        var (from, to) = (IndexOf(columns, message.From), IndexOf(columns, message.To));
        var (left, right) = (places[Math.Min(from, to)], places[Math.Max(from, to)]);
        var line = new string(' ', places[^1] + 1).ToCharArray();
        foreach (var place in places) line[place] = '|';
        if (left == right)
        {
            // Whoever speaks to itself: there is no room for an arrow.
            text.Append(new string(line)[TimeWidth..]).Append(CultureInfo.InvariantCulture, $"   {message.From} to itself: {message.Label}");
            return;
        }

        Array.Fill(line, '-', left + 1, right - left - 1);
        var label = $" {message.Label} ";
        label.CopyTo(0, line, left + 1 + (right - left - 1 - label.Length) / 2, label.Length);
        var head = message.Fate is MemoryFate.Lost or MemoryFate.Refused ? 'x' : to > from ? '>' : '<';
        line[to > from ? right - 1 : left + 1] = head;
        text.Append(new string(line)[TimeWidth..]);
        if (message.Remark.Length > 0) text.Append("   ").Append(message.Remark);
    }

    private static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] == name) return i;
        }

        throw new ArgumentException($"{name} is not in the ladder.", nameof(name));
    }
}
