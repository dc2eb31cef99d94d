using System.Buffers;

namespace CallActors.Control.Commands;

/// <summary>What the commands of the extension <c>session</c> have in common: key, incarnation, and their bounds.</summary>
public static class SessionKey
{
    /// <summary>How long a key may be, in bytes.</summary>
    public const int MaxLength = 64;

    /// <summary>How many dialogs a session may have.</summary>
    public const int MaxNames = 64;

    /// <summary>How long a blob, and a dialog's state, may be, in bytes.</summary>
    public const int MaxBytes = 16_384;

    private static readonly SearchValues<byte> KeyBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"u8);

    /// <summary>Whether the bytes can be a key: 1 to 64 letters, digits and <c>. _ -</c>.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key) => key.Length is > 0 and <= MaxLength && !key.ContainsAnyExcept(KeyBytes);

    /// <summary>Reads an incarnation: decimal, 0 to 2,147,483,647, without a sign.</summary>
    public static bool TryReadIncarnation(ReadOnlySpan<byte> token, out int incarnation)
    {
        incarnation = 0;
        if (token.Length is 0 or > 10 || token.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        var number = 0L;
        foreach (var digit in token) number = number * 10 + (digit - '0');
        if (number > int.MaxValue) return false;
        incarnation = (int)number;
        return true;
    }

    internal static int Incarnation(ReadOnlySpan<byte> token) => TryReadIncarnation(token, out var incarnation) ? incarnation : 0;
}

/// <summary>Attaches a key and a blob to dialogs: <c>&lt;id&gt;|session|&lt;key&gt;|&lt;incarnation&gt;|&lt;names&gt;</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct SessionCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => Message.Token(2);

    /// <summary>The incarnation of the ownership that the application believes to have.</summary>
    public int Incarnation => SessionKey.Incarnation(Message.Token(3));

    /// <summary>Dialogs, and transactions of INVITEs that are about to be answered: all that the session has; at most <see cref="SessionKey.MaxNames"/>.</summary>
    public TokenList Names => new(Message.Token(4), (byte)',');

    /// <summary>Any bytes, at most <see cref="SessionKey.MaxBytes"/>.</summary>
    public ReadOnlySpan<byte> Blob => Message.Sip;

    /// <summary>Whether the application lets the session go: it names nothing and the blob is empty.</summary>
    public bool IsRelease => Message.Token(4).IsEmpty && Blob.IsEmpty;
}

/// <summary>Takes a session over: <c>&lt;id&gt;|claim|&lt;key&gt;|&lt;incarnation&gt;</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct ClaimCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => Message.Token(2);

    /// <summary>The incarnation that the claimant knows.</summary>
    public int Incarnation => SessionKey.Incarnation(Message.Token(3));
}

/// <summary>Gives a dialog back: <c>&lt;id&gt;|restore|&lt;key&gt;|&lt;incarnation&gt;|&lt;dialog id&gt;</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct RestoreCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => Message.Token(2);

    /// <summary>The incarnation that the restorer knows.</summary>
    public int Incarnation => SessionKey.Incarnation(Message.Token(3));

    /// <summary>The dialog; may be empty, and is then none that can be restored.</summary>
    public ReadOnlySpan<byte> DialogId => Message.Token(4);

    /// <summary>The state as the last server sent it, at most <see cref="SessionKey.MaxBytes"/>.</summary>
    public ReadOnlySpan<byte> State => Message.Sip;
}

/// <summary>Says that the application has not the dialog which the server asked for: <c>&lt;id&gt;|unknown|&lt;id of the ask&gt;</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct UnknownCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The id of the server's <c>ask</c>.</summary>
    public ReadOnlySpan<byte> AskId => Message.Token(2);
}

/// <summary>Says that a request which the server showed is for a call that no process of the application has, or, outside dialogs, that this one declines it:
/// <c>&lt;id&gt;|stray|&lt;transaction id&gt;</c></summary>
/// <param name="message">The command's tokens.</param>
public readonly ref struct StrayCommand(ControlMessage message)
{
    /// <summary>The tokens.</summary>
    public ControlMessage Message { get; } = message;

    /// <summary>The request's transaction.</summary>
    public ReadOnlySpan<byte> TransactionId => Message.Token(2);
}
