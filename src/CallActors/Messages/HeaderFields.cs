using System.Collections;
using CallActors.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>Header fields that an application adds to a message, in order. A field may occur several times.</summary>
/// <remarks>Via, Route, Record-Route, RSeq, CSeq and Content-Length belong to the signalling server, which ignores them.</remarks>
public sealed class HeaderFields : IEnumerable<HeaderLine>
{
    private readonly List<HeaderLine> _fields = [];

    /// <summary>How many fields there are.</summary>
    public int Count => _fields.Count;

    /// <summary>Sets a field in place of every one of that name; reading gives the first, or null.</summary>
    /// <exception cref="ArgumentException">The name is not a token, or the value holds a line break.</exception>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
            {
                if (field.Is(name)) return field.Value;
            }

            return null;
        }
        set
        {
            _fields.RemoveAll(field => field.Is(name));
            if (value is not null) Add(name, value);
        }
    }

    /// <summary>Appends a field.</summary>
    /// <exception cref="ArgumentException">The name is not a token (RFC 3261 §25.1), or the value holds a line break: nothing may smuggle in a header.</exception>
    public void Add(string name, string value) => _fields.Add(HeaderLine.Of(name, value));

    /// <summary>Appends all fields of another list.</summary>
    public void AddAll(IEnumerable<HeaderLine> fields) => _fields.AddRange(fields);

    /// <inheritdoc/>
    public IEnumerator<HeaderLine> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Fields, and in place of those of the same name others.</summary>
    internal static HeaderFields? Over(HeaderFields? fields, HeaderFields? others)
    {
        if (fields is null || others is null) return fields ?? others;
        var all = new HeaderFields();
        all.AddAll(fields);
        foreach (var (name, value) in others) all[name] = value;
        return all;
    }

    /// <summary>What a policy takes from a message, and fields that are added whatever it says.</summary>
    internal static HeaderFields Of(HeaderPolicy policy, SipMessage message, HeaderFields? more = null)
    {
        var fields = new HeaderFields();
        fields.AddAll(policy.Apply(message));
        if (more is null) return fields;
        foreach (var (name, value) in more) fields[name] = value;
        return fields;
    }
}
