using System.Text;

namespace CallActors.Fuzz;

/// <summary>Makes inputs from seeds: each is one seed with up to four changes.</summary>
public sealed class Mutator(IReadOnlyList<byte[]> seeds)
{
    private const int Longest = 64 * 1024;

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\r", "\n", "\r\n", "\r\n\r\n", "\n\n", "\r\n ", "\r\n\t", "\0", "\\\0", "\\", "\"", "\"\"", "\\\"", "<", ">", "<>", "<sip:", ";", ";;", ",", ",,", ":", "::", "@",
            "?", "&", "=", "%", "%00", "%0d%0a", "#", "|", "||", "*", "/", "[", "]", "[::]", "[:::1]", " ", "\t", "  ", "(", ")", "\u007f", "\u0080", "\u00ff",
            ";tag=", ";tag=x", ";branch=", ";branch=z9hG4bK", ";rport", ";rport=", ";received=1.2.3.4", ";lr", "SIP/2.0", "SIP/2.0/", "sip:", "sips:", "tel:+1",
            "Via: ", "v:", "\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx", "\r\nl: 3", "\r\nContent-Length: 0", "\r\nContent-Length : 7", "\r\nCSeq: 1 INVITE", "\r\nTo: <sip:x@y>;tag=1",
            "\r\nRequire: x", "\r\nContact: *", "\r\nm: ", "INVITE ", "ACK ", "0#", "1#", "999999999#", "|sip|", "|authenticate|", "|proxy|", "Digest ", "username=\"", ", nonce=\"", "%s%n%x",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private static readonly byte[][] Numbers =
    [
        .. new[]
        {
            "0", "00", "-1", "+1", "1", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "18446744073709551616",
            "99999999999999999999999999", "000000000000000000001", "0x10", "1e9", "1.5", "",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private readonly byte[] _data = new byte[Longest];
    private int _length;

    private Span<byte> Data => _data.AsSpan(0, _length);

    /// <summary>The next input; valid until the call after.</summary>
    public ReadOnlySpan<byte> Make(ref FuzzRandom random)
    {
        var seed = seeds[random.Next(seeds.Count)];
        seed.CopyTo(_data.AsSpan());
        _length = seed.Length;
        for (var changes = random.Next(5); changes > 0; changes--) Change(ref random);
        return Data;
    }

    private void Change(ref FuzzRandom random)
    {
        if (_length == 0)
        {
            Replace(0, 0, Pieces[random.Next(Pieces.Length)]);
            return;
        }

        var at = random.Next(_length);
        switch (random.Next(15))
        {
            case 0:
                _data[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                _data[at] = (byte)random.Next(256);
                break;
            case 2 or 3:
                Replace(at, 0, Pieces[random.Next(Pieces.Length)]);
                break;
            case 4:
                var piece = Pieces[random.Next(Pieces.Length)];
                Replace(at, Math.Min(piece.Length, _length - at), piece);
                break;
            case 5:
                Replace(at, Math.Min(_length - at, 1 + random.Next(20)), default);
                break;
            case 6:
                var (line, lineEnd) = Line(at);
                Replace(Line(random.Next(_length)).Start, 0, Data[line..lineEnd].ToArray());
                break;
            case 7:
                var (start, end) = Line(at);
                Replace(start, end - start, default);
                break;
            case 8 or 9:
                Inflate(at, ref random);
                break;
            case 10:
                BreakLineEnds(at, ref random);
                break;
            case 11:
                _length = at;
                break;
            case 12:
                var other = seeds[random.Next(seeds.Count)];
                if (other.Length == 0) break;
                var from = random.Next(other.Length);
                Replace(at, random.OneIn(2) ? _length - at : 0, other.AsSpan(from, random.OneIn(2) ? other.Length - from : Math.Min(other.Length - from, 40)));
                break;
            case 13:
                Repeat(at, ref random);
                break;
            default:
                foreach (ref var letter in Data.Slice(at, Math.Min(12, _length - at)))
                {
                    if (char.IsAsciiLetter((char)letter)) letter ^= 0x20;
                }

                break;
        }
    }

    // The digits at or behind the place become a number at an edge.
    private void Inflate(int at, ref FuzzRandom random)
    {
        var digit = Data[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
        if (digit < 0) return;
        at += digit;
        var length = Data[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        Replace(at, length < 0 ? _length - at : length, Numbers[random.Next(Numbers.Length)]);
    }

    private void BreakLineEnds(int at, ref FuzzRandom random)
    {
        var everywhere = random.OneIn(3);
        var with = random.Next(3) switch { 0 => "\n"u8, 1 => "\r"u8, _ => "\r\r\n"u8 };
        while (Data[at..].IndexOf("\r\n"u8) is >= 0 and var next)
        {
            at += next;
            Replace(at, 2, with);
            at += with.Length;
            if (!everywhere || at >= _length) break;
        }
    }

    private void Repeat(int at, ref FuzzRandom random)
    {
        var chunk = Data.Slice(at, Math.Min(_length - at, 1 + random.Next(random.OneIn(3) ? 60 : 4))).ToArray();
        var times = 1 << random.Next(random.OneIn(20) ? 13 : 6);
        var whole = new byte[Math.Min(chunk.Length * times, Longest / 2)];
        for (var index = 0; index < whole.Length; index++) whole[index] = chunk[index % chunk.Length];
        Replace(at, 0, whole);
    }

    private (int Start, int End) Line(int at)
    {
        var start = Data[..at].LastIndexOf((byte)'\n') + 1;
        var end = Data[at..].IndexOf((byte)'\n');
        return (start, end < 0 ? _length : at + end + 1);
    }

    private void Replace(int at, int length, ReadOnlySpan<byte> with)
    {
        with = with[..Math.Min(with.Length, Longest - _length + length)];
        Data[(at + length)..].CopyTo(_data.AsSpan(at + with.Length));
        with.CopyTo(_data.AsSpan(at));
        _length += with.Length - length;
    }
}
