using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Partitions;

/// <summary>One partition's dialogs: by what a message says (Call-ID and both tags) and by the id that applications know.</summary>
internal sealed class DialogTable
{
    private readonly Dictionary<DialogKey, DialogEntry> _byKey = new(DialogKeyComparer.Instance);
    private readonly Dictionary<Octets, DialogEntry> _byId = new(OctetsComparer.Instance);

    /// <summary>How many dialogs there are, early ones included.</summary>
    public int Count => _byId.Count;

    /// <summary>Every dialog, as a copy: what is done with one may remove it.</summary>
    public DialogEntry[] All => [.. _byId.Values];

    /// <summary>The dialog that a request of the network belongs to.</summary>
    public DialogEntry? Find(SipRequest request) => Find(DialogLookup.ForReceived(request));

    /// <summary>The dialog of these tags.</summary>
    public DialogEntry? Find(scoped DialogLookup lookup) =>
        _byKey.GetAlternateLookup<DialogLookup>().TryGetValue(lookup, out var found) ? found : null;

    /// <summary>The dialog of an id as applications write it.</summary>
    public DialogEntry? Find(ReadOnlySpan<byte> id) =>
        _byId.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out var found) ? found : null;

    /// <summary>The server-side INVITE dialogs of the same Call-ID and From tag as a request: its merged or forked siblings.</summary>
    public DialogEntry? Sibling(SipRequest request)
    {
        Span<byte> id = stackalloc byte[512];
        var callId = request.CallId;
        var tag = request.FromTag;
        if (callId.Length + Infix.Length + tag.Length > id.Length) return null;
        callId.CopyTo(id);
        Infix.CopyTo(id[callId.Length..]);
        tag.CopyTo(id[(callId.Length + Infix.Length)..]);
        var found = Find(id[..(callId.Length + Infix.Length + tag.Length)]);
        return found is { IsServer: true, Method: SipMethod.Invite } && found.Dialog.RemoteSequence == request.CSeq ? found : null;
    }

    private static ReadOnlySpan<byte> Infix => ";from-tag="u8;

    private static ReadOnlySpan<byte> LegInfix => ";leg="u8;

    /// <summary>
    /// The id for a new dialog: <c>Call-ID;from-tag=tag</c>, and <c>;leg=2</c> and on where another leg has that one (specification 1.7).
    /// </summary>
    public Octets NewId(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> initiatorTag)
    {
        var id = Octets.Of([.. callId, .. Infix, .. initiatorTag]);
        for (var leg = 2; _byId.ContainsKey(id); leg++)
            id = Octets.Of([.. callId, .. Infix, .. initiatorTag, .. System.Text.Encoding.ASCII.GetBytes($";leg={leg}")]);
        return id;
    }

    /// <summary>Whether an id is one that <see cref="NewId"/> could have given to this dialog.</summary>
    public static bool IsIdOf(ReadOnlySpan<byte> id, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> initiatorTag)
    {
        var length = callId.Length + Infix.Length + initiatorTag.Length;
        if (id.Length < length || !id.StartsWith(callId) || !id[callId.Length..].StartsWith(Infix) || !id[(callId.Length + Infix.Length)..].StartsWith(initiatorTag)) return false;
        var leg = id[length..];
        return leg.IsEmpty || (leg.StartsWith(LegInfix) && leg.Length is > 5 and < 12 && !leg[LegInfix.Length..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    /// <summary>Adds a dialog under its id.</summary>
    public void Add(DialogEntry dialog) => _byId[dialog.Id] = dialog;

    /// <summary>Lets the network find it by its tags; each fork of an INVITE has a key.</summary>
    public bool TryIndex(in DialogKey key, DialogEntry dialog) => _byKey.TryAdd(key, dialog) || ReferenceEquals(_byKey[key], dialog);

    /// <summary>Removes one fork.</summary>
    public void Unindex(in DialogKey key) => _byKey.Remove(key);

    /// <summary>Removes a dialog that is over.</summary>
    public void Remove(DialogEntry dialog) => _byId.Remove(dialog.Id);

    /// <summary>Gives room back after a peak.</summary>
    public void Trim()
    {
        if (_byId.EnsureCapacity(0) > 1024 && _byId.Count < _byId.EnsureCapacity(0) / 4)
        {
            _byId.TrimExcess();
            _byKey.TrimExcess();
        }
    }
}
