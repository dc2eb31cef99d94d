using System.Globalization;
using System.Text;

namespace CallActors.Chaos.Phones;

/// <summary>A SIP message as text, read the simplest way: what is under test is not asked how to read it.</summary>
internal sealed class SipText
{
    private readonly List<(string Name, string Value)> _headers = [];

    private SipText(string startLine, string body) => (StartLine, Body) = (startLine, body);

    public string StartLine { get; }

    public string Body { get; }

    /// <summary>The status of a response; 0 for a request.</summary>
    public int Status => StartLine.StartsWith("SIP/", StringComparison.Ordinal) ? int.Parse(StartLine.AsSpan(8, 3), CultureInfo.InvariantCulture) : 0;

    /// <summary>A request's method.</summary>
    public string Method => StartLine[..StartLine.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>The user of a request's URI.</summary>
    public string User => Between(StartLine, "sip:", '@');

    public string CallId => Header("Call-ID");

    public (long Number, string Method) Sequence
    {
        get
        {
            var parts = Header("CSeq").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }
    }

    /// <summary>The branch of the first Via.</summary>
    public string Branch => Parameter(Header("Via"), "branch");

    /// <summary>The URI of the Contact.</summary>
    public string Contact => Between(Header("Contact"), "<", '>');

    /// <summary>The first header field of a name; empty when there is none.</summary>
    public string Header(string name)
    {
        foreach (var header in _headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return header.Value;
        }
        return "";
    }

    /// <summary>All header lines of a name, to be copied.</summary>
    public IEnumerable<string> Lines(string name) => _headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => $"{name}: {header.Value}\r\n");

    /// <summary>A parameter behind the last <c>&gt;</c> of a value, or of the whole of it.</summary>
    public static string Parameter(string value, string name)
    {
        var rest = value[(value.LastIndexOf('>') + 1)..];
        var at = rest.IndexOf(name + "=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return "";
        var end = rest.IndexOfAny([';', ',', ' '], at);
        return rest[(at + name.Length + 1)..(end < 0 ? rest.Length : end)];
    }

    /// <summary>Reads a datagram; null when it is none of SIP's.</summary>
    public static SipText? Read(ReadOnlySpan<byte> datagram)
    {
        var text = Encoding.Latin1.GetString(datagram);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var line = text.IndexOf("\r\n", StringComparison.Ordinal);
        var message = new SipText(text[..line], text[(end + 4)..]);
        for (var at = line + 2; at < end; at = line + 2)
        {
            line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            var colon = text.IndexOf(':', at);
            if (colon > 0 && colon < line) message._headers.Add((text[at..colon].Trim(), text[(colon + 1)..line].Trim()));
        }
        return message;
    }

    /// <summary>The response to a request.</summary>
    public string Respond(int status, string reason, string tag, string more = "", string body = "")
    {
        var text = new StringBuilder(400).Append(CultureInfo.InvariantCulture, $"SIP/2.0 {status} {reason}\r\n");
        foreach (var via in Lines("Via")) text.Append(via);
        foreach (var route in Lines("Record-Route")) text.Append(route);
        var to = Header("To");
        if (status > 100 && Parameter(to, "tag").Length == 0) to += ";tag=" + tag;
        return text.Append("From: ").Append(Header("From")).Append("\r\nTo: ").Append(to).Append("\r\nCall-ID: ").Append(CallId).Append("\r\nCSeq: ").Append(Header("CSeq")).Append("\r\n")
            .Append(more).Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n").Append(body).ToString();
    }

    private static string Between(string text, string before, char after)
    {
        var at = text.IndexOf(before, StringComparison.Ordinal);
        if (at < 0) return "";
        at += before.Length;
        var end = text.IndexOf(after, at);
        return end < 0 ? text[at..] : text[at..end];
    }
}
