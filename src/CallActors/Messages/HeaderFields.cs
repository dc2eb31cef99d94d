using System.Collections;

namespace CallActors;

/// <summary>Header fields that an application adds to a message, in order. A field may occur several times.</summary>
/// <remarks>Via, Route, Record-Route, RSeq, Call-ID, CSeq and Content-Length belong to the signalling server, which ignores them.</remarks>
public sealed class HeaderFields : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    /// <summary>How many fields there are.</summary>
    public int Count => _fields.Count;

    /// <summary>Sets a field in place of every one of that name; reading gives the first, or null.</summary>
    /// <exception cref="ArgumentException">The name is not a token, or the value holds a line break.</exception>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in _fields)
            {
                if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) return value;
            }

            return null;
        }
        set
        {
            _fields.RemoveAll(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase));
            if (value is not null) Add(name, value);
        }
    }

    /// <summary>Appends a field.</summary>
    /// <exception cref="ArgumentException">The name is not a token (RFC 3261 §25.1), or the value holds a line break: nothing may smuggle in a header.</exception>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsToken(name)) throw new ArgumentException($"\"{name}\" is not the name of a header field.", nameof(name));
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) throw new ArgumentException($"The value of {name} holds a line break.", nameof(value));
        _fields.Add(new(name, value));
    }

    /// <summary>Appends all fields of another list.</summary>
    public void AddAll(IEnumerable<KeyValuePair<string, string>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var (name, value) in fields) Add(name, value);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsToken(string name)
    {
        if (string.IsNullOrEmpty(name)) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-.!%*_+`'~".Contains(c, StringComparison.Ordinal)) return false;
        }

        return true;
    }
}
