using System.Buffers.Binary;
using System.Net;
using CallActors.Net;

namespace CallActors.Server.Restoring;

/// <summary>Writes the parts of a dialog's state one after the other; whatever does not fit is told once, at the end.</summary>
internal ref struct StateWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit; the bytes are none then.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The room that is left.</summary>
    public readonly Span<byte> Rest => _room[Length..];

    /// <summary>What was written into <see cref="Rest"/> counts.</summary>
    public void Advance(int length) => Length += length;

    public void Byte(byte value)
    {
        if (Take(1) is { IsEmpty: false } room) room[0] = value;
    }

    public void Word(int value)
    {
        if (Take(2) is { IsEmpty: false } room) BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)value);
    }

    public void Number(uint value)
    {
        if (Take(4) is { IsEmpty: false } room) BinaryPrimitives.WriteUInt32BigEndian(room, value);
    }

    /// <summary>A time of the wall clock, in milliseconds: a time that is left would say nothing on another day.</summary>
    public void Time(DateTimeOffset value)
    {
        if (Take(8) is { IsEmpty: false } room) BinaryPrimitives.WriteInt64BigEndian(room, value.ToUnixTimeMilliseconds());
    }

    /// <summary>Bytes, at most 65,535, with their length.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length > ushort.MaxValue)
        {
            IsFull = true;
            return;
        }

        Word(value.Length);
        if (Take(value.Length) is { IsEmpty: false } room) value.CopyTo(room);
    }

    public void Address(IPAddress ip, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out var length);
        Bytes(bytes[..length]);
        Word(port);
    }

    public void Address(NetAddress address) => Address(address.Ip, address.Port);

    private Span<byte> Take(int length)
    {
        if (IsFull || length > _room.Length - Length)
        {
            IsFull = true;
            return default;
        }

        Length += length;
        return _room.Slice(Length - length, length);
    }
}
