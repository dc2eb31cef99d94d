using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>What became of bytes given to a <see cref="SendQueue"/>.</summary>
internal enum Appended
{
    /// <summary>They are in the queue.</summary>
    Taken,

    /// <summary>They would exceed the bound; none is in the queue.</summary>
    Full,

    /// <summary>The queue takes nothing any more.</summary>
    Closed,
}

/// <summary>The bytes a connection has still to send: appended by any thread, sent by the thread that flushes.</summary>
/// <remarks>
/// A flush sends at once on the caller's thread as long as the kernel takes the bytes: one system call and no hand-off. Only what the
/// kernel refuses waits for the socket to become writable. While somebody sends, others append to a second buffer, so an append never
/// waits longer than a copy.
/// </remarks>
internal sealed class SendQueue(Socket socket, int bound)
{
    // The backlog goes down by this much at a time while the peer is slow.
    private const int AsyncChunk = 64 << 10;

    private readonly Lock _gate = new();
    private PooledBytes _filling;
    private byte[]? _sending;
    private int _length;
    private int _sent;
    private long _backlog;
    private bool _active;
    private bool _flushing;
    private bool _completing;
    private bool _closed;
    private Sender? _sender;

    /// <summary>Whose bytes these are, once the connection stands.</summary>
    public StreamConnection? Owner { get; set; }

    /// <summary>Bytes appended and not yet taken by the kernel.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    /// <summary>Appends the bytes, all or none.</summary>
    /// <param name="bytes">What to send.</param>
    /// <param name="elsewhere">Bytes that count against the bound although they are not here yet.</param>
    public Appended Append(ReadOnlySpan<byte> bytes, long elsewhere = 0)
    {
        lock (_gate)
        {
            if (_closed || _completing) return Appended.Closed;
            if (_backlog + elsewhere + bytes.Length > bound) return Appended.Full;
            _filling.Append(bytes);
            _backlog += bytes.Length;
            return Appended.Taken;
        }
    }

    /// <summary>Sends what was appended so far, or lets the one who is sending do it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _flushing = true;
            if (_active || _closed || _filling.Length == 0) return;
            _active = true;
        }

        Pump();
    }

    /// <summary>Takes nothing more; tells the owner once all is sent.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_completing || _closed) return;
            _completing = true;
            _flushing = true;
            if (_active) return;
            _active = true;
        }

        Pump();
    }

    /// <summary>Takes nothing more and forgets what was not sent. The socket must be disposed already.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _filling.Clear();
            // The array that is being sent belongs to the sender until its call ends.
            if (!_active) Forget();
        }
    }

    private void Pump()
    {
        try
        {
            while (Next())
            {
                var taken = socket.Send(_sending.AsSpan(_sent, _length - _sent), SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock)
                {
                    _sender ??= new Sender(this);
                    _sender.SetBuffer(_sending, _sent, Math.Min(AsyncChunk, _length - _sent));
                    if (socket.SendAsync(_sender)) return;
                    (taken, error) = (_sender.BytesTransferred, _sender.SocketError);
                }

                if (!Take(taken, error)) return;
            }
        }
        catch (ObjectDisposedException)
        {
            Stop();
        }
    }

    private void OnSent()
    {
        if (Take(_sender!.BytesTransferred, _sender.SocketError)) Pump();
    }

    private bool Take(int taken, SocketError error)
    {
        if (error != SocketError.Success)
        {
            Stop();
            Owner?.OnSendFailed(error);
            return false;
        }

        _sent += taken;
        lock (_gate) _backlog -= taken;
        Owner?.OnProgress();
        return true;
    }

    // The bytes to send next are in _sending; false when there are none, and then nobody sends.
    private bool Next()
    {
        bool completed;
        lock (_gate)
        {
            if (_closed)
            {
                _active = false;
                Forget();
                return false;
            }

            if (_sent < _length) return true;
            PooledBytes.Return(_sending);
            (_sending, _sent) = (null, 0);
            if (_flushing && _filling.Length > 0)
            {
                _flushing = _completing;
                _sending = _filling.Take(out _length);
                return true;
            }

            _length = 0;
            _flushing = false;
            _active = false;
            completed = _completing;
        }

        if (completed) Owner?.OnSendCompleted();
        return false;
    }

    private void Stop()
    {
        lock (_gate)
        {
            _active = false;
            _closed = true;
            _filling.Clear();
            Forget();
        }
    }

    private void Forget()
    {
        PooledBytes.Return(_sending);
        (_sending, _length, _sent, _backlog) = (null, 0, 0, 0);
        _sender?.Dispose();
    }

    private sealed class Sender(SendQueue queue) : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => queue.OnSent();
    }
}
