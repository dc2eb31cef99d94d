using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>The topmost Via value taken apart (RFC 3261 §20.42); every range is relative to the field's value.</summary>
internal struct ViaReader
{
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

        var end = HeaderGrammar.End(value, at, HeaderGrammar.Token);
        if (end == at) return false;
        at = SipGrammar.SkipWhite(value, end);
        return at > end;
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
        var end = HostSyntax.End(value, at);
        if (end < 0) return false;
        Host = value[start] == '[' ? new(start + 1, end - start - 2) : new(start, end - start);
        at = SipGrammar.SkipWhite(value, end);
        if (at < value.Length && value[at] == ':')
        {
            var digits = SipGrammar.SkipWhite(value, at + 1);
            at = end = HeaderGrammar.End(value, digits, HeaderGrammar.Digits);
            if (!SipGrammar.TryNumber(value[digits..end], ushort.MaxValue, out var port) || port == 0) return false;
        }

        SentBy = new(start, end - start);
        return true;
    }

    private static bool IsPortOrNothing(ReadOnlySpan<byte> value) =>
        value.IsEmpty || SipGrammar.TryNumber(value, ushort.MaxValue, out _);

    private bool TryPassParameters(ReadOnlySpan<byte> value, int at)
    {
        var parameters = new ParameterReader(value, at);
        while (parameters.MoveNext())
        {
            var name = parameters.Name.In(value);
            switch (name.Length)
            {
                case 5 when Ascii.EqualsIgnoreCase(name, "rport"u8):
                    // Ours to fill in; what is no port came from nobody who means well.
                    if (!Rport.IsEmpty || !IsPortOrNothing(parameters.Value.In(value))) return false;
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
