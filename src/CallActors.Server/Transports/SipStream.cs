using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.Server.Transports;

/// <summary>One SIP stream connection: cuts its bytes into messages and answers keep-alives.</summary>
internal sealed class SipStream(SipDispatch dispatch, SipStreams streams, SipTransport transport, IStreamConnection connection, SipParserLimits limits, TimeProvider time)
    : IStreamReceiver
{
    private SipStreamFramer _framer = new(limits);
    private long _partialSince;

    /// <summary>Whether a message began longer ago than it may take to arrive; then the connection is ended.</summary>
    public void EndIfStalled(TimeSpan limit)
    {
        var since = Volatile.Read(ref _partialSince);
        if (since != 0 && time.GetElapsedTime(since) > limit) connection.Abort("A message did not arrive in time");
    }

    /// <inheritdoc/>
    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        var consumed = 0;
        while (consumed < buffered.Length)
        {
            var frame = _framer.Next(buffered[consumed..]);
            if (frame.Kind == SipFrameKind.NeedMore)
            {
                if (_partialSince == 0) Volatile.Write(ref _partialSince, Math.Max(1, time.GetTimestamp()));
                return consumed;
            }

            Volatile.Write(ref _partialSince, 0);
            var bytes = buffered.Slice(consumed, frame.Length);
            consumed += frame.Length;
            if (frame.IsPing) Pong();
            if (frame.Kind == SipFrameKind.Message) dispatch.Message(bytes, new Flow(transport, connection.Remote, connection), isStream: true);
            if (frame.Kind == SipFrameKind.Broken)
            {
                if (!bytes.IsEmpty) dispatch.Message(bytes, new Flow(transport, connection.Remote, connection), isStream: true);
                OutputBatch.Flush();
                connection.Close("The stream cannot be read any further: " + frame.Reason);
                return buffered.Length;
            }
        }

        return consumed;
    }

    /// <inheritdoc/>
    public void OnBatchEnd() => OutputBatch.Flush();

    /// <inheritdoc/>
    public void OnClosed(string? reason) => streams.Remove(this, connection);

    // RFC 5626 §4.4.1.
    private void Pong()
    {
        if (connection.Write("\r\n"u8)) OutputBatch.Add(connection);
    }
}
