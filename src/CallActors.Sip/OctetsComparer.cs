namespace CallActors.Sip;

/// <summary>
/// Compares <see cref="Octets"/> case sensitively, and finds them by a span without allocating (<c>GetAlternateLookup</c>).
/// </summary>
public sealed class OctetsComparer : IEqualityComparer<Octets>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Octets>
{
    private OctetsComparer()
    {
    }

    /// <summary>The one comparer; it has no state.</summary>
    public static OctetsComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(Octets x, Octets y) => x.Equals(y);

    /// <inheritdoc/>
    public int GetHashCode(Octets obj) => obj.GetHashCode();

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, Octets other) => alternate.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    /// <inheritdoc/>
    public Octets Create(ReadOnlySpan<byte> alternate) => Octets.Of(alternate);

    // HashCode is seeded anew in every process, so a peer cannot choose Call-IDs that collide.
    internal static int Hash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
