using CallActors.Net.Streams;

namespace CallActors.Net.Memory;

/// <summary>One end of a stream connection on a memory network.</summary>
/// <remarks>Of the options it knows the bounds and the time a close may take; nobody is idle here for too long.</remarks>
internal sealed class MemoryConnection(MemoryNetwork network, NetProtocol protocol, NetAddress local, NetAddress remote, StreamOptions options)
    : IStreamConnection
{
    private const string Reset = "Connection reset by peer";

    private readonly ReceiveBuffer _received = new(options.MaxReceiveBuffer);
    private readonly Queue<byte[]> _underWay = [];
    private readonly List<byte> _written = [];
    private IStreamReceiver? _receiver;
    private MemoryConnection? _peer;
    private TimeSpan _lastDue;
    private string? _reason;
    private int _heldPieces;
    private bool _heldEnd;
    private bool _aborted;
    private bool _inBatch;
    private bool _told;

    /// <inheritdoc/>
    public NetProtocol Protocol { get; } = protocol;

    /// <inheritdoc/>
    public NetAddress Local { get; } = local;

    /// <inheritdoc/>
    public NetAddress Remote { get; } = remote;

    /// <inheritdoc/>
    public bool IsOpen { get; private set; } = true;

    /// <inheritdoc/>
    public long Backlog { get; private set; }

    /// <summary>Told when this end is over.</summary>
    public Action? Ended { get; set; }

    /// <summary>Joins two ends.</summary>
    public static void Join(MemoryConnection one, MemoryConnection other) => (one._peer, other._peer) = (other, one);

    /// <summary>Asks who receives.</summary>
    public void Start(Func<IStreamConnection, IStreamReceiver> accept)
    {
        if (!Faults.Guard(options.OnFault, (Connection: this, accept), static at => at.Connection._receiver = at.accept(at.Connection)))
        {
            Abort("Nobody received the connection.");
        }
    }

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen) return false;
        if (Backlog + bytes.Length > options.MaxBacklog)
        {
            Abort($"More than {options.MaxBacklog} bytes wait for a peer that does not read.");
            return false;
        }

        _written.AddRange(bytes);
        Backlog += bytes.Length;
        return true;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (!IsOpen || _written.Count == 0) return;
        Dispatch();
    }

    /// <inheritdoc/>
    public void Close(string reason)
    {
        if (!IsOpen) return;
        _reason = reason;
        EndWriting();
        network.Agenda.Add(network.Agenda.Now + options.CloseTimeout, () => Abort("The peer did not end the connection in time."));
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        if (_told || _aborted) return;
        _aborted = true;
        _reason ??= reason;
        Drop();
        network.Agenda.Add(network.Agenda.Now, Tell);
        network.Agenda.Add(network.DueOn(Local, Remote), () => _peer!.Break(Reset));
    }

    /// <summary>The link is up again: what waited goes on.</summary>
    public void Resume()
    {
        for (; _heldPieces > 0; _heldPieces--) Travel(Arrive);
        if (_heldEnd) Travel(Finish);
        _heldEnd = false;
    }

    /// <summary>The connection was lost at this end.</summary>
    public void Break(string reason)
    {
        if (_told) return;
        _reason ??= reason;
        Drop();
        Tell();
    }

    // What was written starts to travel, whole or in pieces.
    private void Dispatch()
    {
        byte[] bytes = [.. _written];
        _written.Clear();
        network.Watch?.OnSent(Local, Remote, Protocol, bytes, MemoryFate.Travels);
        for (var at = 0; at < bytes.Length;)
        {
            var size = network.PieceOf(bytes.Length - at, Local, Remote);
            _underWay.Enqueue(bytes[at..(at + size)]);
            at += size;
            Travel(Arrive);
        }
    }

    private void EndWriting()
    {
        IsOpen = false;
        if (_written.Count > 0) Dispatch();
        Travel(Finish);
    }

    // Nothing on a stream overtakes what was sent before it.
    private void Travel(Action arrival)
    {
        var due = network.DueOn(Local, Remote);
        _lastDue = due > _lastDue ? due : _lastDue;
        network.Agenda.Add(_lastDue, arrival);
    }

    private void Arrive()
    {
        if (_underWay.Count == 0) return;
        if (network.IsDown(Local, Remote))
        {
            _heldPieces++;
            return;
        }

        var piece = _underWay.Dequeue();
        Backlog -= piece.Length;
        _peer!.Receive(piece);
    }

    private void Finish()
    {
        if (_aborted) return;
        if (network.IsDown(Local, Remote)) _heldEnd = true;
        else if (_underWay.Count > 0) Travel(Finish);
        else _peer!.PeerFinished();
    }

    private void Receive(byte[] bytes)
    {
        if (!IsOpen || _receiver is null) return;
        if (!_inBatch) network.Agenda.AddAfterwards(EndBatch);
        _inBatch = true;
        network.Tally.StreamBytes += bytes.Length;
        for (var at = 0; at < bytes.Length && IsOpen;)
        {
            var room = _received.Room().Span;
            if (room.IsEmpty)
            {
                Abort($"More than {options.MaxReceiveBuffer} bytes arrived that make no whole message.");
                return;
            }

            var part = bytes.AsSpan(at, Math.Min(room.Length, bytes.Length - at));
            part.CopyTo(room);
            _received.Arrived(part.Length);
            at += part.Length;
            if (!Faults.Guard(options.OnFault, this, static self => self.Offer())) Abort("The receiver failed.");
        }
    }

    private void Offer()
    {
        while (!_received.IsEmpty && IsOpen)
        {
            var consumed = _receiver!.OnBytes(_received.Unconsumed);
            ArgumentOutOfRangeException.ThrowIfNegative(consumed);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(consumed, _received.Unconsumed.Length);
            if (consumed == 0) return;
            _received.Consume(consumed);
        }

        _received.Rest();
    }

    private void EndBatch()
    {
        _inBatch = false;
        if (IsOpen && !Faults.Guard(options.OnFault, _receiver!, static receiver => receiver.OnBatchEnd())) Abort("The receiver failed.");
    }

    // The peer will send nothing more. Unless we ended first we end too, after what is written already.
    private void PeerFinished()
    {
        if (_told) return;
        if (IsOpen) EndWriting();
        Tell();
    }

    private void Drop()
    {
        IsOpen = false;
        _written.Clear();
        _underWay.Clear();
        Backlog = 0;
    }

    private void Tell()
    {
        if (_told) return;
        _told = true;
        _received.Release();
        Ended?.Invoke();
        if (_receiver is not null) Faults.Guard(options.OnFault, (_receiver, _reason), static at => at._receiver.OnClosed(at._reason));
    }
}
