namespace CallActors.Control.Events;

/// <summary>A SIP message that the server passes on, read; a view over the payload.</summary>
/// <param name="message">A message of kind <see cref="ServerMessageKind.Sip"/>.</param>
public readonly ref struct SipEvent(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>Whether the event has the tokens that every layout has. One that has not is to be ignored.</summary>
    public bool IsComplete => Message.TokenCount > 9 && Message.HasSip;

    /// <summary>The event's own id.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>When and where the message came from.</summary>
    public MessageTransit Transit => ServerMessage.Transit(Message, 2);

    /// <summary>The transaction; for a response that of the request which was sent.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(8);

    /// <summary>Whether this is a request that the server made of its own accord: it is not to be answered.</summary>
    public bool IsServerRequest => TransactionId.SequenceEqual(ControlEvents.Unsolicited);

    /// <summary>The dialog; may be empty.</summary>
    public ReadOnlySpan<byte> DialogId => Message.Token(9);

    /// <summary>Whether this is a new request outside a dialog: only those tell where they were received.</summary>
    public bool IsNewRequest => Message.TokenCount > 12 || (Message.TokenCount == 12 && !Message.Token(10).IsEmpty);

    /// <summary>The address that received a new request; empty otherwise.</summary>
    public ReadOnlySpan<byte> LocalHost => IsNewRequest ? Message.Token(10) : default;

    /// <summary>The port that received a new request; 0 otherwise.</summary>
    public int LocalPort => IsNewRequest ? ServerMessage.Number(Message.Token(11)) : 0;

    /// <summary>Extension: the key of the dialog's session; empty for a dialog that has none.</summary>
    public ReadOnlySpan<byte> Key => SessionToken is var token && token.IndexOf((byte)';') is >= 0 and var end ? token[..end] : token;

    /// <summary>Extension: whether this request had been shown to an owner before, whose answer was lost with it.</summary>
    public bool IsAgain => SessionToken is var token && token.EndsWith(";again"u8);

    /// <summary>The message, bytes as they were received.</summary>
    public ReadOnlySpan<byte> Sip => Message.Sip;

    // One token behind the empty one that ends every layout.
    private ReadOnlySpan<byte> SessionToken => Message.Token(IsNewRequest ? 13 : 11);
}
