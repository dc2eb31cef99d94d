using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Tests.Messages;

namespace CallActors.Sip.Tests.Headers;

/// <summary>Which header values of the RFC 4475 messages are refused, and that no other is.</summary>
public sealed class Rfc4475HeadersTests
{
    /// <summary>The messages with a value that breaks its grammar; of all the others every value is right.</summary>
    private static readonly Dictionary<string, string[]> Refused = new()
    {
        ["badaspec"] = ["To"],
        ["baddn"] = ["From", "To"],
        ["badinv01"] = ["Via", "Contact"],
        ["ncl"] = ["Content-Length"],
        ["quotbal"] = ["To"],
        ["regbadct"] = ["Contact"],
        ["scalar02"] = ["CSeq", "Max-Forwards", "Expires"],
        ["scalarlg"] = ["CSeq", "Retry-After", "Warning"],
        ["ltgtruri"] = ["Request-URI"],
    };

    [TortureFact]
    public void Values_are_refused_where_the_RFC_broke_them() => Assert.All(Directory.GetFiles(TortureData.Folder!, "*.dat"), file =>
    {
        var name = Path.GetFileNameWithoutExtension(file);
        // Start lines with white space in the wrong place are the message parser's to refuse.
        var hasPlainStart = name is not ("lwsruri" or "lwsstart" or "trws");
        Assert.Equal(Refused.GetValueOrDefault(name, []), RefusedIn(File.ReadAllBytes(file), hasPlainStart));
    });

    private static List<string> RefusedIn(byte[] message, bool hasPlainStart)
    {
        var head = Encoding.Latin1.GetString(message);
        var end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        head = (end < 0 ? head : head[..end]).Replace("\r\n ", "\u0001 ", StringComparison.Ordinal).Replace("\r\n\t", "\u0001\t", StringComparison.Ordinal);
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var refused = new List<string>();
        if (hasPlainStart && !lines[0].StartsWith("SIP/", StringComparison.Ordinal)
            && !SipUriView.TryParse(Encoding.Latin1.GetBytes(lines[0].Split(' ')[1]), out _)) refused.Add("Request-URI");
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var id = SipHeaderNames.Find(Encoding.Latin1.GetBytes(line[..colon].Trim()));
            var value = line[(colon + 1)..].Replace("\u0001", "\r\n", StringComparison.Ordinal).Trim();
            if (!HeaderSyntax.IsValid(id, Encoding.Latin1.GetBytes(value))) refused.Add(Encoding.ASCII.GetString(SipHeaderNames.Canonical(id)));
        }
        return refused;
    }
}
