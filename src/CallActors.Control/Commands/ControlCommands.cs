using System.Buffers;
using System.Buffers.Text;

namespace CallActors.Control.Commands;

/// <summary>Writes what a client sends: commands, with the ids that the client makes for them.</summary>
/// <remarks>
/// The other end of <see cref="ControlCommand"/>. One call writes one frame and allocates nothing. SIP text is passed as it is; only
/// what the application wants to say need stand in it.
/// </remarks>
public static class ControlCommands
{
    // "for=", ";branch=", ";cseq=" and ten digits.
    private const int ParametersBeside = 32;

    /// <summary><c>authenticate</c>: the first command on every connection, whoever dialled.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="secret">The shared secret; one with <c>|</c> in it cannot be said in this protocol and will be found wrong.</param>
    /// <param name="tags">Comma-joined tags, or nothing.</param>
    /// <param name="extensions">Those of <see cref="Extensions.Ask"/>; no token is written without.</param>
    public static void Authenticate(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> tags, Extensions extensions = default)
    {
        var extra = extensions.Length == 0 ? 0 : 1 + extensions.Length;
        var frame = ControlFrameWriter.Begin(output, id, "|authenticate|"u8, secret.Length + 1 + tags.Length + extra);
        frame.Token(secret);
        frame.Next(tags);
        if (extra > 0)
        {
            frame.Bar();
            extensions.WriteTo(ref frame);
        }
        frame.Close();
    }

    /// <summary><c>ping</c></summary>
    public static void Ping(IBufferWriter<byte> output, ReadOnlySpan<byte> id) => ControlFrameWriter.Begin(output, id, "|ping"u8, 0).Close();

    /// <summary><c>route</c>: offer me requests of this method (or cdr events of this name).</summary>
    public static void Route(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> verb) => Verb(output, id, "|route|"u8, verb);

    /// <summary><c>remove_route</c></summary>
    public static void RemoveRoute(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> verb) =>
        Verb(output, id, "|remove_route|"u8, verb);

    /// <summary>Sends a request outside a dialog.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="request">The request.</param>
    /// <param name="routeUrl">The next hop, when it is not to be found from the request-URI.</param>
    public static void NewRequest(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> request, ReadOnlySpan<byte> routeUrl = default) =>
        Sip(output, id, default, default, default, routeUrl, request);

    /// <summary>Sends a request inside a dialog; its URI is the server's affair, by custom it is <c>sip:placeholder</c>.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="request">The request.</param>
    /// <param name="forTransaction">Extension: the received request because of which this one is sent, which is no INVITE; empty for none.</param>
    /// <param name="branch">Extension: the branch that it is to be sent with; empty to leave that to the server.</param>
    /// <param name="sequence">Extension: the number that an earlier run of the server sent it with, together with the branch; null for a new request.</param>
    public static void DialogRequest(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> dialogId, ReadOnlySpan<byte> request,
        ReadOnlySpan<byte> forTransaction = default, ReadOnlySpan<byte> branch = default, uint? sequence = null)
    {
        if (branch.IsEmpty)
        {
            Sip(output, id, default, dialogId, forTransaction.IsEmpty ? default : "|for="u8, forTransaction, request);
            return;
        }

        var most = forTransaction.Length + branch.Length + ParametersBeside;
        var parameters = most <= 512 ? stackalloc byte[most] : new byte[most];
        var length = 0;
        if (!forTransaction.IsEmpty)
        {
            Append(parameters, ref length, "for="u8);
            Append(parameters, ref length, forTransaction);
            Append(parameters, ref length, ";"u8);
        }

        Append(parameters, ref length, "branch="u8);
        Append(parameters, ref length, branch);
        if (sequence is { } number)
        {
            Append(parameters, ref length, ";cseq="u8);
            Utf8Formatter.TryFormat(number, parameters[length..], out var digits);
            length += digits;
        }

        Sip(output, id, default, dialogId, "|"u8, parameters[..length], request);
    }

    /// <summary>Cancels the INVITE of a transaction.</summary>
    public static void Cancel(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> cancel) =>
        Sip(output, id, transactionId, default, default, default, cancel);

    /// <summary>Answers the request of a transaction.</summary>
    public static void Respond(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> response) =>
        Sip(output, id, transactionId, default, default, default, response);

    /// <summary>Extension: attaches a key and a blob to dialogs. Naming nothing with an empty blob lets the session go.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="key">The key (<see cref="SessionKey.IsKey"/>).</param>
    /// <param name="incarnation">The incarnation of the ownership, 0 for a new key.</param>
    /// <param name="names">Comma-joined dialogs, and transactions of INVITEs about to be answered: all of the session's.</param>
    /// <param name="blob">Any bytes, at most <see cref="SessionKey.MaxBytes"/>.</param>
    public static void Session(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> names, ReadOnlySpan<byte> blob) =>
        ControlFrameWriter.WriteKept(output, id, "|session|"u8, key, incarnation, names, blob);

