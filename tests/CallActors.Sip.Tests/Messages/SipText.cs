using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Tests.Messages;

/// <summary>Messages written as text in tests: line feeds become CRLF.</summary>
public static class SipText
{
    /// <summary>The mandatory headers of a request but the request line, ending with a line break.</summary>
    public const string Usual =
        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa\nFrom: <sip:a@example.com>;tag=f\nTo: <sip:b@example.com>\nCall-ID: c@d\n";

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>An OPTIONS with the usual headers and those given, each line ended by a line feed.</summary>
    public static byte[] Options(string more = "", string uri = "sip:b@example.com") =>
        Bytes($"OPTIONS {uri} SIP/2.0\n{Usual}CSeq: 1 OPTIONS\n{more}\n");

    public static SipRequest Request(ReadOnlySpan<byte> bytes) => Assert.IsType<SipRequest>(Accepted(bytes));

    public static SipRequest Request(string text) => Request(Bytes(text));

    public static SipResponse Response(string text) => Assert.IsType<SipResponse>(Accepted(Bytes(text)));

    public static SipMessage Accepted(ReadOnlySpan<byte> bytes)
    {
        var result = SipParser.Parse(bytes);
        Assert.Equal(default, result.Error);
        Assert.Equal(SipParseStatus.Message, result.Status);
        return result.Message!;
    }
}
