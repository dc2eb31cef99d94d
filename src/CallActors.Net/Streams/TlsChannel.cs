using System.Net.Security;

namespace CallActors.Net.Streams;

/// <summary>TLS over a connection's socket: plain bytes are gathered until a flush and then encrypted as few, large records.</summary>
internal sealed class TlsChannel(SslStream tls, SendQueue queue, int bound)
{
    private readonly Lock _gate = new();
    private readonly Lock _encrypting = new();
    private PooledBytes _plain;
    private long _waiting;

    /// <summary>Plain bytes that no flush has encrypted yet.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>Reads decrypted bytes; a read into no room waits until there are some.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer) => tls.ReadAsync(buffer);

    /// <summary>Appends the bytes, all or none.</summary>
    public Appended Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (queue.Backlog + _waiting + bytes.Length > bound) return Appended.Full;
            _plain.Append(bytes);
            _waiting += bytes.Length;
            return Appended.Taken;
        }
    }

    /// <summary>Encrypts what was appended and sends it. Nothing here waits: the stream below the engine is a queue.</summary>
    /// <exception cref="IOException">The engine or the queue takes nothing any more.</exception>
    public void Flush()
    {
        lock (_encrypting)
        {
            byte[]? plain;
            int length;
            lock (_gate)
            {
                plain = _plain.Take(out length);
                _waiting = 0;
            }

            if (plain is null) return;
            try
            {
                tls.Write(plain, 0, length);
            }
            finally
            {
                PooledBytes.Return(plain);
            }
        }

        queue.Flush();
    }

    /// <summary>Flushes and tells the peer that nothing more will come (RFC 8446 §6.1).</summary>
    public void End()
    {
        Flush();
        lock (_encrypting)
        {
            // Completes at once, for the same reason.
            tls.ShutdownAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>Forgets what was not sent and gives the engine back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _plain.Clear();
            _waiting = 0;
        }

        tls.Dispose();
    }
}
