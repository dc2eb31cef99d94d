using System.Text;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors.Headers;

/// <summary>Which headers a rule is about: one by its name, compact form or not, all that begin alike (<c>X-*</c>), or all.</summary>
internal readonly record struct HeaderPattern
{
    private readonly SipHeaderId _id;
    private readonly Octets _start;

    private HeaderPattern(SipHeaderId id, Octets start, bool isWild)
    {
        _id = id;
        _start = start;
        IsWild = isWild;
    }

    public static HeaderPattern All => new(SipHeaderId.Unknown, default, isWild: true);

    /// <summary>Whether it may mean several headers. An asterisk is one only at the end: elsewhere it is a character of a name.</summary>
    public bool IsWild { get; }

    /// <summary>The known header that is meant by name.</summary>
    public SipHeaderId Id => _id;

    public static HeaderPattern Of(string pattern)
    {
        if (!SipToken.Is(pattern)) throw new ArgumentException($"'{pattern}' is no header name, and no beginning of one with an asterisk.", nameof(pattern));
        if (pattern[^1] == '*') return new(SipHeaderId.Unknown, Octets.Of(pattern[..^1]), isWild: true);
        return Exactly(pattern);
    }

    public static HeaderPattern Exactly(string name) => new(HeaderLine.IdOf(name), Octets.Of(name), isWild: false);

    /// <summary>As <see cref="Of"/> reads it.</summary>
    public override string ToString() => IsWild ? _start + "*" : _start.ToString();

    public bool Matches(SipHeaderView header)
    {
        if (_id != SipHeaderId.Unknown) return header.Id == _id;
        var name = header.Id == SipHeaderId.Unknown ? header.Name : SipHeaderNames.Canonical(header.Id);
        if (name.Length < _start.Length || (!IsWild && name.Length != _start.Length)) return false;
        return Ascii.EqualsIgnoreCase(name[.._start.Length], _start.Span);
    }
}
