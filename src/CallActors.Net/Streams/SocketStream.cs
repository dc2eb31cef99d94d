using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>A socket as the stream below TLS: reads wait for the socket, writes go into the send queue and never wait.</summary>
internal sealed class SocketStream(Socket socket, SendQueue queue) : Stream
{
    /// <summary>
    /// Whether what follows a read is continued on the thread pool. So during the handshake: a private-key operation takes a millisecond,
    /// which the thread that serves every socket has no time for.
    /// </summary>
    public bool LeavesSocketThread { get; set; } = true;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        LeavesSocketThread ? ReadElsewhereAsync(buffer, cancellationToken) : socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (queue.Append(buffer) != Appended.Taken) throw new IOException("The connection is closed, or its backlog is full.");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // What the TLS engine writes on its own (handshake, alerts, key updates) leaves at once.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        queue.Flush();
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // The connection says when to flush.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Reads are asynchronous.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> ReadElsewhereAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        var count = await socket.ReceiveAsync(buffer, SocketFlags.None, cancel).ConfigureAwait(false);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return count;
    }
}
