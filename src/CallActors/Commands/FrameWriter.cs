using System.Buffers;
using CallActors.Control.Commands;

namespace CallActors.Commands;

/// <summary>A command that lacks only its id: what to send, and where it belongs.</summary>
internal readonly ref struct FrameWriter
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_output;

    private readonly Kind _kind;
    private readonly ReadOnlySpan<byte> _target;
    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<byte> _more;
    private readonly ReadOnlySpan<byte> _branch;
    private readonly uint? _sequence;
    private readonly int _number;
    private readonly ProxyOptions _proxy;
    private readonly string[]? _destinations;

    private FrameWriter(
        Kind kind, ReadOnlySpan<byte> target, ReadOnlySpan<byte> text, ProxyOptions proxy = default, string[]? destinations = null, ReadOnlySpan<byte> more = default, int number = 0,
        ReadOnlySpan<byte> branch = default, uint? sequence = null)
    {
        _kind = kind;
        _target = target;
        _text = text;
        _more = more;
        _branch = branch;
        _sequence = sequence;
        _number = number;
        _proxy = proxy;
        _destinations = destinations;
    }

    private enum Kind
    {
        NewRequest,
        DialogRequest,
        Cancel,
        Respond,
        Proxy,
        Session,
        Claim,
        Restore,
        Unknown,
        Stray,
    }

    /// <summary>The key of a session that is told; empty for any other command. Its id is made of it, for only a refusal is answered.</summary>
    public ReadOnlySpan<byte> SessionKey => _kind == Kind.Session ? _target : default;

    /// <summary>A request outside a dialog; the next hop may be empty.</summary>
    public static FrameWriter NewRequest(ReadOnlySpan<byte> text, ReadOnlySpan<byte> nextHop) => new(Kind.NewRequest, nextHop, text);

    /// <summary>A request inside a dialog.</summary>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="text">The request.</param>
    /// <param name="because">The transaction of the received request that it relays; empty for none, and for a server that does not keep calls.</param>
    /// <param name="branch">The branch that it is sent with, if it must be told from others by a later run of the server; empty to leave that to the server.</param>
    /// <param name="sequence">The number that an earlier run of the server sent it with; null for a new request.</param>
    public static FrameWriter DialogRequest(
        ReadOnlySpan<byte> dialogId, ReadOnlySpan<byte> text, ReadOnlySpan<byte> because = default, ReadOnlySpan<byte> branch = default, uint? sequence = null) =>
        new(Kind.DialogRequest, dialogId, text, more: because, branch: branch, sequence: sequence);

    /// <summary>What a server is to keep of a call; nothing at all lets it go.</summary>
    public static FrameWriter Session(ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> names, ReadOnlySpan<byte> blob) => new(Kind.Session, key, blob, more: names, number: incarnation);

    /// <summary>Takes a call over, or back.</summary>
    public static FrameWriter Claim(ReadOnlySpan<byte> key, int incarnation) => new(Kind.Claim, key, default, number: incarnation);

    /// <summary>Gives a server its memory of a dialog back.</summary>
    public static FrameWriter Restore(ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> dialogId, ReadOnlySpan<byte> state) => new(Kind.Restore, key, state, more: dialogId, number: incarnation);

    /// <summary>Nobody here has the dialog that a server asks for.</summary>
    public static FrameWriter Unknown(ReadOnlySpan<byte> askId) => new(Kind.Unknown, askId, default);

    /// <summary>Nobody has the call that a request in a dialog is for, or this node does not take one outside dialogs.</summary>
    public static FrameWriter Stray(ReadOnlySpan<byte> transactionId) => new(Kind.Stray, transactionId, default);

    /// <summary>A CANCEL.</summary>
    public static FrameWriter Cancel(ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> text) => new(Kind.Cancel, transactionId, text);

    /// <summary>A response.</summary>
    public static FrameWriter Respond(ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> text) => new(Kind.Respond, transactionId, text);

    /// <summary>A request to be proxied.</summary>
    public static FrameWriter Proxy(ReadOnlySpan<byte> transactionId, ProxyOptions options, string[] destinations, ReadOnlySpan<byte> text) =>
        new(Kind.Proxy, transactionId, text, options, destinations);

    /// <summary>The frame, valid until the next is made on this thread.</summary>
    public ReadOnlySpan<byte> Frame(ReadOnlySpan<byte> id)
    {
        var output = t_output ??= new ArrayBufferWriter<byte>(4096);
        output.ResetWrittenCount();
        switch (_kind)
        {
            case Kind.NewRequest: ControlCommands.NewRequest(output, id, _text, _target); break;
            case Kind.DialogRequest: ControlCommands.DialogRequest(output, id, _target, _text, _more, _branch, _sequence); break;
            case Kind.Cancel: ControlCommands.Cancel(output, id, _target, _text); break;
            case Kind.Respond: ControlCommands.Respond(output, id, _target, _text); break;
            case Kind.Session: ControlCommands.Session(output, id, _target, _number, _more, _text); break;
            case Kind.Claim: ControlCommands.Claim(output, id, _target, _number); break;
            case Kind.Restore: ControlCommands.Restore(output, id, _target, _number, _more, _text); break;
            case Kind.Unknown: ControlCommands.Unknown(output, id, _target); break;
            case Kind.Stray: ControlCommands.Stray(output, id, _target); break;
            default: WriteProxy(output, id); break;
        }

        return output.WrittenSpan;
    }

    private void WriteProxy(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> id)
    {
        var destinations = System.Text.Encoding.UTF8.GetBytes(string.Join('|', _destinations!));
        ControlCommands.Proxy(output, id, _target, _proxy, destinations, _text);
    }
}
