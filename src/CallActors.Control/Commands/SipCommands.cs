using System.Buffers.Text;

namespace CallActors.Control.Commands;

/// <summary>A request outside a dialog: <c>&lt;id&gt;|sip||[|&lt;route url&gt;]</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct NewRequestCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The next hop to send to, which never becomes a Route header; empty when the application names none.</summary>
    public ReadOnlySpan<byte> RouteUrl => Message.Token(4);

    /// <summary>The request, with a method and a URI.</summary>
    public AppMessage Sip => new(Message.Sip);
}

/// <summary>A request inside a dialog: <c>&lt;id&gt;|sip||&lt;dialog id&gt;[||for=&lt;transaction id&gt;][;branch=&lt;branch&gt;[;cseq=&lt;number&gt;]]</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct DialogRequestCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The id that the application wants the transaction to have; clients leave it empty.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(2);

    /// <summary>The dialog.</summary>
    public ReadOnlySpan<byte> DialogId => Message.Token(3);

    /// <summary>Extension: the transaction of the request because of which this one is sent; empty when the application does not say.</summary>
    public ReadOnlySpan<byte> For => Parameter("for="u8);

    /// <summary>Extension: the branch that the request is to be sent with; empty when that is left to the server.</summary>
    public ReadOnlySpan<byte> Branch => Parameter("branch="u8);

    /// <summary>Extension: the number that an earlier run of the server sent the request with; null for a request that is new.</summary>
    public uint? Sequence => Parameter("cseq="u8) is { IsEmpty: false } text && Utf8Parser.TryParse(text, out uint number, out var read) && read == text.Length ? number : null;

    /// <summary>The request, with a method; its URI is a placeholder and of no account.</summary>
    public AppMessage Sip => new(Message.Sip);

    private ReadOnlySpan<byte> Parameter(ReadOnlySpan<byte> name)
    {
        var parameters = Message.Token(5);
        foreach (var range in parameters.Split((byte)';'))
        {
            if (parameters[range].StartsWith(name)) return parameters[range][name.Length..];
        }

        return default;
    }
}

/// <summary>CANCEL of an INVITE that the application sent: <c>&lt;id&gt;|sip|&lt;transaction id&gt;|</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct CancelCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The INVITE's transaction.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(2);

    /// <summary>The CANCEL: only headers such as Reason count.</summary>
    public AppMessage Sip => new(Message.Sip);
}

/// <summary>A response to a request that the application was given: <c>&lt;id&gt;|sip|&lt;transaction id&gt;|</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct ResponseCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The transaction that is answered.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(2);

    /// <summary>The response, with a status.</summary>
    public AppMessage Sip => new(Message.Sip);
}
