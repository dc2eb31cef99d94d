using System.Buffers;
using System.Text;

namespace CallActors.Sip.Messages;

/// <summary>The topmost Via value taken apart (RFC 3261 §20.42); every range is relative to the field's value.</summary>
internal struct ViaReader
{
    private static readonly SearchValues<byte> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    private static readonly SearchValues<byte> Ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Without brackets.</summary>
    public SipRange Host;

    /// <summary>Host, and port with its colon where there is one.</summary>
    public SipRange SentBy;

    public SipRange Branch;

    /// <summary>The whole parameter from its semicolon on; empty when absent.</summary>
    public SipRange Received;

    /// <summary>The whole parameter from its semicolon on; empty when absent.</summary>
    public SipRange Rport;

    /// <summary>Where this value ends: the end of the field, or the comma before the next.</summary>
    public int End;

    public static bool TryRead(ReadOnlySpan<byte> value, out ViaReader via)
    {
        via = default;
        var at = 0;
        return TryPassProtocol(value, ref at) && via.TryPassSentBy(value, ref at) && via.TryPassParameters(value, at);
    }

    /// <summary>A host name, IPv4 address or bracketed IPv6 address at <paramref name="at"/>; leaves <paramref name="at"/> behind it.</summary>
    public static bool TryPassHost(ReadOnlySpan<byte> text, ref int at, out SipRange host)
    {
        host = default;
        if (at == text.Length) return false;
        var isBracketed = text[at] == '[';
        var start = isBracketed ? at + 1 : at;
        // Three colons are let through inside brackets: an old ABNF makes them (RFC 5118 §4.10).
        var length = text[start..].IndexOfAnyExcept(isBracketed ? Ipv6Characters : HostCharacters);
        if (length < 0) length = text.Length - start;
        if (length == 0) return false;
        host = new(start, length);
        at = host.End;
        if (!isBracketed) return true;
        if (at == text.Length || text[at] != ']') return false;
        at++;
        return true;
    }

    /// <summary>":" and a port from 1 to 65535.</summary>
    public static bool TryPassPort(ReadOnlySpan<byte> text, ref int at)
    {
        var digits = SipGrammar.SkipWhite(text, at + 1);
        at = digits;
        while (at < text.Length && char.IsAsciiDigit((char)text[at])) at++;
        return SipGrammar.TryNumber(text[digits..at], ushort.MaxValue, out var port) && port > 0;
    }

    // "SIP" SLASH "2.0" SLASH transport LWS; white space may surround each slash (RFC 4475 §3.1.1.1).
    private static bool TryPassProtocol(ReadOnlySpan<byte> value, ref int at)
    {
        if (value.StartsWith("SIP/2.0/"u8))
        {
            at = 8;
        }
        else if (!TryPassWord(value, ref at, "SIP"u8) || !TryPassSlash(value, ref at) ||
                 !TryPassWord(value, ref at, "2.0"u8) || !TryPassSlash(value, ref at))
        {
            return false;
        }

        var length = value[at..].IndexOfAnyExcept(SipGrammar.Token);
        if (length <= 0) return false;
        at += length;
        var next = SipGrammar.SkipWhite(value, at);
        if (next == at) return false;
        at = next;
        return true;
    }

    private static bool TryPassWord(ReadOnlySpan<byte> value, ref int at, ReadOnlySpan<byte> word)
    {
        if (value.Length - at < word.Length || !Ascii.EqualsIgnoreCase(value.Slice(at, word.Length), word)) return false;
        at += word.Length;
        return true;
    }

    private static bool TryPassSlash(ReadOnlySpan<byte> value, ref int at)
    {
        at = SipGrammar.SkipWhite(value, at);
        if (at == value.Length || value[at] != '/') return false;
        at = SipGrammar.SkipWhite(value, at + 1);
        return true;
    }

    private bool TryPassSentBy(ReadOnlySpan<byte> value, ref int at)
    {
        var start = at;
        if (!TryPassHost(value, ref at, out Host)) return false;
        var end = at;
        at = SipGrammar.SkipWhite(value, at);
        if (at < value.Length && value[at] == ':')
        {
            if (!TryPassPort(value, ref at)) return false;
            end = at;
        }

        SentBy = new(start, end - start);
        return true;
    }

    private bool TryPassParameters(ReadOnlySpan<byte> value, int at)
    {
        var parameters = new ParameterReader(value, at);
        while (parameters.MoveNext())
        {
            var name = parameters.Name.In(value);
            switch (name.Length)
            {
                case 5 when Ascii.EqualsIgnoreCase(name, "rport"u8):
                    if (!Rport.IsEmpty) return false;
                    Rport = parameters.Whole;
                    break;
                case 6 when Ascii.EqualsIgnoreCase(name, "branch"u8):
                    if (!Branch.IsEmpty || parameters.Value.IsEmpty || value[parameters.Value.Start] == '"') return false;
                    Branch = parameters.Value;
                    break;
                case 8 when Ascii.EqualsIgnoreCase(name, "received"u8):
                    if (!Received.IsEmpty) return false;
                    Received = parameters.Whole;
                    break;
                default:
                    break;
            }
        }

        End = parameters.At;
        return !parameters.IsBroken;
    }
}
