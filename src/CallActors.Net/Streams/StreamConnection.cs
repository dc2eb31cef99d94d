using System.Net;
using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>A TCP connection, plain or under TLS.</summary>
/// <remarks>
/// Its reader waits for the socket with a read of no bytes, so that an idle connection holds no buffer, and then reads until the socket is
/// dry. With inline completions (see <see cref="NetTuning"/>) it runs on the thread that saw the socket become readable.
/// </remarks>
internal sealed class StreamConnection : IStreamConnection
{
    // A peer that always has more to say lets others have the thread after so many reads.
    private const int ReadsInARow = 64;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _socket;
    private readonly SendQueue _queue;
    private readonly TlsChannel? _tls;
    private readonly StreamOptions _options;
    private readonly Heartbeat _heartbeat;
    private readonly int _idleBeats;
    private IStreamReceiver _receiver = null!;
    private volatile State _state;
    private string? _reason;
    private bool _sentAll;
    private bool _told;
    private int _lastBeat;
    private int _deadline = int.MaxValue;

    private StreamConnection(Socket socket, SendQueue queue, TlsChannel? tls, NetProtocol protocol, StreamOptions options, Heartbeat heartbeat)
    {
        (_socket, _queue, _tls, _options, _heartbeat) = (socket, queue, tls, options, heartbeat);
        Protocol = protocol;
        Local = NetAddress.Of((IPEndPoint)socket.LocalEndPoint!);
        Remote = NetAddress.Of((IPEndPoint)socket.RemoteEndPoint!);
        _idleBeats = Heartbeat.BeatsOf(options.IdleTimeout);
        _lastBeat = heartbeat.Beats;
        queue.Owner = this;
    }

    private enum State
    {
        Open,

        /// <summary>Nothing is taken or delivered any more; what was written is being sent, and the peer's end awaited.</summary>
        Closing,
        Closed,
    }

    /// <inheritdoc/>
    public NetProtocol Protocol { get; }

    /// <inheritdoc/>
    public NetAddress Local { get; }

    /// <inheritdoc/>
    public NetAddress Remote { get; }

    /// <inheritdoc/>
    public bool IsOpen => _state == State.Open;

    /// <inheritdoc/>
    public long Backlog => _queue.Backlog + (_tls?.Waiting ?? 0);

    /// <summary>Completes when the receiver has heard of the end and the socket is given back.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Makes a connection of a connected socket, which is the connection's from now on, also when this fails.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="protocol">What to tell of it.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="heartbeat">What looks after it.</param>
    /// <param name="handshake">Agrees on TLS; null for a plain connection.</param>
    public static async Task<StreamConnection> OpenAsync(
        Socket socket, NetProtocol protocol, StreamOptions options, Heartbeat heartbeat, Func<SendQueue, Task<TlsChannel>>? handshake)
    {
        var queue = new SendQueue(socket, options.MaxBacklog);
        try
        {
            StreamSockets.Prepare(socket, options);
            var tls = handshake is null ? null : await handshake(queue).ConfigureAwait(false);
            return new StreamConnection(socket, queue, tls, protocol, options, heartbeat);
        }
        catch
        {
            socket.Dispose();
            queue.Close();
            throw;
        }
    }

    /// <summary>Asks who receives, and starts to read.</summary>
    public void Start(Func<IStreamConnection, IStreamReceiver> accept)
    {
        _heartbeat.Add(this);
        try
        {
            _receiver = accept(this);
        }
        catch (Exception fault)
        {
            Report.To(_options.OnFault, fault);
            _receiver = Deaf.Instance;
            Abort("Nobody received the connection.");
        }

        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = RunAsync();
            return;
        }

