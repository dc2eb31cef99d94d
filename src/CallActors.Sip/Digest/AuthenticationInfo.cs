using CallActors.Sip.Headers;

namespace CallActors.Sip.Digest;

/// <summary>Authentication-Info or Proxy-Authentication-Info: what a server says of itself when it was content (RFC 7616 §3.5).</summary>
public readonly ref struct AuthenticationInfo
{
    /// <summary>The nonce to use next time, or empty.</summary>
    public ReadOnlySpan<byte> NextNonce { get; private init; }

    /// <summary>The server's own proof that it knows the secret, or empty.</summary>
    public ReadOnlySpan<byte> ResponseProof { get; private init; }

    /// <summary>Reads the value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out AuthenticationInfo info)
    {
        ReadOnlySpan<byte> nextNonce = default, proof = default;
        var reader = new AuthParameterReader(text);
        var isEmpty = true;
        while (reader.MoveNext())
        {
            isEmpty = false;
            if (HeaderGrammar.Same(reader.Current.Name, "nextnonce"u8)) nextNonce = reader.Current.Value;
            else if (HeaderGrammar.Same(reader.Current.Name, "rspauth"u8)) proof = reader.Current.Value;
        }
        info = new() { NextNonce = nextNonce, ResponseProof = proof };
        return !isEmpty && !reader.IsBroken;
    }
}
