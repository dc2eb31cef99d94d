using CallActors.Sip.Messages;

namespace CallActors.Sip.Digest;

/// <summary>Walks the challenges of a response that are to be answered: the topmost supported one of each realm.</summary>
public ref struct DigestChoices
{
    // More challenges than any chain of proxies has; the walk compares each with those before it.
    private const int MostFields = 16;

    private readonly SipMessage _response;
    private readonly SipHeaderId _id;
    private SipFields _fields;
    private int _seen;

    internal DigestChoices(SipMessage response, SipHeaderId id)
    {
        _response = response;
        _id = id;
        _fields = response.Fields(id);
    }

    /// <summary>The challenge now stood at.</summary>
    public Challenge Current { get; private set; }

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly DigestChoices GetEnumerator() => this;

    /// <summary>Goes to the next challenge to be answered; false when there is none.</summary>
    public bool MoveNext()
    {
        while (_seen < MostFields && _fields.MoveNext())
        {
            if (Challenge.TryParse(_fields.Current, out var challenge) && challenge.IsSupported && !IsAnsweredAbove(challenge.Realm))
            {
                Current = challenge;
                _seen++;
                return true;
            }
            _seen++;
        }
        return false;
    }

    private readonly bool IsAnsweredAbove(ReadOnlySpan<byte> realm)
    {
        var index = 0;
        foreach (var field in _response.Fields(_id))
        {
            if (index++ == _seen) return false;
            if (Challenge.TryParse(field, out var earlier) && earlier.IsSupported && earlier.Realm.SequenceEqual(realm)) return true;
        }
        return false;
    }
}
