using System.Net;
using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>A TCP connection, plain or under TLS.</summary>
/// <remarks>
/// With inline completions (see <see cref="NetTuning"/>) it is read on the thread that saw the socket become readable, or it has a thread of its own.
/// </remarks>
internal sealed class StreamConnection : IStreamConnection
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _socket;
    private readonly SendQueue _queue;
    private readonly TlsChannel? _tls;
    private readonly StreamOptions _options;
    private readonly Heartbeat _heartbeat;
    private readonly int _idleBeats;
    private StreamInput _input = null!;
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
        _input = new StreamInput(this, Accept(accept), _options);
        var reading = new StreamReading(_socket, _tls, _input);
        if (_options.HasOwnThread && _tls is null)
        {
            NetworkThread.Start($"{Protocol} {Remote}", thread => Run(reading, thread), _options.OnFault);
            return;
        }

        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = RunAsync(reading);
            return;
        }

        // A connection outlives whoever made it; nothing ambient of theirs belongs to it.
        using (ExecutionContext.SuppressFlow()) _ = RunAsync(reading);
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

    /// <summary>Bytes arrived, or the kernel took some.</summary>
    public void OnProgress() => _lastBeat = _heartbeat.Beats;

    /// <summary>The socket failed while sending.</summary>
    public void OnSendFailed(SocketError error) => Abort(StreamInput.ReasonOf(error));

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

    private IStreamReceiver Accept(Func<IStreamConnection, IStreamReceiver> accept)
    {
        try
        {
            return accept(this);
        }
        catch (Exception fault)
        {
            Report.To(_options.OnFault, fault);
            Abort("Nobody received the connection.");
            return Deaf.Instance;
        }
    }

    private void Run(StreamReading reading, NetworkThread thread)
    {
        if (reading.TryReadAll(thread, out var loss)) EndReading(loss);
    }

    private async Task RunAsync(StreamReading reading) => EndReading(await reading.ReadAllAsync().ConfigureAwait(false));

    // Nothing more will arrive. What was written still leaves, if the peer reads on; the receiver hears of the end now.
    private void EndReading(string? loss)
    {
        if (loss is not null) Abort(loss);
        bool closing;
        lock (_gate)
        {
            closing = _state == State.Open;
            if (closing) BeginClosing(null);
        }

        if (closing) Finish();
        _input.Close(_reason);
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
            Abort(StreamInput.ReasonOf(loss));
        }
    }

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
