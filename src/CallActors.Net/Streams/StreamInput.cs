using System.Net.Sockets;

namespace CallActors.Net.Streams;

/// <summary>Takes what arrives on a connection to its receiver, and keeps what that has not consumed.</summary>
internal sealed class StreamInput(StreamConnection connection, IStreamReceiver receiver, StreamOptions options)
{
    private readonly ReceiveBuffer _buffer = new(options.MaxReceiveBuffer);
    private bool _inBatch;

    /// <summary>What is said of a peer whose bytes make no whole message.</summary>
    public string TooMuch => $"More than {options.MaxReceiveBuffer} bytes arrived that make no whole message.";

    /// <summary>Room for what arrives next; empty when the bound is reached.</summary>
    public Memory<byte> Room() => _buffer.Room();

    /// <summary>So many bytes arrived in the room.</summary>
    public void Arrived(int count)
    {
        connection.OnProgress();
        _buffer.Arrived(count);
        _inBatch = true;
        while (!_buffer.IsEmpty)
        {
            // What still arrives while the connection is being closed is read, so that the close is no reset, and forgotten.
            var consumed = connection.IsOpen ? Offer(_buffer.Unconsumed) : _buffer.Unconsumed.Length;
            if (consumed == 0) return;
            _buffer.Consume(consumed);
        }
    }

    /// <summary>The connection is dry for now.</summary>
    public void EndBatch()
    {
        if (!_inBatch) return;
        _inBatch = false;
        try
        {
            receiver.OnBatchEnd();
        }
        catch (Exception fault)
        {
            throw new ReceiverFault(fault);
        }
    }

    /// <summary>It is for longer: no memory is held meanwhile.</summary>
    public void Rest() => _buffer.Rest();

    /// <summary>Nothing more will be read, because of an exception.</summary>
    /// <returns>Why, in words for a log.</returns>
    public string EndWith(Exception exception)
    {
        if (exception is ReceiverFault { InnerException: { } fault })
        {
            Report.To(options.OnFault, fault);
            return "The receiver failed.";
        }

        // What came before the loss was delivered, and what that made the receiver write elsewhere must leave.
        try
        {
            EndBatch();
        }
        catch (ReceiverFault late)
        {
            Report.To(options.OnFault, late.InnerException!);
        }

        return ReasonOf(exception);
    }

    /// <summary>Nothing more will be read.</summary>
    /// <param name="reason">Why, in words for a log; null when the peer closed in good order.</param>
    public void Close(string? reason)
    {
        _buffer.Release();
        try
        {
            receiver.OnClosed(reason);
        }
        catch (Exception fault)
        {
            Report.To(options.OnFault, fault);
        }
    }

    /// <summary>Why a connection is lost, in words for a log.</summary>
    public static string ReasonOf(Exception loss) => loss switch
    {
        SocketException socket => ReasonOf(socket.SocketErrorCode),
        { InnerException: SocketException socket } => ReasonOf(socket.SocketErrorCode),
        _ => loss.Message,
    };

    /// <inheritdoc cref="ReasonOf(Exception)"/>
    public static string ReasonOf(SocketError error) => new SocketException((int)error).Message;

    private int Offer(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var consumed = receiver.OnBytes(bytes);
            ArgumentOutOfRangeException.ThrowIfNegative(consumed);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(consumed, bytes.Length);
            return consumed;
        }
        catch (Exception fault)
        {
            throw new ReceiverFault(fault);
        }
    }

    // Tells our own fault from the network's, whatever the type of what was thrown.
    private sealed class ReceiverFault(Exception fault) : Exception(fault.Message, fault);
}
