using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>Reads a connection to its end: waits for the socket, and then reads until it is dry.</summary>
internal sealed class StreamReading(Socket socket, TlsChannel? tls, StreamInput input)
{
    // A peer that always has more to say lets others have the thread after so many reads.
    private const int ReadsInARow = 64;

    /// <summary>Reads without a thread of its own. It waits with a read of no bytes, so that an idle connection holds no buffer.</summary>
    /// <returns>Null at the peer's orderly end, else why reading cannot go on.</returns>
    // Nothing is thrown through a second method: a reset costs enough as it is.
    public async Task<string?> ReadAllAsync()
    {
        var reads = 0;
        try
        {
            while (true)
            {
                var readable = ReadAsync(Memory<byte>.Empty);
                if (!readable.IsCompleted)
                {
                    input.EndBatch();
                    input.Rest();
                    reads = 0;
                }
                else if (++reads == ReadsInARow)
                {
                    input.EndBatch();
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    reads = 0;
                }

                await readable.ConfigureAwait(false);
                var room = input.Room();
                if (room.IsEmpty) return input.TooMuch;

                // A socket may be called readable and yet have nothing to read.
                var read = ReadAsync(room);
                if (!read.IsCompleted) input.EndBatch();
                var count = await read.ConfigureAwait(false);
                if (count == 0)
                {
                    input.EndBatch();
                    return null;
                }

                input.Arrived(count);
            }
        }
        catch (Exception loss)
        {
            return input.EndWith(loss);
        }
    }

    /// <summary>Reads on a thread of its own; not under TLS.</summary>
    /// <param name="thread">That thread, which does at the end of each batch what was left to it.</param>
    /// <param name="reason">Null at the peer's orderly end, else why reading cannot go on.</param>
    /// <returns>False when another thread reads on, because this one was kept too long.</returns>
    public bool TryReadAll(NetworkThread thread, out string? reason)
    {
        var reads = 0;
        var isDry = true;
        reason = null;
        try
        {
            while (true)
            {
                if (isDry || ++reads == ReadsInARow)
                {
                    input.EndBatch();
                    if (!thread.Work()) return false;
                    reads = 0;
                }

                if (isDry)
                {
                    input.Rest();
                    socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
                }

                var room = input.Room().Span;
                if (room.IsEmpty)
                {
                    reason = input.TooMuch;
                    return true;
                }

                var count = socket.Receive(room, SocketFlags.None, out var error);
                isDry = count < room.Length;
                if (error == SocketError.WouldBlock) continue;
                if (error != SocketError.Success) throw new SocketException((int)error);
                if (count == 0)
                {
                    input.EndBatch();
                    return true;
                }

                input.Arrived(count);
            }
        }
        catch (Exception loss)
        {
            reason = input.EndWith(loss);
            return true;
        }
    }

    private ValueTask<int> ReadAsync(Memory<byte> buffer) => tls is null ? socket.ReceiveAsync(buffer, SocketFlags.None) : tls.ReadAsync(buffer);
}
