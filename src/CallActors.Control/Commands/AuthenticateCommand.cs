using System.Buffers;

namespace CallActors.Control.Commands;

/// <summary><c>&lt;id&gt;|authenticate|&lt;secret&gt;|&lt;tag&gt;,&lt;tag&gt;,…</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct AuthenticateCommand(ControlMessage message)
{
    /// <summary>How many tags a client may have.</summary>
    public const int MaxTags = 20;

    /// <summary>How long a tag may be, in bytes.</summary>
    public const int MaxTagLength = 32;

    private static readonly SearchValues<byte> TagBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+@:-"u8);

    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The shared secret as the client gave it. The host compares it exactly, in constant time, and logs it nowhere.</summary>
    public ReadOnlySpan<byte> Secret => Message.Token(2);

    /// <summary>The client's tags, empty ones left out.</summary>
    public TokenList Tags => new(Message.Token(3), (byte)',');

    /// <summary>The extensions that the client asks for; the default value from every client that knows none, or whose token is none.</summary>
    public Extensions Extensions => Extensions.TryParse(Message.Token(4), out var extensions) ? extensions : default;

    /// <summary>Whether the bytes can be a tag: 1 to 32 letters, digits and <c>_ + @ : -</c>.</summary>
    public static bool IsTag(ReadOnlySpan<byte> tag) => tag.Length is > 0 and <= MaxTagLength && !tag.ContainsAnyExcept(TagBytes);
}
