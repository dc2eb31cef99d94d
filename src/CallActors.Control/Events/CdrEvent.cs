namespace CallActors.Control.Events;

/// <summary>A call detail event, read; a view over the payload.</summary>
/// <param name="message">A message of one of the three kinds that are call detail events.</param>
public readonly ref struct CdrEvent(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The event's own id.</summary>
    public ReadOnlySpan<byte> Id => Message.Id;

    /// <summary>Whether the attached message was received or sent.</summary>
    public MessageSource Source => MessageTransits.TryFind(Message.Token(2), out var source) ? source : MessageSource.Network;

    /// <summary>When: the time since midnight UTC.</summary>
    public TimeSpan Time => ControlTime.TryRead(Message.Token(3), out var time) ? time : default;

    /// <summary>The role, of an answered call; null when the word is none.</summary>
    public CdrRole? Role => CdrWords.TryFind(Message.Token(4), out CdrRole role) ? role : null;

    /// <summary>The reason, of a call that ended; null when the word is none.</summary>
    public CdrReason? Reason => CdrWords.TryFind(Message.Token(4), out CdrReason reason) ? reason : null;

    /// <summary>The message: INVITE, 200, or what ended the call.</summary>
    public ReadOnlySpan<byte> Sip => Message.Sip;
}
