using CallActors.Control.Commands;

namespace CallActors.Control.Events;

/// <summary>How the last connection of an application's process ended.</summary>
public enum Departure : byte
{
    /// <summary>The far end closed or reset it.</summary>
    Closed,

    /// <summary>Nothing came for three beats.</summary>
    Silent,
}

/// <summary>A session that lost its owner is offered: <c>&lt;id&gt;|adopt|&lt;key&gt;|&lt;incarnation&gt;|&lt;names&gt;</c>; a view over the payload.</summary>
/// <param name="message">A message of kind <see cref="ServerMessageKind.Adopt"/>.</param>
public readonly ref struct AdoptEvent(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The event's own id.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => Message.Token(2);

    /// <summary>The incarnation with which it is to be claimed; 0, which no claim can bear, where the token is no number.</summary>
    public int Incarnation => SessionKey.Incarnation(Message.Token(3));

    /// <summary>The dialogs of the session that still live.</summary>
    public TokenList Names => new(Message.Token(4), (byte)',');

    /// <summary>What the lost owner had attached.</summary>
    public ReadOnlySpan<byte> Blob => Message.Sip;
}

/// <summary>The server's memory of a dialog: <c>&lt;id&gt;|state|&lt;key&gt;|&lt;dialog id&gt;</c>; a view over the payload.</summary>
/// <param name="message">A message of kind <see cref="ServerMessageKind.State"/>.</param>
public readonly ref struct StateEvent(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The event's own id.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>The dialog's session.</summary>
    public ReadOnlySpan<byte> Key => Message.Token(2);

    /// <summary>The dialog.</summary>
    public ReadOnlySpan<byte> DialogId => Message.Token(3);

    /// <summary>Bytes that only a server can read.</summary>
    public ReadOnlySpan<byte> State => Message.Sip;
}

/// <summary>The last connection of a process has ended: <c>&lt;id&gt;|gone|&lt;node&gt;|&lt;how&gt;</c>; a view over the payload.</summary>
/// <param name="message">A message of kind <see cref="ServerMessageKind.Gone"/>.</param>
public readonly ref struct GoneEvent(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The event's own id.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>The process, as it named itself.</summary>
    public ReadOnlySpan<byte> Node => Message.Token(2);

    /// <summary>How; <see cref="Departure.Silent"/>, which proves least, for any word but <c>closed</c>.</summary>
    public Departure How => Message.Token(3).SequenceEqual("closed"u8) ? Departure.Closed : Departure.Silent;
}

/// <summary>The server asks who has a dialog that it does not know: <c>&lt;id&gt;|ask|&lt;Call-ID&gt;|&lt;local tag&gt;|&lt;remote tag&gt;</c>; a view over the payload.</summary>
/// <param name="message">A message of kind <see cref="ServerMessageKind.Ask"/>.</param>
public readonly ref struct AskEvent(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The event's own id, which <c>unknown</c> repeats.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>The request's Call-ID.</summary>
    public ReadOnlySpan<byte> CallId => Message.Token(2);

    /// <summary>The request's To tag: ours.</summary>
    public ReadOnlySpan<byte> LocalTag => Message.Token(3);

    /// <summary>The request's From tag.</summary>
    public ReadOnlySpan<byte> RemoteTag => Message.Token(4);
}
