using System.Text;
using CallActors.Sip.Messages;
using CsCheck;

namespace CallActors.Sip.Tests.Messages;

/// <summary>Messages made by chance from parts that are allowed: all are accepted, and all are fixed points.</summary>
public sealed class FixedPointTests
{
    private static readonly Gen<string> Token = Gen.Char["abcxyzABC0189-.!%*_+`'~"].Array[1, 12].Select(letters => new string(letters));
    private static readonly Gen<string> User = Gen.OneOf(Any("a", "%00", "%40", "+", "_", "-", "Z", "9", "~", "\'", ";p", "?", "/"), Any("b", "c")).Array[1, 6].Select(string.Concat);
    private static readonly Gen<string> White = Any("", " ", "\t", "  ", " \r\n ", "\r\n\t");
    private static readonly Gen<string> Blank = Any(" ", "\t", "   ", "\r\n ");
    private static readonly Gen<string> Quoted = Any("a", " ", ";", ",", "<", ">", "\\\"", "\\\\", "\u00fc", "\\\0", "?").Array[0, 8].Select(parts => $"\"{string.Concat(parts)}\"");
    private static readonly Gen<string> Host = Any("example.com", "192.0.2.7", "[2001:db8::1]", "host", "a_b.example", "[::ffff:192.0.2.1]");
    private static readonly Gen<string> Port = Any("", ":1", ":5060", ":65535", ":05060");

    private static readonly Gen<string> Uri = Gen.OneOf(
        Gen.Select(User, Host, Port, (user, host, port) => $"sip:{user}@{host}{port};transport=tcp"),
        Gen.Select(Host, Port, (host, port) => $"sips:{host}{port}"),
        Any("+1", "1-2(3).4", "*99#").Select(number => $"tel:{number};phone-context=x"),
        Token.Select(rest => $"urn:{rest}:x"));

    private static readonly Gen<string> Parameter = Gen.Select(White, Token, White, Gen.OneOf(Token, Quoted, Gen.Const("")),
        (before, name, around, value) => value.Length == 0 ? $"{before};{around}x{name}" : $"{before};{around}x{name}{around}={around}{value}");

    private static readonly Gen<string> Parameters = Parameter.Array[0, 4].Select(string.Concat);

    private static readonly Gen<string> Address = Gen.OneOf(
        Gen.Select(Quoted, White, Uri, (name, white, uri) => $"{name}{white}<{uri}>"),
        Gen.Select(Token, Blank, Uri, (name, blank, uri) => $"{name}{blank}<{uri}>"),
        Uri.Select(uri => $"<{uri}?h=v>"));

    private static readonly Gen<string> Tag = Gen.OneOf(Gen.Const(""), Gen.Select(White, Token, (white, tag) => $"{white};{white}tag{white}={white}{tag}"));

    private static readonly Gen<string> Via = Gen.Select(
        Any("SIP/2.0/UDP", "SIP / 2.0 / TCP", "sip/2.0/TLS", "SIP\t/\r\n 2.0/ UNKNOWN"), Blank, Host, Port, Parameters, Token,
        (protocol, blank, host, port, parameters, branch) => $"{protocol}{blank}{host}{port}{parameters};branch=z9hG4bK{branch}");

    private static readonly Gen<string> Other = Gen.Select(Any("X-Odd", "k", "Supported", "s", "Allow", "Warning", "Route", "User-Agent"), Any(":", " :", "\t: "), White,
        Gen.OneOf(Token, Quoted, Gen.Const(""), Gen.Const(";;,;"), Gen.Const("\u00e4\u00f6 \u0001")), White, (name, colon, before, value, after) => $"{name}{colon}{before}{value}{after}");

    private static readonly Gen<string> Body = Gen.Char['\0', '\u00ff'].Array[0, 40].Select(letters => new string(letters));

    private static readonly Gen<string> Request = Gen.Select(
        Gen.Select(Token, Uri, Gen.Int[0, int.MaxValue], Blank, (method, uri, number, blank) => (Line: $"{method} {uri} SIP/2.0", CSeq: $"CSeq: 00{number}{blank}{method}")),
        Via.Array[1, 3], Gen.Select(Address, Tag, Parameters), Gen.Select(Address, Tag, Parameters), Token, Other.Array[0, 8], Body,
        (start, via, from, to, callId, others, body) => Shuffle(start.Line,
            [.. via.Select(value => "Via: " + value), $"f:{from.Item1}{from.Item2}{from.Item3}", $"To : {to.Item1}{to.Item3}{to.Item2}", $"Call-ID: {callId}@x", start.CSeq, .. others], body));

    [Fact]
    public void Whatever_follows_the_grammar_is_accepted_and_is_a_fixed_point() => Request.Sample(text =>
    {
        var result = SipParser.Parse(Encoding.Latin1.GetBytes(text));
        Assert.True(result.Status == SipParseStatus.Message, $"{result.Error}\n{text}");
        FixedPoint.Check(result.Message!, text);
    }, iter: 5_000);

    [Fact]
    public void Whatever_is_stamped_is_read_as_it_was_noted() => Request.Sample(text =>
    {
        var stamped = SipParser.Parse(Encoding.Latin1.GetBytes(text), new ViaStamp("203.0.113.200"u8, 61234)).Message!;
        FixedPoint.Check(stamped, text);
        var again = SipParser.Parse(stamped.Bytes, new ViaStamp("203.0.113.200"u8, 61234)).Message!;
        Assert.True(again.Bytes.SequenceEqual(SipParser.Parse(again.Bytes).Message!.Bytes));
        var via = SipText.Text(again.First(SipHeaderId.Via));
        Assert.EndsWith(";received=203.0.113.200;rport=61234", via, StringComparison.Ordinal);
        Assert.Equal(2, via.Split(";received=").Length);
    }, iter: 3_000);

    private static Gen<string> Any(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    // Headers in another order, Via values among themselves as they were.
    private static string Shuffle(string start, string[] headers, string body)
    {
        var first = headers.TakeWhile(header => header.StartsWith("Via", StringComparison.Ordinal)).ToArray();
        var rest = headers[first.Length..];
        var turn = body.Length % Math.Max(1, rest.Length);
        return string.Join("\r\n", [start, .. rest[turn..], .. first, .. rest[..turn], "", ""]) + body;
    }
}
