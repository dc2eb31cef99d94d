namespace CallActors.Sip.Headers;

/// <summary>One value of Contact: <c>*</c>, or an address with its <c>expires</c> and <c>q</c> (RFC 3261 §20.10).</summary>
public readonly ref struct ContactView
{
    /// <summary>What RFC 3261 §20.10 puts in the place of an <c>expires</c> that is no 32-bit number, in seconds.</summary>
    public const uint ExpiresWhenMalformed = 3600;

    private ContactView(NameAddrView address, bool isStar)
    {
        Address = address;
        IsStar = isStar;
    }

    /// <summary>Whether this is the <c>*</c> that stands for every binding in a REGISTER.</summary>
    public bool IsStar { get; }

    /// <summary>The address; empty when <see cref="IsStar"/>.</summary>
    public NameAddrView Address { get; }

    /// <summary>The URI without &lt;&gt;.</summary>
    public ReadOnlySpan<byte> Uri => Address.Uri;

    /// <summary>
    /// The <c>expires</c> parameter in seconds, null when absent; <see cref="ExpiresWhenMalformed"/> when it is no 32-bit number (RFC
    /// 4475 §3.1.2.4).
    /// </summary>
    public uint? Expires => !Address.TryParameter("expires"u8, out var value) ? null
        : HeaderGrammar.TryNumber(value, out var seconds) ? seconds : ExpiresWhenMalformed;

    /// <summary>The <c>q</c> parameter in thousandths, null when absent or no qvalue.</summary>
    public int? Preference => Address.TryParameter("q"u8, out var value) && PreferenceSyntax.TryParse(value, out var q) ? q : null;

    /// <summary>Reads one value; false when it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ContactView contact)
    {
        var isStar = text.Trim(" \t\r\n"u8).SequenceEqual("*"u8);
        if (isStar)
        {
            contact = new(default, isStar: true);
            return true;
        }
        var isAddress = NameAddrView.TryParse(text, out var address);
        contact = isAddress ? new(address, isStar: false) : default;
        return isAddress;
    }
}
