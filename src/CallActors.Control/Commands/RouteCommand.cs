using System.Text;

namespace CallActors.Control.Commands;

/// <summary><c>&lt;id&gt;|route|&lt;verb&gt;</c> and <c>&lt;id&gt;|remove_route|&lt;verb&gt;</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct RouteCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The verb as sent: a SIP method, by custom in lower case, or <c>cdr:attempt</c>, <c>cdr:start</c>, <c>cdr:stop</c>. No verb is ever rejected.</summary>
    public ReadOnlySpan<byte> Verb => Message.Token(2);

    /// <summary>Copies the verb in lower case, under which it is to be looked up; the destination has room for <see cref="Verb"/>.</summary>
    public void CopyVerb(Span<byte> destination)
    {
        // ToLower refuses bytes beyond ASCII; such a verb matches no method and may stay as it is.
        Verb.CopyTo(destination);
        Ascii.ToLowerInPlace(destination[..Verb.Length], out _);
    }
}
