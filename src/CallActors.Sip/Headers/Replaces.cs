namespace CallActors.Sip.Headers;

/// <summary>Replaces: the dialog that a new one shall take the place of (RFC 3891 §6.1).</summary>
/// <remarks>
/// Tags are those of the recipient's side: its to-tag is the local tag of who receives the request. A tag <c>0</c> also matches a dialog
/// without one.
/// </remarks>
public readonly ref struct Replaces
{
    private readonly NamedDialog _dialog;

    private Replaces(NamedDialog dialog) => _dialog = dialog;

    /// <summary>The Call-ID of the dialog.</summary>
    public ReadOnlySpan<byte> CallId => _dialog.CallId;

    /// <summary>The <c>to-tag</c>.</summary>
    public ReadOnlySpan<byte> ToTag => _dialog.ToTag;

    /// <summary>The <c>from-tag</c>.</summary>
    public ReadOnlySpan<byte> FromTag => _dialog.FromTag;

    /// <summary>Whether only a dialog that is not yet confirmed may be replaced.</summary>
    public bool IsEarlyOnly => _dialog.Parameters.Contains("early-only"u8);

    /// <summary>Reads the value; false when it is broken, or a tag is missing or given twice.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Replaces replaces)
    {
        var isDialog = NamedDialog.TryParse(text, out var dialog);
        replaces = isDialog ? new(dialog) : default;
        return isDialog;
    }
}

/// <summary>Join: the dialog that a new one shall be added to (RFC 3911 §7.1).</summary>
public readonly ref struct Join
{
    private readonly NamedDialog _dialog;

    private Join(NamedDialog dialog) => _dialog = dialog;

    /// <summary>The Call-ID of the dialog.</summary>
    public ReadOnlySpan<byte> CallId => _dialog.CallId;

    /// <summary>The <c>to-tag</c>.</summary>
    public ReadOnlySpan<byte> ToTag => _dialog.ToTag;

    /// <summary>The <c>from-tag</c>.</summary>
    public ReadOnlySpan<byte> FromTag => _dialog.FromTag;

    /// <summary>Reads the value; false when it is broken, or a tag is missing or given twice.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Join join)
    {
        var isDialog = NamedDialog.TryParse(text, out var dialog);
        join = isDialog ? new(dialog) : default;
        return isDialog;
    }
}

internal readonly ref struct NamedDialog
{
    internal ReadOnlySpan<byte> CallId { get; private init; }

    internal ReadOnlySpan<byte> ToTag { get; private init; }

    internal ReadOnlySpan<byte> FromTag { get; private init; }

    internal HeaderParameters Parameters { get; private init; }

    internal static bool TryParse(ReadOnlySpan<byte> text, out NamedDialog dialog)
    {
        dialog = default;
        var start = HeaderGrammar.SkipLws(text, 0);
        var semicolon = text.IndexOf((byte)';');
        if (semicolon < start) return false;
        var callId = text[start..semicolon].TrimEnd(" \t\r\n"u8);
        if (!CallIdSyntax.IsValid(callId)) return false;

        ReadOnlySpan<byte> toTag = default, fromTag = default;
        var reader = new HeaderParameterReader(text[semicolon..]);
        while (reader.MoveNext())
        {
            if (HeaderGrammar.Same(reader.Current.Name, "to-tag"u8))
            {
                if (!toTag.IsEmpty) return false;
                toTag = reader.Current.Value;
            }
            else if (HeaderGrammar.Same(reader.Current.Name, "from-tag"u8))
            {
                if (!fromTag.IsEmpty) return false;
                fromTag = reader.Current.Value;
            }
        }
        if (reader.IsBroken || toTag.IsEmpty || fromTag.IsEmpty) return false;
        dialog = new() { CallId = callId, ToTag = toTag, FromTag = fromTag, Parameters = new(text.Slice(semicolon, reader.End)) };
        return true;
    }
}
