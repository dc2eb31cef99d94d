using CallActors.Net.Streams;

namespace CallActors.Net.Pipes;

/// <summary>How a lane ends.</summary>
internal enum LaneEnd : byte
{
    /// <summary>It has not ended.</summary>
    Not,

    /// <summary>Behind everything that was written.</summary>
    Orderly,

    /// <summary>At once; what was not delivered is lost.</summary>
    Now,
}

/// <summary>One direction of a pipe: written to by any thread, delivered by the thread that flushes, one at a time.</summary>
/// <remarks>
/// Whoever sets <see cref="_active"/> delivers until nothing is left, so the calls of a receiver never overlap and nothing flushed is ever
/// forgotten. The end is told by the deliverer too, as the last thing; it stays active then, and nobody delivers any more.
/// </remarks>
internal sealed class PipeLane(PipeEnd to, StreamOptions options, Action<Action> later)
{
    private readonly Lock _gate = new();
    private readonly ReceiveBuffer _rest = new(options.MaxReceiveBuffer);
    private PooledBytes _filling;
    private byte[]? _taken;
    private int _length;
    private long _backlog;
    private bool _flushing;
    private bool _inBatch;
    private LaneEnd _end;

    // Until both receivers are named, as if somebody delivered.
    private bool _active = true;

    private enum Step
    {
        Deliver,
        EndBatch,
        Rest,
        Tell,
    }

    /// <summary>Bytes written and not delivered yet.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    /// <summary>Appends the bytes, all or none.</summary>
    public Appended Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_end != LaneEnd.Not) return Appended.Closed;
            if (_backlog + bytes.Length > options.MaxBacklog) return Appended.Full;
            _filling.Append(bytes);
            _backlog += bytes.Length;
            return Appended.Taken;
        }
    }

    /// <summary>Delivers what was written so far, or lets the one who is delivering do it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_filling.Length == 0) return;
            _flushing = true;
            if (_active) return;
            _active = true;
        }

        Pump();
    }

    /// <summary>Nothing more will be written. The receiver hears of it from the one who is delivering, or later.</summary>
    public void End(LaneEnd how)
    {
        lock (_gate)
        {
            if (_end >= how) return;
            _end = how;
            if (how == LaneEnd.Now)
            {
                _filling.Clear();
                _backlog = 0;
            }

            if (_active) return;
            _active = true;
        }

        later(Pump);
    }

    /// <summary>The receiver is named.</summary>
    public void Start() => Pump();

    private void Pump()
    {
        while (true)
        {
            switch (Next())
            {
                case Step.Deliver:
                    Deliver(_taken.AsSpan(0, _length));
                    Delivered();
                    break;
                case Step.EndBatch:
                    EndBatch();
                    break;
                case Step.Tell:
                    Tell();
                    return;
                default:
                    return;
            }
        }
    }

    private Step Next()
    {
        lock (_gate)
        {
            if (_end == LaneEnd.Now) return Step.Tell;
            if (_filling.Length > 0 && (_flushing || _end == LaneEnd.Orderly))
            {
                _flushing = false;
                _taken = _filling.Take(out _length);
                return Step.Deliver;
            }

            if (_end == LaneEnd.Orderly) return Step.Tell;
            if (_inBatch) return Step.EndBatch;
            _active = false;
            return Step.Rest;
        }
    }

    private void Delivered()
    {
        PooledBytes.Return(_taken);
        _taken = null;
        lock (_gate)
        {
            if (_end != LaneEnd.Now) _backlog -= _length;
        }
    }

    // Bytes are offered where they lie. Only what the receiver leaves over is copied, and then joined by what arrives next.
    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        if (to.Receiver is null) return;
        _inBatch = true;
        while (!bytes.IsEmpty && to.IsOpen)
        {
            if (!_rest.IsEmpty)
            {
                bytes = bytes[Keep(bytes)..];
                OfferRest();
            }
            else if (Offer(bytes) is > 0 and var consumed)
            {
                bytes = bytes[consumed..];
            }
            else
            {
                while (!bytes.IsEmpty && to.IsOpen) bytes = bytes[Keep(bytes)..];
            }
        }
    }

    // As much as there is room for at a time; what was offered once is kept whole before it is offered again.
    private int Keep(ReadOnlySpan<byte> bytes)
    {
        var room = _rest.Room().Span;
        var part = Math.Min(room.Length, bytes.Length);
        bytes[..part].CopyTo(room);
        _rest.Arrived(part);
        if (part == 0) to.Abort($"More than {options.MaxReceiveBuffer} bytes arrived that make no whole message.");
        return part;
    }

    private void OfferRest()
    {
        while (!_rest.IsEmpty && to.IsOpen)
        {
            var consumed = Offer(_rest.Unconsumed);
            if (consumed == 0) return;
            _rest.Consume(consumed);
        }
    }

    private int Offer(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var consumed = to.Receiver!.OnBytes(bytes);
            ArgumentOutOfRangeException.ThrowIfNegative(consumed);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(consumed, bytes.Length);
            return consumed;
        }
        catch (Exception fault)
        {
            Fail(fault);
            return 0;
        }
    }

    private void EndBatch()
    {
        _inBatch = false;
        _rest.Rest();
        try
        {
            to.Receiver?.OnBatchEnd();
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
    }

    private void Tell()
    {
        // What came before the end was delivered, and what that made the receiver write elsewhere must leave.
        if (_inBatch) EndBatch();
        _rest.Release();
        to.PeerEnded();
        try
        {
            to.Receiver?.OnClosed(to.Reason);
        }
        catch (Exception fault)
        {
            Report.To(options.OnFault, fault);
        }
    }

    private void Fail(Exception fault)
    {
        Report.To(options.OnFault, fault);
        to.Abort("The receiver failed.");
    }
}
