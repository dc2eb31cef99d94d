namespace CallActors.Sip.Headers;

/// <summary>URIs made of other URIs, byte for byte but for what changes.</summary>
public static class UriRewriting
{
    /// <summary>
    /// Writes <paramref name="uri"/> without the parameter called <paramref name="name"/> into <paramref name="target"/>, which is as
    /// long as the URI; returns the length.
    /// </summary>
    public static int WithoutParameter(SipUriView uri, ReadOnlySpan<byte> name, Span<byte> target)
    {
        if (!uri.Parameters.Contains(name))
        {
            uri.Text.CopyTo(target);
            return uri.Text.Length;
        }
        var end = CopyWithoutParameter(uri, name, target);
        var headers = uri.Text[uri.WithoutHeaders.Length..];
        headers.CopyTo(target[end..]);
        return end + headers.Length;
    }

    /// <summary>
    /// Makes the Request-URI of a new request out of what an application gave as its target: a bare number becomes
    /// <c>sip:number@localhost</c>, the header part and the <c>method</c> parameter go, as neither may stand in a Request-URI (RFC 3261
    /// §19.1.1).
    /// </summary>
    /// <param name="given">What the application gave.</param>
    /// <param name="target">Takes the Request-URI; at least <c>given.Length</c> + 14 bytes.</param>
    /// <param name="length">The length of the Request-URI.</param>
    /// <param name="headers">The header part that was taken off, whose headers the request shall have.</param>
    /// <returns>False when it is no URI, or has a user part that RFC 3261 does not allow: nothing is sent then.</returns>
    public static bool TryRequestUri(ReadOnlySpan<byte> given, Span<byte> target, out int length, out UriHeaders headers)
    {
        length = 0;
        headers = default;
        if (IsBareNumber(given))
        {
            "sip:"u8.CopyTo(target);
            given.CopyTo(target[4..]);
            "@localhost"u8.CopyTo(target[(given.Length + 4)..]);
            length = given.Length + 14;
            return true;
        }
        if (!SipUriView.TryParse(given, out var uri) || !uri.HasStrictUser) return false;
        headers = uri.Headers;
        if (uri.IsSip && uri.Parameters.Contains("method"u8))
        {
            length = CopyWithoutParameter(uri, "method"u8, target);
        }
        else
        {
            uri.WithoutHeaders.CopyTo(target);
            length = uri.WithoutHeaders.Length;
        }
        return true;
    }

    /// <summary>
    /// Writes an address value with the host and port of its URI replaced; returns the length, or 0 when the value or its URI is broken.
    /// </summary>
    /// <param name="value">One value of From, To, Contact, P-Asserted-Identity and their like.</param>
    /// <param name="hostPort">Host and port, brackets included.</param>
    /// <param name="target">Takes the new value; at least <c>value.Length + hostPort.Length</c> bytes.</param>
    public static int WithHostPort(ReadOnlySpan<byte> value, ReadOnlySpan<byte> hostPort, Span<byte> target)
    {
        if (!NameAddrView.TryParse(value, out var address) || !address.TryUri(out var uri) || !uri.IsSip) return 0;
        value.Overlaps(uri.HostPort, out var start);
        var end = start + uri.HostPort.Length;
        value[..start].CopyTo(target);
        hostPort.CopyTo(target[start..]);
        value[end..].CopyTo(target[(start + hostPort.Length)..]);
        return value.Length - uri.HostPort.Length + hostPort.Length;
    }

    private static int CopyWithoutParameter(SipUriView uri, ReadOnlySpan<byte> name, Span<byte> target)
    {
        var end = uri.WithoutHeaders.Length - uri.Parameters.Text.Length;
        uri.Text[..end].CopyTo(target);
        foreach (var pair in uri.Parameters)
        {
            if (UriEscaping.SameUnescaped(pair.Name, name)) continue;
            target[end++] = (byte)';';
            pair.Text.CopyTo(target[end..]);
            end += pair.Text.Length;
        }
        return end;
    }

    private static bool IsBareNumber(ReadOnlySpan<byte> given)
    {
        var digits = given.StartsWith("+"u8) ? given[1..] : given;
        return !digits.IsEmpty && !digits.ContainsAnyExcept(HeaderGrammar.Digits);
    }
}
