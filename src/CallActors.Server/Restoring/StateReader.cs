using System.Buffers.Binary;
using System.Net;
using CallActors.Net;

namespace CallActors.Server.Restoring;

/// <summary>Reads the parts of a dialog's state. Whatever is not there is zero or empty, and <see cref="IsBroken"/> from then on.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether something was not there, or was none.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether everything was read, and was good.</summary>
    public readonly bool IsDone => !IsBroken && _rest.IsEmpty;

    public byte Byte() => Take(1) is { IsEmpty: false } taken ? taken[0] : (byte)0;

    public int Word() => Take(2) is { IsEmpty: false } taken ? BinaryPrimitives.ReadUInt16BigEndian(taken) : 0;

    public uint Number() => Take(4) is { IsEmpty: false } taken ? BinaryPrimitives.ReadUInt32BigEndian(taken) : 0;

    public DateTimeOffset Time()
    {
        var value = Take(8) is { IsEmpty: false } taken ? BinaryPrimitives.ReadInt64BigEndian(taken) : 0;
        if (value >= 0 && value <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return DateTimeOffset.FromUnixTimeMilliseconds(value);
        IsBroken = true;
        return default;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Word());

    public NetAddress? Address()
    {
        var ip = Bytes();
        var port = Word();
        if (!IsBroken && ip.Length is 4 or 16) return NetAddress.Of(new IPAddress(ip), port);
        IsBroken = true;
        return null;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (IsBroken || length > _rest.Length)
        {
            IsBroken = true;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
