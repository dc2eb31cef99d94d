using static CallActors.Control.ControlTexts;

namespace CallActors.Control.Commands;

/// <summary>What a client asks for.</summary>
public enum CommandKind : byte
{
    /// <summary>Nothing that could be understood.</summary>
    None,

    /// <summary>Let me in: <see cref="AuthenticateCommand"/>.</summary>
    Authenticate,

    /// <summary>Are you there.</summary>
    Ping,

    /// <summary>Offer me requests of a method: <see cref="RouteCommand"/>.</summary>
    Route,

    /// <summary>Offer me no more: <see cref="RouteCommand"/>.</summary>
    RemoveRoute,

    /// <summary>Send a request outside a dialog: <see cref="NewRequestCommand"/>.</summary>
    NewRequest,

    /// <summary>Send a request inside a dialog: <see cref="DialogRequestCommand"/>.</summary>
    DialogRequest,

    /// <summary>Cancel an INVITE that I sent: <see cref="CancelCommand"/>.</summary>
    Cancel,

    /// <summary>Answer a request: <see cref="ResponseCommand"/>.</summary>
    Response,

    /// <summary>Proxy a request: <see cref="ProxyCommand"/>.</summary>
    Proxy,

    /// <summary>Extension: attach a key and a blob to dialogs: <see cref="SessionCommand"/>.</summary>
    Session,

    /// <summary>Extension: take a session over: <see cref="ClaimCommand"/>.</summary>
    Claim,

    /// <summary>Extension: give a dialog back: <see cref="RestoreCommand"/>.</summary>
    Restore,

    /// <summary>Extension: I have not the dialog that you asked for: <see cref="UnknownCommand"/>.</summary>
    Unknown,

    /// <summary>Extension: what you showed me is for a call that nobody has, or for somebody else to take: <see cref="StrayCommand"/>.</summary>
    Stray,
}

/// <summary>What is to be done with a client's message, as far as its form alone decides.</summary>
public enum CommandVerdict : byte
{
    /// <summary>It can be carried out; the host answers.</summary>
    Accept,

    /// <summary>Answer <c>NOK</c> with the text and keep the connection.</summary>
    Decline,

    /// <summary>Answer <c>NO</c> with the text and close the connection behind it.</summary>
    Refuse,
}

