using System.Buffers;
using CallActors.Control.Commands;

namespace CallActors.Control.Replies;

/// <summary>Writes the server's answers to a client's commands: <c>&lt;id&gt;|response|&lt;command's id&gt;|OK, NO or NOK|…</c></summary>
/// <remarks>
/// In every method <c>id</c> is the answer's own id, UUID text made by the host, and <c>command</c> is the id that the client gave its
/// command. Token positions are fixed by the clients that exist. One call writes one frame and allocates nothing.
/// </remarks>
public static class ControlReplies
{
    /// <summary>How much of a <c>detail</c> is repeated to the client, in bytes: it may be a start line as long as a whole frame.</summary>
    public const int MaxDetail = 1024;

    /// <summary><c>OK</c>, for <c>route</c> and <c>remove_route</c>.</summary>
    public static void Ok(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command) =>
        Plain(output, id, command, "OK"u8, default, default, hasText: false);

    /// <summary><c>OK|pong</c>, for <c>ping</c>.</summary>
    public static void Pong(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command) =>
        Plain(output, id, command, "OK"u8, "pong"u8, default, hasText: true);

    /// <summary><c>NO|text</c>: the command breaks the protocol, or the secret is wrong; the connection is closed behind it.</summary>
    public static void No(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default) =>
        Plain(output, id, command, "NO"u8, text, detail, hasText: true);

    /// <summary><c>NOK|text</c>: what was asked cannot be done; the connection stays.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The answer's own id.</param>
    /// <param name="command">The command's id.</param>
    /// <param name="text">The text, of <see cref="ControlTexts"/>.</param>
    /// <param name="detail">What some texts end in: an id, a start line, a value.</param>
    public static void Nok(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default) =>
        Plain(output, id, command, "NOK"u8, text, detail, hasText: true);

    /// <summary>The negative answer to a command that did not get further than its form: <c>NO</c> or <c>NOK</c>, by its verdict.</summary>
    public static void TurnDown(IBufferWriter<byte> output, ReadOnlySpan<byte> id, in ControlCommand command)
    {
        if (command.Verdict == CommandVerdict.Refuse) No(output, id, command.Id, command.Text, command.Detail);
        else Nok(output, id, command.Id, command.Text, command.Detail);
    }

    /// <summary>The answer to a successful <c>authenticate</c>.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The answer's own id.</param>
    /// <param name="command">The command's id.</param>
    /// <param name="hostPorts">Comma-joined <c>proto/host:port</c> of every listener, external addresses where configured.</param>
    /// <param name="version">The server's version: <c>v</c> and three numbers, at least <c>v0.8.2</c> or clients do not ping.</param>
    /// <param name="localHostPorts">The same list with the addresses that are bound.</param>
    /// <param name="extensions">Those of <see cref="Extensions.Grant"/>; no token is written without.</param>
    public static void Authenticated(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command,
        ReadOnlySpan<byte> hostPorts, ReadOnlySpan<byte> version, ReadOnlySpan<byte> localHostPorts, Extensions extensions = default)
    {
        var extra = extensions.Length == 0 ? 0 : 1 + extensions.Length;
        var frame = Begin(output, id, command, "OK"u8, 3 + hostPorts.Length + version.Length + localHostPorts.Length + extra);
        frame.Next(hostPorts);
        frame.Next(version);
        frame.Next(localHostPorts);
        if (extra > 0)
        {
            frame.Bar();
            extensions.WriteTo(ref frame);
        }
        frame.Close();
    }

    /// <summary>The answer to a <c>claim</c> that was granted.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The answer's own id.</param>
    /// <param name="command">The command's id.</param>
    /// <param name="incarnation">The new incarnation.</param>
    /// <param name="names">Comma-joined ids of the session's dialogs that still live; may be empty.</param>
    public static void Claimed(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command, int incarnation, ReadOnlySpan<byte> names)
    {
        var frame = Begin(output, id, command, "OK"u8, 1 + ControlFrameWriter.Digits(incarnation) + 1 + names.Length);
        frame.Next(incarnation);
        frame.Next(names);
        frame.Close();
    }

    /// <summary>The answer to a request that was sent, with the request as it was sent: <c>Msg sent:</c> is token 11.</summary>
    public static void RequestSent(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command,
        in MessageTransit transit, ReadOnlySpan<byte> transactionId, SipText request)
    {
        var tail = "|Msg sent:|\r\n"u8;
        var frame = Begin(output, id, command, "OK"u8,
            ControlFrameWriter.LengthOf(transit) + 1 + transactionId.Length + tail.Length + request.Length);
        frame.Next(transit);
        frame.Next(transactionId);
        frame.Bytes(tail);
        request.WriteTo(ref frame);
        frame.Close();
    }

    /// <summary>The answer to a response that was sent, with the response as it was sent: <c>Msg sent:</c> is token 13.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The answer's own id.</param>
    /// <param name="command">The command's id.</param>
    /// <param name="transit">Where the response went.</param>
    /// <param name="transactionId">The transaction that was answered.</param>
    /// <param name="dialogId">The dialog of an INVITE, a SUBSCRIBE or a request in a dialog, else empty.</param>
    /// <param name="response">The response as sent: To tag and Contact included.</param>
    public static void ResponseSent(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command,
        in MessageTransit transit, ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> dialogId, SipText response)
    {
        var tail = "||Msg sent:|\r\n"u8;
        var frame = Begin(output, id, command, "OK"u8,
            ControlFrameWriter.LengthOf(transit) + 2 + transactionId.Length + dialogId.Length + tail.Length + response.Length);
        frame.Next(transit);
        frame.Next(transactionId);
        frame.Next(dialogId);
        frame.Bytes(tail);
        response.WriteTo(ref frame);
        frame.Close();
    }

    /// <summary>One final response to a proxied request, while more may come: token 12 is <c>continue</c>.</summary>
    public static void ProxyContinue(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command, in MessageTransit transit, SipText response)
    {
        var tail = "|||continue\r\n"u8;
        var frame = Begin(output, id, command, "OK"u8, ControlFrameWriter.LengthOf(transit) + tail.Length + response.Length);
        frame.Next(transit);
        frame.Bytes(tail);
        response.WriteTo(ref frame);
        frame.Close();
    }

    /// <summary><c>OK|done</c>: the last answer to a <c>proxy</c>.</summary>
    public static void ProxyDone(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command) =>
        Plain(output, id, command, "OK"u8, "done"u8, default, hasText: true);

    private static void Plain(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command,
        ReadOnlySpan<byte> verdict, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail, bool hasText)
    {
        if (detail.Length > MaxDetail) detail = detail[..MaxDetail];
        var frame = Begin(output, id, command, verdict, hasText ? 1 + text.Length + detail.Length : 0);
        if (hasText)
        {
            frame.Next(text);
            frame.Token(detail);
        }
        frame.Close();
    }

    private static ControlFrameWriter Begin(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> command, ReadOnlySpan<byte> verdict, int rest)
    {
        var frame = ControlFrameWriter.Open(output, id.Length + "|response|"u8.Length + command.Length + 1 + verdict.Length + rest);
        frame.Token(id);
        frame.Bytes("|response|"u8);
        frame.Token(command);
        frame.Next(verdict);
        return frame;
    }
}
