using System.Runtime.InteropServices;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Transactions;

/// <summary>
/// What a transaction is found by: branch, sent-by and method (RFC 3261 §17.1.3, §17.2.3). Keeps bytes of its own, no message.
/// Tables use <see cref="TransactionKeyComparer"/>, and look up with a <see cref="TransactionLookup"/> straight from the received message.
/// </summary>
public readonly struct TransactionKey : IEquatable<TransactionKey>
{
    private readonly byte[]? _bytes;
    private readonly int _hash;
    private readonly int _split;

    internal TransactionKey(in TransactionLookup lookup)
    {
        _bytes = new byte[lookup.Branch.Length + lookup.SentBy.Length];
        lookup.Branch.CopyTo(_bytes);
        lookup.SentBy.CopyTo(_bytes.AsSpan(lookup.Branch.Length));
        _split = lookup.Branch.Length;
        _hash = lookup.Hash;
        Method = lookup.Method;
    }

    /// <summary>The key of a client transaction for a request of our own; the same as that of a response to it.</summary>
    public static TransactionKey ForClient(SipRequest request) => TransactionLookup.ForClient(request).ToKey();

    /// <summary>The key of the server transaction that a received request begins, or belongs to.</summary>
    public static TransactionKey ForServer(SipRequest request) => TransactionLookup.ForServer(request).ToKey();

    /// <summary>The branch of the top Via; for a peer that speaks RFC 2543, everything that tells one transaction from another.</summary>
    public ReadOnlySpan<byte> Branch => _bytes.AsSpan(0, _split);

    /// <summary>Who sent the request: host and port of the top Via. Empty for a client transaction and for RFC 2543.</summary>
    public ReadOnlySpan<byte> SentBy => _bytes.AsSpan(_split);

    /// <summary>The method; INVITE for its ACK too.</summary>
    public SipMethod Method { get; }

    /// <summary>Equal branch, sent-by and method.</summary>
    public static bool operator ==(TransactionKey left, TransactionKey right) => left.Equals(right);

    /// <summary>Another branch, sent-by or method.</summary>
    public static bool operator !=(TransactionKey left, TransactionKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(TransactionKey other) =>
        _hash == other._hash && Method == other.Method && _split == other._split && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TransactionKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}

/// <summary>A key that has not left its message yet: finds a transaction without allocating.</summary>
public readonly ref struct TransactionLookup
{
    private TransactionLookup(ReadOnlySpan<byte> branch, ReadOnlySpan<byte> sentBy, SipMethod method)
    {
        Branch = branch;
        SentBy = sentBy;
        Method = method;
        Hash = OctetsComparer.Hash(branch);
    }

    /// <summary>As in <see cref="TransactionKey.Branch"/>.</summary>
    public ReadOnlySpan<byte> Branch { get; }

    /// <summary>As in <see cref="TransactionKey.SentBy"/>.</summary>
    public ReadOnlySpan<byte> SentBy { get; }

    /// <summary>As in <see cref="TransactionKey.Method"/>.</summary>
    public SipMethod Method { get; }

    internal int Hash { get; }

    /// <summary>The client transaction that a received response is for (RFC 3261 §17.1.3).</summary>
    public static TransactionLookup ForClient(SipResponse response) => new(response.Branch, default, response.CSeqMethod);

    /// <summary>The client transaction of a request of our own.</summary>
    public static TransactionLookup ForClient(SipRequest request) => ForClient(request.Branch, request.Method);

    /// <summary>The client transaction of a request of our own with this branch.</summary>
    public static TransactionLookup ForClient(ReadOnlySpan<byte> branch, SipMethod method) => new(branch, default, method);

    /// <summary>
    /// The server transaction that a received request begins or belongs to; an ACK belongs to that of its INVITE (RFC 3261 §17.2.3).
    /// </summary>
    public static TransactionLookup ForServer(SipRequest request) =>
        ForServer(request, request.Method == SipMethod.Ack ? SipMethod.Invite : request.Method);

    /// <summary>The INVITE server transaction that a received CANCEL names (RFC 3261 §9.2).</summary>
    public static TransactionLookup ForCancelled(SipRequest cancel) => ForServer(cancel, SipMethod.Invite);

    /// <summary>The key to keep.</summary>
    public TransactionKey ToKey() => new(this);

    internal bool Matches(in TransactionKey key) =>
        key.Method == Method && key.Branch.SequenceEqual(Branch) && key.SentBy.SequenceEqual(SentBy);

    private static ReadOnlySpan<byte> Cookie => "z9hG4bK"u8;

    private static TransactionLookup ForServer(SipRequest request, SipMethod method) =>
        request.Branch.Length > Cookie.Length && request.Branch.StartsWith(Cookie)
            ? new(request.Branch, request.SentBy, method)
            : new(IdentityOfOldRequest(request), default, method);

    // RFC 3261 §17.2.3, for branches without the cookie or with nothing after it: what an INVITE, its ACK and its CANCEL have in common,
    // which is why the To tag is left out. Only peers of RFC 2543 make this allocate.
    private static byte[] IdentityOfOldRequest(SipRequest request)
    {
        var identity = new byte[
            request.Branch.Length + request.SentBy.Length + request.CallId.Length + request.FromTag.Length + request.RequestUri.Length + 5 + sizeof(uint)];
        var rest = identity.AsSpan();
        Append(ref rest, request.Branch);
        Append(ref rest, request.SentBy);
        Append(ref rest, request.CallId);
        Append(ref rest, request.FromTag);
        Append(ref rest, request.RequestUri);
        var number = request.CSeq;
        MemoryMarshal.Write(rest, in number);
        return identity;
    }

    // A zero byte ends each part; none of them can contain one.
    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> part)
    {
        part.CopyTo(rest);
        rest = rest[(part.Length + 1)..];
    }
}

/// <summary>Lets a table of <see cref="TransactionKey"/> be asked with a <see cref="TransactionLookup"/>.</summary>
public sealed class TransactionKeyComparer : IEqualityComparer<TransactionKey>, IAlternateEqualityComparer<TransactionLookup, TransactionKey>
{
    /// <summary>The only one needed.</summary>
    public static readonly TransactionKeyComparer Instance = new();

    private TransactionKeyComparer()
    {
    }

    /// <inheritdoc/>
    public bool Equals(TransactionKey x, TransactionKey y) => x.Equals(y);

    /// <inheritdoc/>
    public int GetHashCode(TransactionKey obj) => obj.GetHashCode();

    /// <inheritdoc/>
    public bool Equals(TransactionLookup alternate, TransactionKey other) => alternate.Matches(other);

    /// <inheritdoc/>
    public int GetHashCode(TransactionLookup alternate) => alternate.Hash;

    /// <inheritdoc/>
    public TransactionKey Create(TransactionLookup alternate) => alternate.ToKey();
}
