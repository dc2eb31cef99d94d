using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>A message made of what an application said, or the text of the refusal.</summary>
/// <typeparam name="TMessage">Request or response.</typeparam>
internal readonly ref struct Composed<TMessage>
    where TMessage : SipMessage
{
    private Composed(TMessage? message, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail)
    {
        Message = message;
        Text = text;
        Detail = detail;
    }

    /// <summary>The message; null when it was refused.</summary>
    public TMessage? Message { get; }

    /// <summary>The NOK text.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>What the text ends in.</summary>
    public ReadOnlySpan<byte> Detail { get; }

    /// <summary>It worked.</summary>
    public static Composed<TMessage> Done(TMessage message) => new(message, default, default);

    /// <summary>It did not.</summary>
    public static Composed<TMessage> Refused(ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default) => new(null, text, detail);
}
