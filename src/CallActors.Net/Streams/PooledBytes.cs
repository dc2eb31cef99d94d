using System.Buffers;

namespace CallActors.Net.Streams;

/// <summary>A growing run of bytes in a rented array; holds no array while it is empty. A field, never copied.</summary>
internal struct PooledBytes
{
    private const int FirstSize = 4096;

    private byte[]? _array;

    /// <summary>How many bytes it holds.</summary>
    public int Length { get; private set; }

    /// <summary>Puts the bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_array is null || _array.Length - Length < bytes.Length) Grow(Length + bytes.Length);
        bytes.CopyTo(_array.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Hands over the array, to be returned with <see cref="Return"/>, and is empty again.</summary>
    public byte[]? Take(out int length)
    {
        (var array, length) = (_array, Length);
        (_array, Length) = (null, 0);
        return array;
    }

    /// <summary>Forgets the bytes.</summary>
    public void Clear() => Return(Take(out _));

    /// <summary>Gives an array back to where <see cref="Append"/> rented it.</summary>
    public static void Return(byte[]? array)
    {
        if (array is not null) ArrayPool<byte>.Shared.Return(array);
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * Length))));
        _array.AsSpan(0, Length).CopyTo(larger);
        Return(_array);
        _array = larger;
    }
}
