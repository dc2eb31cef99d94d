namespace CallActors.Control;

/// <summary>
/// Cuts a connection's bytes into the frames of the control protocol: <c>&lt;decimal byte count&gt;#&lt;payload&gt;</c>.
/// </summary>
/// <remarks>
/// The buffer is the host's: contiguous, starting at the first byte not yet consumed, and growing until a frame is whole.
/// What was scanned is remembered, so asking again with more bytes never reads the count twice. Nothing is copied or allocated.
/// One framer belongs to one connection and is kept in a field (it is a mutable struct); after
/// <see cref="ControlFrameStatus.Broken"/> it stays broken.
/// </remarks>
public struct ControlFramer
{
    /// <summary>The largest payload accepted when nothing else is configured: 1 MiB.</summary>
    public const int DefaultMaxPayload = 1024 * 1024;

    // Leading zeros are tolerated, but not without end.
    private const int MaxDigits = 10;

    private readonly int _maxPayload;
    private int _digits;
    private long _count;
    private bool _counted;
    private ControlFrameFault _fault;

    /// <param name="maxPayload">Largest payload in bytes; a greater count breaks the connection as soon as it is seen.</param>
    public ControlFramer(int maxPayload = DefaultMaxPayload)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxPayload);
        _maxPayload = maxPayload;
    }

    private readonly int MaxPayload => _maxPayload == 0 ? DefaultMaxPayload : _maxPayload;

    /// <summary>Looks for one frame at the start of <paramref name="buffered"/>: everything received and not yet consumed.</summary>
    public ControlFrame Next(ReadOnlySpan<byte> buffered)
    {
        if (!_counted && !ReadCount(buffered))
            return _fault == ControlFrameFault.None ? default : new(ControlFrameStatus.Broken, Fault: _fault);

        var start = _digits + 1;
        if (buffered.Length - start < _count) return default;

        var length = (int)_count;
        _digits = 0;
        _count = 0;
        _counted = false;
        return new(length == 0 ? ControlFrameStatus.Empty : ControlFrameStatus.Frame, start, length, start + length);
    }

    private bool ReadCount(ReadOnlySpan<byte> buffered)
    {
        while (_fault == ControlFrameFault.None && _digits < buffered.Length)
        {
            var octet = buffered[_digits];
            if (octet == '#')
            {
                if (_digits > 0) return _counted = true;
                _fault = ControlFrameFault.NoCount;
            }
            else if (!char.IsAsciiDigit((char)octet)) _fault = ControlFrameFault.NotACount;
            else
            {
                _count = _count * 10 + (octet - '0');
                _digits++;
                if (_count > MaxPayload || _digits > MaxDigits) _fault = ControlFrameFault.TooLarge;
            }
        }
        return false;
    }
}
