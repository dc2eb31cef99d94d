namespace CallActors.Control;

/// <summary>What a server can send.</summary>
public enum ServerMessageKind : byte
{
    /// <summary>Nothing known here; to be ignored.</summary>
    Unknown,

    /// <summary>The answer to a command: <see cref="Replies.ControlReply"/>.</summary>
    Reply,

    /// <summary>A SIP message: <see cref="Events.SipEvent"/>.</summary>
    Sip,

    /// <summary>A call was attempted: <see cref="Events.CdrEvent"/>.</summary>
    CdrAttempt,

    /// <summary>A call was answered: <see cref="Events.CdrEvent"/>.</summary>
    CdrStart,

    /// <summary>A call ended: <see cref="Events.CdrEvent"/>.</summary>
    CdrStop,

    /// <summary>Extension: a session that lost its owner: <see cref="Events.AdoptEvent"/>.</summary>
    Adopt,

    /// <summary>Extension: the server's memory of a dialog: <see cref="Events.StateEvent"/>.</summary>
    State,

    /// <summary>Extension: a process of the same application has gone: <see cref="Events.GoneEvent"/>.</summary>
    Gone,

    /// <summary>Extension: who has a dialog that the server does not know: <see cref="Events.AskEvent"/>.</summary>
    Ask,
}

/// <summary>Tells apart what comes from a server; the client's counterpart of <see cref="Commands.ControlCommand"/>.</summary>
public static class ServerMessage
{
    /// <summary>The kind, by token 1.</summary>
    public static ServerMessageKind KindOf(scoped in ControlMessage message)
    {
        var type = message.Type;
        if (type.SequenceEqual("sip"u8)) return ServerMessageKind.Sip;
        if (type.SequenceEqual("response"u8)) return ServerMessageKind.Reply;
        if (type.SequenceEqual("cdr:attempt"u8)) return ServerMessageKind.CdrAttempt;
        if (type.SequenceEqual("cdr:start"u8)) return ServerMessageKind.CdrStart;
        if (type.SequenceEqual("cdr:stop"u8)) return ServerMessageKind.CdrStop;
        if (type.SequenceEqual("state"u8)) return ServerMessageKind.State;
        if (type.SequenceEqual("adopt"u8)) return ServerMessageKind.Adopt;
        if (type.SequenceEqual("gone"u8)) return ServerMessageKind.Gone;
        return type.SequenceEqual("ask"u8) ? ServerMessageKind.Ask : ServerMessageKind.Unknown;
    }

    /// <summary>Reads the six tokens of a transit. What is no number, no time, no source is read as 0, midnight, the network.</summary>
    internal static MessageTransit Transit(scoped in ControlMessage message, int first)
    {
        MessageTransits.TryFind(message.Token(first), out var source);
        ControlTime.TryRead(message.Token(first + 5), out var time);
        return new(source, Number(message.Token(first + 1)), MessageTransits.FindTransport(message.Token(first + 2)),
            message.Token(first + 3), Number(message.Token(first + 4)), time);
    }

    internal static int Number(ReadOnlySpan<byte> token) =>
        !token.IsEmpty && char.IsAsciiDigit((char)token[0])
        && System.Buffers.Text.Utf8Parser.TryParse(token, out int number, out var read) && read == token.Length ? number : 0;
}
