using System.Security.Cryptography;
using CallActors.Sip;

namespace CallActors.Server.Partitions;

/// <summary>Makes tags, branches and Call-IDs: unique in space and time, and not to be guessed (RFC 3261 §19.3, §8.1.1.7).</summary>
/// <remarks>Thread-safe. With a seed (tests, simulation) the same run makes the same names.</remarks>
internal sealed class SipIdentity(int? seed = null)
{
    // xoshiro-quality per thread, seeded from the system: 64 fresh bits a name, without a system call for each.
    [ThreadStatic]
    private static Random? t_random;

    private readonly Random? _seeded = seed is { } value ? new Random(value) : null;

    /// <summary>A tag of 16 hexadecimal digits: 64 bits, twice what RFC 3261 §19.3 asks for.</summary>
    public Octets NewTag()
    {
        Span<byte> text = stackalloc byte[16];
        Write(text);
        return Octets.Of(text);
    }

    /// <summary>A branch: the magic cookie and 64 random bits.</summary>
    public Octets NewBranch()
    {
        Span<byte> text = stackalloc byte[7 + 16];
        "z9hG4bK"u8.CopyTo(text);
        Write(text[7..]);
        return Octets.Of(text);
    }

    /// <summary>A Call-ID of 128 random bits.</summary>
    public Octets NewCallId()
    {
        Span<byte> text = stackalloc byte[32];
        Write(text[..16]);
        Write(text[16..]);
        return Octets.Of(text);
    }

    /// <summary>A number below <paramref name="bound"/>, for jitter and starting numbers.</summary>
    public int Next(int bound) => _seeded is { } seeded ? seeded.Next(bound) : ThisThread.Next(bound);

    private static Random ThisThread => t_random ??= new Random(RandomNumberGenerator.GetInt32(int.MaxValue));

    private void Write(Span<byte> hex)
    {
        var value = (ulong)(_seeded ?? ThisThread).NextInt64(long.MinValue, long.MaxValue);
        value.TryFormat(hex, out _, "x16", null);
    }
}