/// <summary>A client's message, understood or turned down; a view over the payload.</summary>
/// <remarks>Any bytes get a verdict; nothing here throws. What depends on the server's state (an unknown dialog, a wrong secret) is not decided here.</remarks>
public readonly ref struct ControlCommand
{
    private ControlCommand(ControlMessage message, CommandKind kind, CommandVerdict verdict, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail)
    {
        Message = message;
        Kind = kind;
        Verdict = verdict;
        Text = text;
        Detail = detail;
    }

    /// <summary>The tokens, for what later versions of the protocol add behind those read here.</summary>
    public ControlMessage Message { get; }

    /// <summary>What is asked for. Set when the message is declined, too.</summary>
    public CommandKind Kind { get; }

    /// <summary>What to do.</summary>
    public CommandVerdict Verdict { get; }

    /// <summary>The id that the client gave its message, to be repeated in the answer.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>The text of the negative answer, of <see cref="ControlTexts"/>.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>What the text ends in; may be empty.</summary>
    public ReadOnlySpan<byte> Detail { get; }

    /// <summary>Reads a frame's payload.</summary>
    /// <param name="payload">The payload; the command is valid as long as its bytes.</param>
    /// <param name="authenticated">Whether this client has authenticated; until then everything else is refused.</param>
    public static ControlCommand Parse(ReadOnlySpan<byte> payload, bool authenticated)
    {
        var message = new ControlMessage(payload);
        if (message.TokenCount < 2) return Refuse(message, CommandKind.None, Protocol.InvalidFormat);

        var kind = KindOf(message.Type);
        if (kind != CommandKind.Authenticate && !authenticated) return Refuse(message, CommandKind.None, Protocol.NotAuthenticated);

        return kind switch
        {
            CommandKind.Authenticate => CheckAuthenticate(message),
            CommandKind.Ping => Accept(message, kind),
            CommandKind.Route or CommandKind.RemoveRoute =>
                message.TokenCount < 3 ? Refuse(message, kind, Protocol.InvalidFormat) : Accept(message, kind),
            CommandKind.Proxy => CheckProxy(message),
            CommandKind.NewRequest => CheckSip(message),
            CommandKind.Session or CommandKind.Claim or CommandKind.Restore => CheckSession(message, kind),
            CommandKind.Unknown or CommandKind.Stray => Accept(message, kind),
            _ => Refuse(message, CommandKind.None, Protocol.UnknownType),
        };
    }

    // Length and first letter tell the types apart, but for `sip`, which is the fourth kind of message and finds out later which it is.
    private static CommandKind KindOf(ReadOnlySpan<byte> type)
    {
        var (kind, name) = type.Length switch
        {
            3 => (CommandKind.NewRequest, "sip"),
            4 => (CommandKind.Ping, "ping"),
            5 when type[0] == 'r' => (CommandKind.Route, "route"),
            5 when type[0] == 'c' => (CommandKind.Claim, "claim"),
            5 when type[0] == 's' => (CommandKind.Stray, "stray"),
            5 => (CommandKind.Proxy, "proxy"),
            7 when type[0] == 's' => (CommandKind.Session, "session"),
            7 when type[0] == 'r' => (CommandKind.Restore, "restore"),
            7 => (CommandKind.Unknown, "unknown"),
            12 when type[0] == 'r' => (CommandKind.RemoveRoute, "remove_route"),
            12 => (CommandKind.Authenticate, "authenticate"),
            _ => (CommandKind.None, ""),
        };
        return System.Text.Ascii.Equals(type, name) ? kind : CommandKind.None;
    }

    private static ControlCommand CheckAuthenticate(ControlMessage message)
    {
        if (message.TokenCount < 3) return Refuse(message, CommandKind.Authenticate, Protocol.InvalidFormat);

        var count = 0;
        foreach (var tag in new AuthenticateCommand(message).Tags)
        {
            if (++count > AuthenticateCommand.MaxTags || !AuthenticateCommand.IsTag(tag))
                return Refuse(message, CommandKind.Authenticate, Protocol.InvalidTag, tag);
        }
        return Accept(message, CommandKind.Authenticate);
    }

    private static ControlCommand CheckProxy(ControlMessage message)
    {
        if (message.TokenCount < 4) return Refuse(message, CommandKind.Proxy, Protocol.ProxyTooShort);
        if (message.TokenCount <= ProxyCommand.FirstDestination) return Refuse(message, CommandKind.Proxy, Protocol.InvalidFormat);

        foreach (var _ in new ProxyCommand(message).Destinations) return Accept(message, CommandKind.Proxy);
        return Decline(message, CommandKind.Proxy, Proxy.Failed);
    }

    // An extension is never refused, so that a mistake in one costs no connection; whether it was granted is the host's to say.
    private static ControlCommand CheckSession(ControlMessage message, CommandKind kind)
    {
        if (!SessionKey.IsKey(message.Token(2))) return Decline(message, kind, Extension.InvalidKey);
        if (!SessionKey.TryReadIncarnation(message.Token(3), out _)) return Decline(message, kind, Extension.InvalidIncarnation);
        if (kind == CommandKind.Claim) return Accept(message, kind);
        if (message.Sip.Length > SessionKey.MaxBytes) return Decline(message, kind, Extension.TooLong);

        var count = 0;
        if (kind == CommandKind.Session)
            foreach (var _ in new SessionCommand(message).Names)
                if (++count > SessionKey.MaxNames) return Decline(message, kind, Extension.TooManyNames);
        return Accept(message, kind);
    }

    private static ControlCommand CheckSip(ControlMessage message)
    {
        if (message.TokenCount < 4) return Refuse(message, CommandKind.None, Protocol.InvalidFormat);

        var sip = new AppMessage(message.Sip);
        var transactionId = message.Token(2);
        if (sip.IsResponse)
        {
            if (transactionId.IsEmpty) return Refuse(message, CommandKind.Response, Protocol.TransactionIdMissing);
            return sip.Status == 0 ? Decline(message, CommandKind.Response, Response.Unknown) : Accept(message, CommandKind.Response);
        }

        var method = sip.Method;
        if (method.SequenceEqual("CANCEL"u8))
            return transactionId.IsEmpty ? Decline(message, CommandKind.Cancel, Cancel.UnknownTransaction) : Accept(message, CommandKind.Cancel);

        if (!message.Token(3).IsEmpty)
        {
            // The URI is the dialog's affair, whatever the application wrote.
            return method.IsEmpty
                ? Decline(message, CommandKind.DialogRequest, InDialog.InvalidMethod, sip.StartLine)
                : Accept(message, CommandKind.DialogRequest);
        }

        if (!transactionId.IsEmpty) return Decline(message, CommandKind.DialogRequest, InDialog.UnknownDialog);
        if (method.SequenceEqual("ACK"u8)) return Decline(message, CommandKind.DialogRequest, InDialog.AckByStack);
        return method.IsEmpty || sip.Uri.IsEmpty
            ? Decline(message, CommandKind.NewRequest, NewRequest.InvalidRequestUri, sip.StartLine)
            : Accept(message, CommandKind.NewRequest);
    }

    private static ControlCommand Accept(ControlMessage message, CommandKind kind) => new(message, kind, CommandVerdict.Accept, default, default);

    private static ControlCommand Decline(ControlMessage message, CommandKind kind, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default) =>
        new(message, kind, CommandVerdict.Decline, text, detail);

    private static ControlCommand Refuse(ControlMessage message, CommandKind kind, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default) =>
        new(message, kind, CommandVerdict.Refuse, text, detail);
}
