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
    /// <param name="key">Extension: the key of the dialog's session, empty for none.</param>
    /// <param name="isAgain">Extension: whether the request had been shown to an owner before, whose answer was lost with it.</param>
    public static void Message(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, in MessageTransit transit, ReadOnlySpan<byte> transactionId,
        ReadOnlySpan<byte> dialogId, SipText message, ReadOnlySpan<byte> key = default, bool isAgain = false)
    {
        var again = isAgain ? ";again"u8 : default;
        var extra = key.IsEmpty ? 0 : 1 + key.Length + again.Length;
        var frame = Begin(output, id, transit, transactionId.Length + 1 + dialogId.Length + 1 + extra + 2 + message.Length);
        frame.Token(transactionId);
        frame.Next(dialogId);
        frame.Bar();
        if (extra > 0)
        {
            frame.Next(key);
            frame.Bytes(again);
        }
        frame.Bytes("\r\n"u8);
        message.WriteTo(ref frame);
        frame.Close();
    }

    /// <summary>A request that the server sent of its own accord, a BYE above all; its Reason text tells the client why.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="transit">Where the request went; its source is <see cref="MessageSource.Application"/>.</param>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="request">The request as sent.</param>
    /// <param name="key">Extension: the key of the dialog's session, empty for none.</param>
    public static void ServerRequest(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, in MessageTransit transit, ReadOnlySpan<byte> dialogId, SipText request,
        ReadOnlySpan<byte> key = default) =>
        Message(output, id, transit, Unsolicited, dialogId, request, key);

    /// <summary>Extension: offers a session that lost its owner.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="key">The session's key.</param>
    /// <param name="incarnation">The incarnation with which it is to be claimed.</param>
    /// <param name="names">Comma-joined ids of its dialogs that still live; may be empty.</param>
    /// <param name="blob">What the lost owner had attached.</param>
    public static void Adopt(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> names, ReadOnlySpan<byte> blob) =>
        ControlFrameWriter.WriteKept(output, id, "|adopt|"u8, key, incarnation, names, blob);

    /// <summary>Extension: gives a dialog's owner the server's memory of it.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="key">The key of the dialog's session.</param>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="state">The memory, at most <see cref="Commands.SessionKey.MaxBytes"/>.</param>
    public static void State(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, ReadOnlySpan<byte> dialogId, ReadOnlySpan<byte> state)
    {
        var frame = ControlFrameWriter.Begin(output, id, "|state|"u8, key.Length + 1 + dialogId.Length + 2 + state.Length);
        frame.Token(key);
        frame.Next(dialogId);
        frame.Bytes("\r\n"u8);
        frame.Bytes(state);
        frame.Close();
    }

    /// <summary>Extension: the last connection of a process of the same application has ended.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id.</param>
    /// <param name="node">The process, as it named itself.</param>
    /// <param name="how">How its connection ended.</param>
    public static void Gone(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> node, Departure how)
    {
        var word = how == Departure.Closed ? "closed"u8 : "silent"u8;
        var frame = ControlFrameWriter.Begin(output, id, "|gone|"u8, node.Length + 1 + word.Length);
        frame.Token(node);
        frame.Next(word);
        frame.Close();
    }

    /// <summary>Extension: asks who has a dialog that the server does not know.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The event's own id, which <c>unknown</c> repeats.</param>
    /// <param name="callId">The request's Call-ID.</param>
    /// <param name="localTag">The request's To tag: ours.</param>
    /// <param name="remoteTag">The request's From tag; may be empty.</param>
    public static void Ask(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag)
    {
        var frame = ControlFrameWriter.Begin(output, id, "|ask|"u8, callId.Length + 1 + localTag.Length + 1 + remoteTag.Length);
        frame.Token(callId);
        frame.Next(localTag);
        frame.Next(remoteTag);
        frame.Close();
    }

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