    /// <summary>Extension: takes a session over, from a lost owner or from one that lives.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="key">The key.</param>
    /// <param name="incarnation">The incarnation that is known here.</param>
    public static void Claim(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, int incarnation)
    {
        var frame = ControlFrameWriter.Begin(output, id, "|claim|"u8, key.Length + 1 + ControlFrameWriter.Digits(incarnation));
        frame.Token(key);
        frame.Next(incarnation);
        frame.Close();
    }

    /// <summary>Extension: gives a dialog back to a server that does not know it.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="key">The session's key.</param>
    /// <param name="incarnation">The incarnation that is known here.</param>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="state">Its state as the last server sent it.</param>
    public static void Restore(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> dialogId, ReadOnlySpan<byte> state) =>
        ControlFrameWriter.WriteKept(output, id, "|restore|"u8, key, incarnation, dialogId, state);

    /// <summary>Extension: says that this application has not the dialog which the server asked for.</summary>
    public static void Unknown(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> askId) => Verb(output, id, "|unknown|"u8, askId);

    /// <summary>Extension: says that a request which the server showed is for a call that no process of this application has; of one outside dialogs, that this process declines it.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="transactionId">The request's transaction.</param>
    public static void Stray(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> transactionId) => Verb(output, id, "|stray|"u8, transactionId);

    /// <summary>Has the server proxy the request of a transaction.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="transactionId">The request's transaction.</param>
    /// <param name="options">How.</param>
    /// <param name="destinations">The destinations' URIs, joined by <c>|</c>; at least one.</param>
    /// <param name="request">A request whose headers are added to the forwarded one.</param>
    public static void Proxy(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> transactionId, in ProxyOptions options,
        ReadOnlySpan<byte> destinations, ReadOnlySpan<byte> request)
    {
        ArgumentOutOfRangeException.ThrowIfZero(destinations.Length);
        var record = options.RemainInDialog ? "remainInDialog"u8 : default;
        var full = options.FullResponse ? "fullResponse"u8 : default;
        var follow = options.FollowRedirects ? "followRedirects"u8 : default;
        var fork = options.Simultaneous ? "simultaneous"u8 : "serial"u8;
        var provisional = Milliseconds(options.ProvisionalTimeout);
        var final = Milliseconds(options.FinalTimeout);

        var frame = ControlFrameWriter.Begin(output, id, "|proxy|"u8,
            transactionId.Length + 7 + record.Length + full.Length + follow.Length + fork.Length
            + TimeoutLength(provisional) + TimeoutLength(final) + destinations.Length + 2 + request.Length);
        frame.Token(transactionId);
        frame.Next(record);
        frame.Next(full);
        frame.Next(follow);
        frame.Next(fork);
        Timeout(ref frame, provisional);
        Timeout(ref frame, final);
        frame.Bar();
        frame.Tokens(destinations);
        frame.Bytes("\r\n"u8);
        frame.Bytes(request);
        frame.Close();
    }

    private static void Verb(IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, ReadOnlySpan<byte> verb)
    {
        var frame = ControlFrameWriter.Begin(output, id, type, verb.Length);
        frame.Token(verb);
        frame.Close();
    }

    private static void Sip(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> dialogId,
        ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> last, ReadOnlySpan<byte> text)
    {
        var extra = last.IsEmpty ? 0 : 1 + prefix.Length + last.Length;
        var frame = ControlFrameWriter.Begin(output, id, "|sip|"u8, transactionId.Length + 1 + dialogId.Length + extra + 2 + text.Length);
        frame.Token(transactionId);
        frame.Next(dialogId);
        if (extra > 0)
        {
            frame.Bar();
            frame.Bytes(prefix);
            frame.Token(last);
        }
        frame.Bytes("\r\n"u8);
        frame.Bytes(text);
        frame.Close();
    }

    private static void Append(Span<byte> to, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[length..]);
        length += text.Length;
    }

    private static int Milliseconds(TimeSpan? timeout)
    {
        if (timeout is not { } given || given <= TimeSpan.Zero) return 0;
        return (int)Math.Ceiling((given < ProxyCommand.LongestTimeout ? given : ProxyCommand.LongestTimeout).TotalMilliseconds);
    }

    // Whole seconds are written as such, the way clients do it.
    private static int TimeoutLength(int milliseconds)
    {
        if (milliseconds == 0) return 0;
        return milliseconds % 1000 == 0 ? ControlFrameWriter.Digits(milliseconds / 1000) + 1 : ControlFrameWriter.Digits(milliseconds) + 2;
    }

    private static void Timeout(ref ControlFrameWriter frame, int milliseconds)
    {
        if (milliseconds == 0)
        {
            frame.Bar();
            return;
        }
        var isWhole = milliseconds % 1000 == 0;
        frame.Next(isWhole ? milliseconds / 1000 : milliseconds);
        frame.Bytes(isWhole ? "s"u8 : "ms"u8);
    }
}
