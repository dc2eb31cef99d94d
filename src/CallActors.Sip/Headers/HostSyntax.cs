namespace CallActors.Sip.Headers;

/// <summary>Hosts and ports as URIs and Via headers write them (RFC 3261 §25.1, with the IPv6 grammar of RFC 5954 §4.1).</summary>
public static class HostSyntax
{
    /// <summary>Whether <paramref name="host"/> is an IPv4 address: four decimal numbers from 0 to 255.</summary>
    public static bool IsIpv4(ReadOnlySpan<byte> host)
    {
        if (host.Length is < 7 or > 15) return false;
        int number = -1, dots = 0, digits = 0;
        foreach (var here in host)
        {
            if (here == (byte)'.')
            {
                if (number < 0 || ++dots > 3) return false;
                number = -1;
                digits = 0;
                continue;
            }
            if (here is < (byte)'0' or > (byte)'9' || ++digits > 3) return false;
            number = Math.Max(number, 0) * 10 + here - '0';
            if (number > 255) return false;
        }
        return dots == 3 && number >= 0;
    }

    /// <summary>Whether <paramref name="host"/>, without brackets, has the form of an IPv6 address.</summary>
    /// <remarks>
    /// The grammar of RFC 3261 allowed three colons before an IPv4 part by mistake (RFC 5118 §4.10); they are read, never written.
    /// </remarks>
    public static bool IsIpv6(ReadOnlySpan<byte> host)
    {
        if (host.Length is < 2 or > 46 || host.ContainsAnyExcept(HeaderGrammar.Ipv6)) return false;
        int groups = 0, at = 0;
        var isCompressed = false;
        while (at < host.Length)
        {
            if (host[at] == (byte)':')
            {
                var run = host[at..].IndexOfAnyExcept((byte)':');
                if (run < 0) run = host.Length - at;
                if (run > 3 || run > 1 && isCompressed || run == 1 && (at == 0 || at + 1 == host.Length)) return false;
                isCompressed |= run > 1;
                at += run;
                continue;
            }
            var end = host[at..].IndexOf((byte)':');
            end = end < 0 ? host.Length : at + end;
            if (host[at..end].Contains((byte)'.'))
            {
                if (end != host.Length || !IsIpv4(host[at..])) return false;
                groups += 2;
            }
            else
            {
                if (end - at > 4) return false;
                groups++;
            }
            at = end;
        }
        return isCompressed ? groups <= 7 : groups == 8;
    }

    /// <summary>
    /// The index after the host, name or bracketed IPv6 address, that begins at <paramref name="start"/>; -1 when there is none.
    /// </summary>
    internal static int End(ReadOnlySpan<byte> text, int start)
    {
        if (start >= text.Length) return -1;
        if (text[start] != (byte)'[')
        {
            var end = HeaderGrammar.End(text, start, HeaderGrammar.Host);
            return end == start || text[start] is (byte)'.' or (byte)'-' ? -1 : end;
        }
        var close = text[start..].IndexOf((byte)']');
        return close > 0 && IsIpv6(text[(start + 1)..(start + close)]) ? start + close + 1 : -1;
    }

    /// <summary>Reads the colon and the port at <paramref name="at"/> and goes past them; a port fits 16 bits.</summary>
    internal static bool TryPort(ReadOnlySpan<byte> text, ref int at, out int port)
    {
        port = 0;
        var digit = at + 1;
        for (; digit < text.Length && (uint)(text[digit] - '0') <= 9; digit++)
        {
            port = port * 10 + text[digit] - '0';
            if (port > ushort.MaxValue) return false;
        }
        if (digit == at + 1) return false;
        at = digit;
        return true;
    }
}
