using System.Text;

namespace CallActors.Sip;

/// <summary>
/// Immutable bytes with value equality and a hash computed once: the currency for tags, Call-IDs, branches and URIs that are kept beyond
/// a message.
/// </summary>
public readonly struct Octets : IEquatable<Octets>
{
    private readonly byte[]? _bytes;
    private readonly int _hash;

    // The array is never handed out, so nobody can change it later.
    private Octets(byte[] bytes)
    {
        _bytes = bytes;
        _hash = OctetsComparer.Hash(bytes);
    }

    /// <summary>No bytes at all; the same as <c>default</c>.</summary>
    public static Octets Empty => default;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The bytes as memory, for those who must keep them across an await.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>How many bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>A copy of <paramref name="bytes"/>.</summary>
    public static Octets Of(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? default : new(bytes.ToArray());

    /// <summary>The UTF-8 bytes of <paramref name="text"/>.</summary>
    public static Octets Of(string text) => string.IsNullOrEmpty(text) ? default : new(Encoding.UTF8.GetBytes(text));

    /// <summary>The UTF-8 bytes of a text.</summary>
    public static implicit operator Octets(string text) => Of(text);

    /// <summary>The bytes.</summary>
    public static implicit operator ReadOnlySpan<byte>(Octets octets) => octets.Span;

    /// <summary>Equal bytes, case sensitive.</summary>
    public static bool operator ==(Octets left, Octets right) => left.Equals(right);

    /// <summary>Different bytes, case sensitive.</summary>
    public static bool operator !=(Octets left, Octets right) => !left.Equals(right);

    /// <summary>Equal bytes, case sensitive.</summary>
    public bool Equals(Octets other) =>
        ReferenceEquals(_bytes, other._bytes) || (_hash == other._hash && Span.SequenceEqual(other.Span));

    /// <summary>Equal bytes, case sensitive.</summary>
    public bool Equals(ReadOnlySpan<byte> other) => Span.SequenceEqual(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Octets other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The bytes read as UTF-8.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
