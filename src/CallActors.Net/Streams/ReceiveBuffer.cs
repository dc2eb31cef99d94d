using System.Buffers;

namespace CallActors.Net.Streams;

/// <summary>The bytes of one connection that arrived and are not consumed yet, contiguous in a rented array that grows to a bound.</summary>
/// <remarks>An idle connection with nothing left over holds no array at all. Used by the connection's reader alone.</remarks>
internal sealed class ReceiveBuffer(int bound)
{
    private const int FirstSize = 16_384;

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>What is not consumed yet.</summary>
    public ReadOnlySpan<byte> Unconsumed => _array.AsSpan(_start, _end - _start);

    /// <summary>Whether everything is consumed.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Whether it holds an array.</summary>
    public bool IsHolding => _array is not null;

    /// <summary>Room for what arrives next; empty when the bound is reached.</summary>
    public Memory<byte> Room()
    {
        if (_array is null) _array = ArrayPool<byte>.Shared.Rent(Math.Min(bound, FirstSize));
        else if (_end == Math.Min(_array.Length, bound)) MakeRoom();
        return _array.AsMemory(_end, Math.Max(0, Math.Min(_array.Length, bound) - _end));
    }

    /// <summary>So many bytes arrived in the room.</summary>
    public void Arrived(int count) => _end += count;

    /// <summary>So many bytes are done with.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end) (_start, _end) = (0, 0);
    }

    /// <summary>Gives the array back, if nothing is in it.</summary>
    public void Rest()
    {
        if (IsEmpty) Release();
    }

    /// <summary>Gives the array back, whatever is in it.</summary>
    public void Release()
    {
        if (_array is null) return;
        ArrayPool<byte>.Shared.Return(_array);
        (_array, _start, _end) = (null, 0, 0);
    }

    // What was consumed at the front is worth moving the rest for only when it is much: a rest that is moved a byte at a time is never done.
    private void MakeRoom()
    {
        var length = _end - _start;
        if (_start >= _array!.Length / 2 || (_start > 0 && _array.Length >= bound))
        {
            Unconsumed.CopyTo(_array);
        }
        else if (_array.Length < bound)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(bound, 2 * _array.Length));
            Unconsumed.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }
        else
        {
            return;
        }

        (_start, _end) = (0, length);
    }
}
