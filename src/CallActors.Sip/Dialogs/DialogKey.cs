using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// What a dialog is found by: Call-ID, local tag, remote tag (RFC 3261 §12). The key shares the bytes of its dialog. Tables use
/// <see cref="DialogKeyComparer"/>, and look up with a <see cref="DialogLookup"/> straight from the received message.
/// </summary>
public readonly struct DialogKey : IEquatable<DialogKey>
{
    private readonly byte[]? _bytes;
    private readonly int _callIdLength;
    private readonly int _localTag;
    private readonly int _localTagLength;
    private readonly int _remoteTag;
    private readonly int _remoteTagLength;
    private readonly int _hash;

    internal DialogKey(byte[] bytes, int callIdLength, int localTag, int localTagLength, int remoteTag, int remoteTagLength)
    {
        _bytes = bytes;
        _callIdLength = callIdLength;
        _localTag = localTag;
        _localTagLength = localTagLength;
        _remoteTag = remoteTag;
        _remoteTagLength = remoteTagLength;
        _hash = DialogLookup.HashOf(CallId, LocalTag, RemoteTag);
    }

    /// <summary>The key of these three, with bytes of its own.</summary>
    public static DialogKey Of(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag) =>
        new([.. callId, .. localTag, .. remoteTag], callId.Length, callId.Length, localTag.Length, callId.Length + localTag.Length, remoteTag.Length);

    /// <summary>The Call-ID.</summary>
    public ReadOnlySpan<byte> CallId => _bytes.AsSpan(0, _callIdLength);

    /// <summary>Our tag.</summary>
    public ReadOnlySpan<byte> LocalTag => _bytes.AsSpan(_localTag, _localTagLength);

    /// <summary>The peer's tag; empty for a peer of RFC 2543 (RFC 3261 §12.1.1).</summary>
    public ReadOnlySpan<byte> RemoteTag => _bytes.AsSpan(_remoteTag, _remoteTagLength);

    /// <summary>Equal Call-ID and tags.</summary>
    public static bool operator ==(DialogKey left, DialogKey right) => left.Equals(right);

    /// <summary>Another Call-ID or tag.</summary>
    public static bool operator !=(DialogKey left, DialogKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(DialogKey other) =>
        _hash == other._hash
        && CallId.SequenceEqual(other.CallId) && LocalTag.SequenceEqual(other.LocalTag) && RemoteTag.SequenceEqual(other.RemoteTag);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DialogKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}

/// <summary>A key that has not left its message yet: finds a dialog without allocating.</summary>
public readonly ref struct DialogLookup
{
    private DialogLookup(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag)
    {
        CallId = callId;
        LocalTag = localTag;
        RemoteTag = remoteTag;
        Hash = HashOf(callId, localTag, remoteTag);
    }

    /// <summary>The Call-ID.</summary>
    public ReadOnlySpan<byte> CallId { get; }

    /// <summary>Our tag.</summary>
    public ReadOnlySpan<byte> LocalTag { get; }

    /// <summary>The peer's tag.</summary>
    public ReadOnlySpan<byte> RemoteTag { get; }

    internal int Hash { get; }

    /// <summary>The dialog in which a request was received: To carries our tag.</summary>
    public static DialogLookup ForReceived(SipRequest request) => new(request.CallId, request.ToTag, request.FromTag);

    /// <summary>The dialog in which a response was received: From carries our tag.</summary>
    public static DialogLookup ForReceived(SipResponse response) => new(response.CallId, response.FromTag, response.ToTag);

    /// <summary>The dialog of these three.</summary>
    public static DialogLookup Of(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag) =>
        new(callId, localTag, remoteTag);

    /// <summary>The key to keep.</summary>
    public DialogKey ToKey() => DialogKey.Of(CallId, LocalTag, RemoteTag);

    internal static int HashOf(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag) =>
        HashCode.Combine(OctetsComparer.Hash(callId), OctetsComparer.Hash(localTag), OctetsComparer.Hash(remoteTag));

    internal bool Matches(in DialogKey key) =>
        key.LocalTag.SequenceEqual(LocalTag) && key.RemoteTag.SequenceEqual(RemoteTag) && key.CallId.SequenceEqual(CallId);
}

/// <summary>Lets a table of <see cref="DialogKey"/> be asked with a <see cref="DialogLookup"/>.</summary>
public sealed class DialogKeyComparer : IEqualityComparer<DialogKey>, IAlternateEqualityComparer<DialogLookup, DialogKey>
{
    /// <summary>The only one needed.</summary>
    public static readonly DialogKeyComparer Instance = new();

    private DialogKeyComparer()
    {
    }

    /// <inheritdoc/>
    public bool Equals(DialogKey x, DialogKey y) => x.Equals(y);

    /// <inheritdoc/>
    public int GetHashCode(DialogKey obj) => obj.GetHashCode();

    /// <inheritdoc/>
    public bool Equals(DialogLookup alternate, DialogKey other) => alternate.Matches(other);

    /// <inheritdoc/>
    public int GetHashCode(DialogLookup alternate) => alternate.Hash;

    /// <inheritdoc/>
    public DialogKey Create(DialogLookup alternate) => alternate.ToKey();
}
