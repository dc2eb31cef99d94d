using System.Text;
using System.Text.RegularExpressions;

namespace CallActors.EndToEnd.Harness;

/// <summary>One message that SIPp sent or received.</summary>
internal sealed record TracedMessage(bool Sent, string Time, string Text)
{
    internal string StartLine => Text.Split('\n', 2)[0].TrimEnd('\r');

    internal string Method => IsResponse ? (Header("CSeq") ?? "").Split(' ')[^1] : StartLine.Split(' ')[0];

    internal bool IsResponse => StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    /// <summary>0 for a request.</summary>
    internal int Status => IsResponse ? int.Parse(StartLine.AsSpan(8, 3), System.Globalization.CultureInfo.InvariantCulture) : 0;

    internal string Body => Text.Split("\r\n\r\n", 2) is [_, var body] ? body : "";

    /// <summary>The first value, or null.</summary>
    internal string? Header(string name)
    {
        var match = Regex.Match(Text, $@"^{Regex.Escape(name)}[ \t]*:[ \t]*(.*?)\r?$", RegexOptions.Multiline | RegexOptions.IgnoreCase);
        return match.Success ? match.Groups[1].Value : null;
    }
}

/// <summary>The message log that SIPp writes with <c>-trace_msg</c>.</summary>
internal sealed partial class SippTrace(IReadOnlyList<TracedMessage> messages)
{
    internal IReadOnlyList<TracedMessage> Messages => messages;

    internal IEnumerable<TracedMessage> Sent => messages.Where(message => message.Sent);

    internal IEnumerable<TracedMessage> Received => messages.Where(message => !message.Sent);

    /// <summary>Responses with this status to requests of this method, retransmissions included.</summary>
    internal int CountReceived(int status, string method) =>
        Received.Count(message => message.Status == status && message.Method == method);

    /// <summary>Requests of this method, retransmissions included.</summary>
    internal int CountReceived(string method) => Received.Count(message => !message.IsResponse && message.Method == method);

    internal TracedMessage FirstReceived(string method) =>
        Received.First(message => !message.IsResponse && message.Method == method);

    internal TracedMessage FirstReceived(int status) => Received.First(message => message.Status == status);

    internal static SippTrace Read(string path) => new(File.Exists(path) ? Parse(File.ReadAllText(path)) : []);

    /// <summary>One line a message: time, direction, start line, CSeq.</summary>
    internal string ToLadder()
    {
        var text = new StringBuilder();
        foreach (var message in messages)
            text.Append("    ").Append(message.Time).Append(message.Sent ? "  --> " : "  <-- ").Append(message.StartLine).Append("   [")
                .Append(message.Header("CSeq")).AppendLine("]");
        return text.ToString();
    }

    private static List<TracedMessage> Parse(string log) =>
    [
        .. Record().Split(log).Skip(1).Chunk(2).Where(part => part.Length == 2).Select(part =>
        {
            var heading = Heading().Match(part[1]);
            return heading.Success
                ? new TracedMessage(heading.Groups[1].Value == "sent", part[0], part[1][(heading.Index + heading.Length)..])
                : new TracedMessage(false, part[0], part[1].TrimStart());
        }).Where(message => message.Text.Contains("SIP/2.0", StringComparison.Ordinal)),
    ];

    [GeneratedRegex(@"-{20,} \S+ (\d\d:\d\d:\d\d\.\d{3})\d*\r?\n")]
    private static partial Regex Record();

    [GeneratedRegex(@"^\w+ message (sent|received)[^\n]*\n\r?\n")]
    private static partial Regex Heading();
}