        // A connection outlives whoever made it; nothing ambient of theirs belongs to it.
        using (ExecutionContext.SuppressFlow()) _ = RunAsync();
    }

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        if (_state != State.Open) return false;
        switch (_tls is null ? _queue.Append(bytes) : _tls.Append(bytes))
        {
            case Appended.Taken:
                return true;
            case Appended.Full:
                Abort($"More than {_options.MaxBacklog} bytes wait for a peer that does not read.");
                return false;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_tls is null) _queue.Flush();
        else Encrypt(_tls.Flush);
    }

    /// <inheritdoc/>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (_state != State.Open) return;
            BeginClosing(reason);
        }

        Finish();
    }

    /// <summary>Whatever ends the connection from here on, this is why.</summary>
    internal void EndsFor(string reason)
    {
        lock (_gate) _reason ??= reason;
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        bool release;
        lock (_gate)
        {
            if (_state == State.Closed) return;
            _reason ??= reason;
            _state = State.Closed;
            release = _told;
        }

        // A linger time of zero makes the close a reset. The reader's wait ends with an error, on another thread, and it tells the receiver.
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Reset already.
        }

        _socket.Dispose();
        _queue.Close();
        if (release) Release();
    }

    /// <summary>The heart has beaten: whatever has taken too long ends.</summary>
    public void OnBeat(int now)
    {
        if (now >= Volatile.Read(ref _deadline)) Abort("The peer did not end the connection in time.");
        else if (_idleBeats > 0 && now - _lastBeat > _idleBeats) Close("Idle for too long.");
    }

    /// <summary>The kernel took bytes.</summary>
    public void OnSendProgress() => _lastBeat = _heartbeat.Beats;

    /// <summary>The socket failed while sending.</summary>
    public void OnSendFailed(SocketError error) => Abort(ReasonOf(error));

    /// <summary>Everything is sent: say so, and wait for the peer to say the same, so that no unread byte turns the close into a reset.</summary>
    public void OnSendCompleted()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }

        bool release;
        lock (_gate)
        {
            _sentAll = true;
            release = _told;
        }

        if (release) Release();
    }

    private async Task RunAsync()
    {
        var buffer = new ReceiveBuffer(_options.MaxReceiveBuffer);
        if (await ReadAllAsync(buffer).ConfigureAwait(false) is { } reason) Abort(reason);
        buffer.Release();
        EndReading();
    }

    // Null at the peer's orderly end, else why reading cannot go on. Nothing is thrown through a second method: a reset costs enough as it is.
    private async ValueTask<string?> ReadAllAsync(ReceiveBuffer buffer)
    {
        var inBatch = false;
        var reads = 0;
        try
        {
            while (true)
            {
                var readable = ReadAsync(Memory<byte>.Empty);
                if (!readable.IsCompleted)
                {
                    EndBatch(ref inBatch);
                    buffer.Rest();
                    reads = 0;
                }
                else if (++reads == ReadsInARow)
                {
                    EndBatch(ref inBatch);
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    reads = 0;
                }

                await readable.ConfigureAwait(false);
                var room = buffer.Room();
                if (room.IsEmpty) return $"More than {_options.MaxReceiveBuffer} bytes arrived that make no whole message.";

                // A socket may be called readable and yet have nothing to read.
                var read = ReadAsync(room);
                if (!read.IsCompleted) EndBatch(ref inBatch);
                var count = await read.ConfigureAwait(false);
                if (count == 0)
                {
                    EndBatch(ref inBatch);
                    return null;
                }

                _lastBeat = _heartbeat.Beats;
                buffer.Arrived(count);
                inBatch = true;
                Deliver(buffer);
            }
        }
        catch (ReceiverFault fault)
        {
            Report.To(_options.OnFault, fault.InnerException!);
            return "The receiver failed.";
        }
        catch (Exception loss)
        {
            EndLastBatch(inBatch);
            return ReasonOf(loss);
        }
    }

    // What came before the loss was delivered, and what that made the receiver write elsewhere must leave.
    private void EndLastBatch(bool inBatch)
    {
        try
        {
            EndBatch(ref inBatch);
        }
        catch (ReceiverFault fault)
        {
            Report.To(_options.OnFault, fault.InnerException!);
        }
    }

    private void Deliver(ReceiveBuffer buffer)
    {
        while (!buffer.IsEmpty)
        {
            // What still arrives while the connection is being closed is read, so that the close is no reset, and forgotten.
            var consumed = _state == State.Open ? Offer(buffer.Unconsumed) : buffer.Unconsumed.Length;
            if (consumed == 0) return;
            buffer.Consume(consumed);
        }
    }

    private int Offer(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var consumed = _receiver.OnBytes(bytes);
            ArgumentOutOfRangeException.ThrowIfNegative(consumed);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(consumed, bytes.Length);
            return consumed;
        }
        catch (Exception fault)
        {
            throw new ReceiverFault(fault);
        }
    }

    private void EndBatch(ref bool inBatch)
    {
        if (!inBatch) return;
        inBatch = false;
        try
        {
            _receiver.OnBatchEnd();
        }
        catch (Exception fault)
        {
            throw new ReceiverFault(fault);
        }
    }

    private ValueTask<int> ReadAsync(Memory<byte> buffer) =>
        _tls is null ? _socket.ReceiveAsync(buffer, SocketFlags.None) : _tls.ReadAsync(buffer);

    // Nothing more will arrive. What was written still leaves, if the peer reads on; the receiver hears of the end now.
    private void EndReading()
    {
        bool closing;
        lock (_gate)
        {
            closing = _state == State.Open;
            if (closing) BeginClosing(null);
        }

        if (closing) Finish();
        try
        {
            _receiver.OnClosed(_reason);
        }
        catch (Exception fault)
        {
            Report.To(_options.OnFault, fault);
        }

        bool release;
        lock (_gate)
        {
            _told = true;
            release = _sentAll || _state == State.Closed;
        }

        // Otherwise the last byte sent, or the deadline, releases it.
        if (release) Release();
    }

    private void BeginClosing(string? reason)
    {
        _reason ??= reason;
        _state = State.Closing;
        Volatile.Write(ref _deadline, _heartbeat.Beats + Heartbeat.BeatsOf(_options.CloseTimeout) + 1);
    }

    private void Finish()
    {
        if (_tls is not null) Encrypt(_tls.End);
        _queue.Complete();
    }

    private void Release()
    {
        lock (_gate) _state = State.Closed;
        _socket.Dispose();
        _queue.Close();
        _tls?.Dispose();
        _heartbeat.Remove(this);
        _ended.TrySetResult();
    }

    private void Encrypt(Action step)
    {
        try
        {
            step();
        }
        catch (Exception loss) when (loss is IOException or InvalidOperationException or ObjectDisposedException)
        {
            Abort(ReasonOf(loss));
        }
    }

    private static string ReasonOf(Exception loss) => loss switch
    {
        SocketException socket => ReasonOf(socket.SocketErrorCode),
        { InnerException: SocketException socket } => ReasonOf(socket.SocketErrorCode),
        _ => loss.Message,
    };

    private static string ReasonOf(SocketError error) => new SocketException((int)error).Message;

    // Tells our own fault from the network's, whatever the type of what was thrown.
    private sealed class ReceiverFault(Exception fault) : Exception(fault.Message, fault);

    private sealed class Deaf : IStreamReceiver
    {
        public static readonly Deaf Instance = new();

        public int OnBytes(ReadOnlySpan<byte> buffered) => buffered.Length;

        public void OnBatchEnd()
        {
        }

        public void OnClosed(string? reason)
        {
        }
    }
}
