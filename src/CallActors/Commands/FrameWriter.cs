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
    private readonly ProxyOptions _proxy;
    private readonly string[]? _destinations;

    private FrameWriter(Kind kind, ReadOnlySpan<byte> target, ReadOnlySpan<byte> text, ProxyOptions proxy = default, string[]? destinations = null)
    {
        _kind = kind;
        _target = target;
        _text = text;
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
    }

    /// <summary>A request outside a dialog; the next hop may be empty.</summary>
    public static FrameWriter NewRequest(ReadOnlySpan<byte> text, ReadOnlySpan<byte> nextHop) => new(Kind.NewRequest, nextHop, text);

    /// <summary>A request inside a dialog.</summary>
    public static FrameWriter DialogRequest(ReadOnlySpan<byte> dialogId, ReadOnlySpan<byte> text) => new(Kind.DialogRequest, dialogId, text);

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
            case Kind.DialogRequest: ControlCommands.DialogRequest(output, id, _target, _text); break;
            case Kind.Cancel: ControlCommands.Cancel(output, id, _target, _text); break;
            case Kind.Respond: ControlCommands.Respond(output, id, _target, _text); break;
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
