using System.Buffers.Text;

namespace CallActors.Control.Commands;

/// <summary>
/// <c>&lt;id&gt;|proxy|&lt;transaction id&gt;|&lt;record route&gt;|&lt;full response&gt;|&lt;follow redirects&gt;|&lt;fork&gt;|&lt;provisional
/// timeout&gt;|&lt;final timeout&gt;|&lt;destination&gt;|…</c>
/// </summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct ProxyCommand(ControlMessage message)
{
    /// <summary>The index of the first destination.</summary>
    public const int FirstDestination = 9;

    /// <summary>No timeout is longer, whatever the application says.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The transaction of the request to be proxied.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(2);

    /// <summary>Whether to stay in the dialog: insert Record-Route, or Path for REGISTER.</summary>
    public bool RemainInDialog => Message.Token(3).SequenceEqual("remainInDialog"u8);

    /// <summary>Whether to report every final response, and <c>done</c> at the end.</summary>
    public bool FullResponse => Message.Token(4).SequenceEqual("fullResponse"u8);

    /// <summary>Whether to follow redirects.</summary>
    public bool FollowRedirects => Message.Token(5).SequenceEqual("followRedirects"u8);

    /// <summary>Whether to try all destinations at once; one after the other if not.</summary>
    public bool Simultaneous => Message.Token(6).SequenceEqual("simultaneous"u8);

    /// <summary>How long to wait for a provisional response before going on; null when the application does not say, or not in this form.</summary>
    public TimeSpan? ProvisionalTimeout => TryReadTimeout(Message.Token(7), out var timeout) ? timeout : null;

    /// <summary>How long to wait for a final response before the branch is cancelled; null as above.</summary>
    public TimeSpan? FinalTimeout => TryReadTimeout(Message.Token(8), out var timeout) ? timeout : null;

    /// <summary>The destinations, at least one.</summary>
    public TokenList Destinations => new(Message.TokensFrom(FirstDestination), (byte)'|');

    /// <summary>Its headers are added to the forwarded request; start line and body are of no account.</summary>
    public AppMessage Sip => new(Message.Sip);

    /// <summary>Reads <c>&lt;n&gt;ms</c> or <c>&lt;n&gt;s</c>, n above zero. False for anything else.</summary>
    public static bool TryReadTimeout(ReadOnlySpan<byte> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !Utf8Parser.TryParse(text, out uint number, out var read) || number == 0)
            return false;

        var unit = text[read..];
        if (unit.SequenceEqual("ms"u8)) timeout = TimeSpan.FromMilliseconds(number);
        else if (unit.SequenceEqual("s"u8)) timeout = TimeSpan.FromSeconds(number);
        else return false;

        if (timeout > LongestTimeout) timeout = LongestTimeout;
        return true;
    }
}
