using System.Buffers;

namespace CallActors.Control.Events;

/// <summary>Writes the SIP messages that the server passes to a client: <c>&lt;id&gt;|sip|&lt;transit&gt;|&lt;transaction id&gt;|…</c></summary>
/// <remarks>
/// In every method <c>id</c> is the event's own id, UUID text made by the host. The message is passed on as
/// <see cref="SipText"/> says: byte for byte but for what clients cannot read. One call writes
/// one frame and allocates nothing.
/// </remarks>
public static class ControlEvents
{
    /// <summary>The transaction id of a request that the server made of its own accord.</summary>
    public static ReadOnlySpan<byte> Unsolicited => "unsolicited"u8;

    /// <summary>A new request outside any dialog.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="transit">Where the request came from.</param>
    /// <param name="transactionId">The id of its transaction.</param>
    /// <param name="localHost">The address that the listening transport is bound to, never the external one.</param>
    /// <param name="localPort">Its port.</param>
    /// <param name="request">The request.</param>
    public static void NewRequest(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, in MessageTransit transit, ReadOnlySpan<byte> transactionId,
        ReadOnlySpan<byte> localHost, int localPort, SipText request)
    {
        var tail = "|\r\n"u8;
        var frame = Begin(output, id, transit,
            transactionId.Length + 1 + 1 + localHost.Length + 1 + ControlFrameWriter.Digits(localPort) + tail.Length + request.Length);
        frame.Token(transactionId);
        frame.Bar();
        frame.Next(localHost);
        frame.Next(localPort);
        frame.Bytes(tail);
        request.WriteTo(ref frame);
        frame.Close();
    }

    /// <summary>Any other message: requests in a dialog, CANCEL, ACK, PRACK, and all responses.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="transit">Where the message came from.</param>
    /// <param name="transactionId">The id of its transaction.</param>
    /// <param name="dialogId">The dialog; empty for a CANCEL of what the client has not answered at all, and for responses to requests
    /// outside a dialog other than INVITE and SUBSCRIBE.</param>
    /// <param name="message">The message.</param>
    public static void Message(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, in MessageTransit transit, ReadOnlySpan<byte> transactionId,
        ReadOnlySpan<byte> dialogId, SipText message)
    {
        var tail = "|\r\n"u8;
        var frame = Begin(output, id, transit, transactionId.Length + 1 + dialogId.Length + tail.Length + message.Length);
        frame.Token(transactionId);
        frame.Next(dialogId);
        frame.Bytes(tail);
        message.WriteTo(ref frame);
        frame.Close();
    }

    /// <summary>A request that the server sent of its own accord, a BYE above all; its Reason text tells the client why.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="transit">Where the request went; its source is <see cref="MessageSource.Application"/>.</param>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="request">The request as sent.</param>
    public static void ServerRequest(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, in MessageTransit transit, ReadOnlySpan<byte> dialogId, SipText request) =>
        Message(output, id, transit, Unsolicited, dialogId, request);

    private static ControlFrameWriter Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> id, in MessageTransit transit, int rest)
    {
        var frame = ControlFrameWriter.Open(output, id.Length + "|sip"u8.Length + ControlFrameWriter.LengthOf(transit) + 1 + rest);
        frame.Token(id);
        frame.Bytes("|sip"u8);
        frame.Next(transit);
        frame.Bar();
        return frame;
    }
}
