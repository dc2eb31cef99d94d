using CallActors.Control.Commands;

namespace CallActors.Control.Replies;

/// <summary>The word of a reply.</summary>
public enum ReplyVerdict : byte
{
    /// <summary>No word of the protocol.</summary>
    Unknown,

    /// <summary>Done.</summary>
    Ok,

    /// <summary>The protocol was broken or the secret is wrong; the server closes the connection.</summary>
    No,

    /// <summary>It could not be done.</summary>
    Nok,
}

/// <summary>What an <c>OK</c> carries, as far as its own tokens tell.</summary>
public enum ReplyContent : byte
{
    /// <summary>Nothing, <c>pong</c>, or the answer to <c>authenticate</c>: the command tells which.</summary>
    Plain,

    /// <summary>A request as it was sent.</summary>
    RequestSent,

    /// <summary>A response as it was sent.</summary>
    ResponseSent,

    /// <summary>A final response to a proxied request; more answers to the same command follow.</summary>
    ProxyContinue,

    /// <summary>The last answer to a <c>proxy</c>.</summary>
    ProxyDone,
}

/// <summary>A server's answer to a command, read; a view over the payload.</summary>
/// <param name="message">A message of kind <see cref="ServerMessageKind.Reply"/>.</param>
public readonly ref struct ControlReply(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The reply's own id.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>The id of the command that is answered.</summary>
    public ReadOnlySpan<byte> CommandId => Message.Token(2);

    /// <summary>The word.</summary>
    public ReplyVerdict Verdict
    {
        get
        {
            var word = Message.Token(3);
            if (word.SequenceEqual("OK"u8)) return ReplyVerdict.Ok;
            if (word.SequenceEqual("NOK"u8)) return ReplyVerdict.Nok;
            return word.SequenceEqual("NO"u8) ? ReplyVerdict.No : ReplyVerdict.Unknown;
        }
    }

    /// <summary>What comes with <c>OK</c>.</summary>
    public ReplyContent Content
    {
        get
        {
            if (Verdict != ReplyVerdict.Ok) return ReplyContent.Plain;
            if (Message.Token(11).SequenceEqual("Msg sent:"u8)) return ReplyContent.RequestSent;
            if (Message.Token(13).SequenceEqual("Msg sent:"u8)) return ReplyContent.ResponseSent;
            if (IsContinued) return ReplyContent.ProxyContinue;
            return Message.Token(4).SequenceEqual("done"u8) ? ReplyContent.ProxyDone : ReplyContent.Plain;
        }
    }

    /// <summary>Whether more answers to the same command follow: token 12 is exactly <c>continue</c>.</summary>
    public bool IsContinued => Message.Token(12).SequenceEqual("continue"u8);

    /// <summary>The text behind <c>NO</c> or <c>NOK</c>; may be empty.</summary>
    public ReadOnlySpan<byte> Text => Message.TokensFrom(4);

    /// <summary>Answer to <c>authenticate</c>: comma-joined <c>proto/host:port</c>, external addresses where configured.</summary>
    public ReadOnlySpan<byte> HostPorts => Message.Token(4);

    /// <summary>Answer to <c>authenticate</c>: the server's version.</summary>
    public ReadOnlySpan<byte> Version => Message.Token(5);

    /// <summary>Answer to <c>authenticate</c>: the same list with the addresses that are bound.</summary>
    public ReadOnlySpan<byte> LocalHostPorts => Message.Token(6);

    /// <summary>Answer to <c>authenticate</c>: what the server grants of the extensions asked for; the default value from a server that knows none.</summary>
    public Extensions Extensions => Extensions.TryParse(Message.Token(7), out var extensions) ? extensions : default;

    /// <summary>Answer to <c>claim</c>: the new incarnation; 0 where there is none.</summary>
    public int Incarnation => SessionKey.Incarnation(Message.Token(4));

    /// <summary>Answer to <c>claim</c>: the dialogs of the session that still live.</summary>
    public TokenList Names => new(Message.Token(5), (byte)',');

    /// <summary>When and where the message went, or came from.</summary>
    public MessageTransit Transit => ServerMessage.Transit(Message, 4);

    /// <summary>The transaction of the message that was sent; empty with <see cref="ReplyContent.ProxyContinue"/>.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(10);

    /// <summary>The dialog of a response that was sent; may be empty.</summary>
    public ReadOnlySpan<byte> DialogId => Message.Token(13).SequenceEqual("Msg sent:"u8) ? Message.Token(11) : default;

    /// <summary>The message that was sent, or received by the proxy.</summary>
    public ReadOnlySpan<byte> Sip => Message.Sip;
}
