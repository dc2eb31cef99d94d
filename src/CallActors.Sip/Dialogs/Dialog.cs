using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// A dialog (RFC 3261 §12): who talks to whom, over which route, with which numbers. Immutable; what changes it makes a new one that shares
/// the bytes which did not change. It copies what it needs, about 250 bytes, and lets the messages go.
/// </summary>
public sealed class Dialog
{
    /// <summary>
    /// How far a restored dialog's <see cref="LocalSequence"/> is ahead of what was written: whoever wrote it may have sent so many requests since (RFC 3261 §12.2.1.1
    /// asks that numbers rise, not that none is left out).
    /// </summary>
    public const uint RestoredGap = 100;

    private const uint NoNumber = uint.MaxValue;
    private const byte Version = 1;
    private const int HeadLength = 28;

    // Call-ID, local value, remote value, route set: one after the other.
    private readonly byte[] _bytes;
    private readonly byte[] _target;
    private readonly Layout _layout;
    private readonly uint _remoteSequence;

    private Dialog(byte[] bytes, in Layout layout, byte[] target, uint localSequence, uint remoteSequence, bool isServer, bool isConfirmed, bool isSecure)
    {
        _bytes = bytes;
        _layout = layout;
        _target = target;
        LocalSequence = localSequence;
        _remoteSequence = remoteSequence;
        IsServer = isServer;
        IsConfirmed = isConfirmed;
        IsSecure = isSecure;
    }

    /// <summary>What the dialog is found by. Shares the dialog's bytes.</summary>
    public DialogKey Key => new(
        _bytes, _layout.Local, _layout.Local + _layout.LocalTag, _layout.LocalTagLength, _layout.Remote + _layout.RemoteTag, _layout.RemoteTagLength);

    /// <summary>The Call-ID.</summary>
    public ReadOnlySpan<byte> CallId => _bytes.AsSpan(0, _layout.Local);

    /// <summary>Our From value in requests, our tag included.</summary>
    public ReadOnlySpan<byte> Local => _bytes.AsSpan(_layout.Local, _layout.Remote - _layout.Local);

    /// <summary>Our To value in requests: the peer, its tag included.</summary>
    public ReadOnlySpan<byte> Remote => _bytes.AsSpan(_layout.Remote, _layout.Routes - _layout.Remote);

    /// <summary>Our tag.</summary>
    public ReadOnlySpan<byte> LocalTag => Local.Slice(_layout.LocalTag, _layout.LocalTagLength);

    /// <summary>The peer's tag; empty for a peer of RFC 2543.</summary>
    public ReadOnlySpan<byte> RemoteTag => Remote.Slice(_layout.RemoteTag, _layout.RemoteTagLength);

    /// <summary>The From tag of the request that made the dialog, whoever sent it.</summary>
    public ReadOnlySpan<byte> InitiatorTag => IsServer ? RemoteTag : LocalTag;

    /// <summary>The route set, in the order in which our requests take it. It never changes once the dialog is confirmed.</summary>
    public RouteSet Routes => new(_bytes.AsSpan(_layout.Routes));

    /// <summary>The peer's Contact URI: where requests go in the end.</summary>
    public ReadOnlySpan<byte> RemoteTarget => _target;

    /// <summary>The number of our last request; the next one is higher.</summary>
    public uint LocalSequence { get; }

    /// <summary>The number of the peer's last request; null before the first.</summary>
    public uint? RemoteSequence => _remoteSequence == NoNumber ? null : _remoteSequence;

    /// <summary>True when the peer's request made the dialog, false when ours did.</summary>
    public bool IsServer { get; }

    /// <summary>False while there were only provisional responses (RFC 3261 §12, early).</summary>
    public bool IsConfirmed { get; }

    /// <summary>The dialog was made over TLS with a SIPS Request-URI, so it stays on SIPS (RFC 3261 §12.1.1).</summary>
    public bool IsSecure { get; }

    /// <summary>
    /// The dialog that our response to <paramref name="request"/> makes: early with a 1xx, confirmed with a 2xx (RFC 3261 §12.1.1).
    /// </summary>
    /// <param name="request">The INVITE, SUBSCRIBE or REFER as received.</param>
    /// <param name="response">Our response, which carries our tag.</param>
    /// <param name="localSequence">The number before that of our first request, for instance from a clock.</param>
    /// <param name="isSecureTransport">Whether the request came over TLS.</param>
    public static Dialog ForServer(SipRequest request, SipResponse response, uint localSequence, bool isSecureTransport = false)
    {
        var bytes = Pack(request.CallId, To(response), response.ToTag, From(request), request.FromTag, request, reversed: false, out var layout);
        return new(
            bytes, layout, TargetOf(request, FromUri(request)), localSequence, request.CSeq,
            isServer: true, response.IsFinal, isSecureTransport && IsSips(request.RequestUri));
    }

    /// <summary>
    /// The dialog that a response to our <paramref name="request"/> makes: early with a 1xx that has a To tag, confirmed with a 2xx. Responses with
    /// other To tags make other dialogs: siblings of one fork (RFC 3261 §12.1.2).
    /// </summary>
    /// <param name="request">The INVITE, SUBSCRIBE or REFER as sent.</param>
    /// <param name="response">The response as received. Without a Contact the request's own target serves on.</param>
    /// <param name="isSecureTransport">Whether the request went over TLS.</param>
    public static Dialog ForClient(SipRequest request, SipResponse response, bool isSecureTransport = false)
    {
        var bytes = Pack(request.CallId, From(request), request.FromTag, To(response), response.ToTag, response, reversed: true, out var layout);
        return new(
            bytes, layout, TargetOf(response, request.RequestUri), request.CSeq, NoNumber,
            isServer: false, response.IsFinal, isSecureTransport && IsSips(request.RequestUri));
    }

    /// <summary>
    /// The dialog that a NOTIFY makes when it overtakes the response to our SUBSCRIBE, or comes from another fork (RFC 6665 §4.4.1).
    /// </summary>
    /// <param name="subscribe">The SUBSCRIBE or REFER as sent.</param>
    /// <param name="notify">The NOTIFY as received.</param>
    /// <param name="isSecureTransport">Whether the SUBSCRIBE went over TLS.</param>
    public static Dialog ForSubscriber(SipRequest subscribe, SipRequest notify, bool isSecureTransport = false)
    {
        var bytes = Pack(notify.CallId, To(notify), notify.ToTag, From(notify), notify.FromTag, notify, reversed: false, out var layout);
        return new(
            bytes, layout, TargetOf(notify, subscribe.RequestUri), subscribe.CSeq, notify.CSeq,
            isServer: false, isConfirmed: true, isSecureTransport && IsSips(subscribe.RequestUri));
    }

    /// <summary>
    /// Confirmed by a final response: the one we send, which changes nothing else, or the 2xx we receive, which sets the route set and the
    /// remote target anew (RFC 3261 §13.2.2.4).
    /// </summary>
    public Dialog Confirm(SipResponse response)
    {
        if (IsServer) return IsConfirmed ? this : With(_target, LocalSequence, _remoteSequence, isConfirmed: true);
        var bytes = Pack(CallId, Local, LocalTag, Remote, RemoteTag, response, reversed: true, out var layout);
        return new(bytes, layout, TargetOf(response, _target), LocalSequence, _remoteSequence, IsServer, isConfirmed: true, IsSecure);
    }

    /// <summary>
    /// The remote target from the Contact of a target refresh request or of a 2xx to ours; the route set stays (RFC 3261 §12.2). Only once
    /// <see cref="TargetRefresh"/> says that the exchange commits it.
    /// </summary>
    public Dialog Retarget(SipMessage refresh)
    {
        var contact = ContactOf(refresh);
        return contact.IsEmpty || contact.SequenceEqual(_target) ? this : With(contact.ToArray(), LocalSequence, _remoteSequence, IsConfirmed);
    }

    /// <summary>
    /// The dialog with the number of our next request taken (RFC 3261 §12.2.1.1). ACK and CANCEL use that of their INVITE instead.
    /// </summary>
    public Dialog Advance() => Advance(LocalSequence + 1);

    /// <summary>The dialog after a request of ours with this number; a lower one changes nothing.</summary>
    public Dialog Advance(uint sequence) =>
        sequence <= LocalSequence ? this : With(_target, sequence, _remoteSequence, IsConfirmed);

    /// <summary>
    /// Takes a received request's number. False when it is lower than one already seen: the request is out of order and gets 500
    /// (RFC 3261 §12.2.2). ACK and CANCEL carry the number of their INVITE and are always in order.
    /// </summary>
    public bool TryReceive(SipRequest request, out Dialog next)
    {
        next = this;
        if (request.Method is SipMethod.Ack or SipMethod.Cancel) return true;
        if (_remoteSequence != NoNumber && request.CSeq < _remoteSequence) return false;
        if (request.CSeq != _remoteSequence) next = With(_target, LocalSequence, request.CSeq, IsConfirmed);
        return true;
    }

    /// <summary>Writes it as bytes that <see cref="TryRestore"/> reads, in this version of the program or a later one.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="written">How many bytes; 0 when it does not fit.</param>
    /// <returns>False when there is no room, or a part is longer than 65,535 bytes.</returns>
    public bool TryWrite(Span<byte> destination, out int written)
    {
        written = 0;
        var length = HeadLength + _bytes.Length + _target.Length;
        if (destination.Length < length || _bytes.Length > ushort.MaxValue || _target.Length > ushort.MaxValue) return false;
        destination[0] = Version;
        destination[1] = (byte)((IsServer ? 1 : 0) | (IsConfirmed ? 2 : 0) | (IsSecure ? 4 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], LocalSequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[6..], _remoteSequence);
        _layout.Write(destination[10..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[24..], (ushort)_bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(destination[26..], (ushort)_target.Length);
        _bytes.CopyTo(destination[HeadLength..]);
        _target.CopyTo(destination[(HeadLength + _bytes.Length)..]);
        written = length;
        return true;
    }

    /// <summary>Reads what <see cref="TryWrite"/> has written. The numbers of our requests go on <see cref="RestoredGap"/> later.</summary>
    /// <param name="bytes">All the bytes and no others; whatever they are, nothing is thrown.</param>
    /// <param name="dialog">The dialog, with bytes of its own.</param>
    /// <returns>False when they are none, or of a version that is not known here.</returns>
    public static bool TryRestore(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Dialog? dialog)
    {
        dialog = null;
        if (bytes.Length < HeadLength || bytes[0] != Version || bytes[1] > 7) return false;
        var layout = Layout.Read(bytes[10..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[24..]);
        if (bytes.Length != HeadLength + length + BinaryPrimitives.ReadUInt16BigEndian(bytes[26..]) || !layout.Fits(length)) return false;

        // Nothing that is read here may ever put a line of its own into a message.
        if (!IsLine(bytes.Slice(HeadLength, length)) || bytes.Length == HeadLength + length || !IsLine(bytes[(HeadLength + length)..])) return false;
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
        dialog = new(
            bytes.Slice(HeadLength, length).ToArray(), layout, bytes[(HeadLength + length)..].ToArray(),
            sequence <= int.MaxValue - RestoredGap ? sequence + RestoredGap : sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[6..]),
            isServer: (bytes[1] & 1) != 0, isConfirmed: (bytes[1] & 2) != 0, isSecure: (bytes[1] & 4) != 0);
        return true;
    }

    private static bool IsLine(ReadOnlySpan<byte> text) => text.IndexOfAny((byte)'\r', (byte)'\n') < 0 && HeaderSyntax.IsText(text);

    private Dialog With(byte[] target, uint localSequence, uint remoteSequence, bool isConfirmed) =>
        new(_bytes, _layout, target, localSequence, remoteSequence, IsServer, isConfirmed, IsSecure);

    private static ReadOnlySpan<byte> From(SipMessage message) => message.First(SipHeaderId.From);

    private static ReadOnlySpan<byte> To(SipMessage message) => message.First(SipHeaderId.To);

    private static ReadOnlySpan<byte> FromUri(SipRequest request) =>
        NameAddrView.TryParse(From(request), out var from) ? from.Uri : request.RequestUri;

    private static bool IsSips(ReadOnlySpan<byte> uri) => SipUriView.TryParse(uri, out var view) && view.Scheme == UriScheme.Sips;

    // A peer that forgot its Contact can still be reached at the best other address we know of it.
    private static byte[] TargetOf(SipMessage message, ReadOnlySpan<byte> otherwise) =>
        (ContactOf(message) is { IsEmpty: false } contact ? contact : otherwise).ToArray();

    private static ReadOnlySpan<byte> ContactOf(SipMessage message)
    {
        foreach (var value in message.Values(SipHeaderId.Contact))
            return ContactView.TryParse(value, out var contact) && !contact.IsStar ? contact.Uri : default;
        return default;
    }

    private static byte[] Pack(
        ReadOnlySpan<byte> callId, ReadOnlySpan<byte> local, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remote, ReadOnlySpan<byte> remoteTag,
        SipMessage routes, bool reversed, out Layout layout)
    {
        layout = new()
        {
            Local = callId.Length,
            Remote = callId.Length + local.Length,
            Routes = callId.Length + local.Length + remote.Length,
            LocalTag = local.Overlaps(localTag, out var localAt) ? localAt : 0,
            LocalTagLength = localTag.Length,
            RemoteTag = remote.Overlaps(remoteTag, out var remoteAt) ? remoteAt : 0,
            RemoteTagLength = remoteTag.Length,
        };
        var bytes = new byte[layout.Routes + RouteSet.LengthOf(routes)];
        callId.CopyTo(bytes);
        Unfolding.Copy(local, bytes.AsSpan(layout.Local));
        Unfolding.Copy(remote, bytes.AsSpan(layout.Remote));
        RouteSet.Write(routes, reversed, bytes.AsSpan(layout.Routes));
        return bytes;
    }

    // Where the parts begin in the packed bytes; tags counted from the start of their value.
    private readonly struct Layout
    {
        public int Local { get; init; }
        public int Remote { get; init; }
        public int Routes { get; init; }
        public int LocalTag { get; init; }
        public int LocalTagLength { get; init; }
        public int RemoteTag { get; init; }
        public int RemoteTagLength { get; init; }

        public static Layout Read(ReadOnlySpan<byte> from) => new()
        {
            Local = BinaryPrimitives.ReadUInt16BigEndian(from),
            Remote = BinaryPrimitives.ReadUInt16BigEndian(from[2..]),
            Routes = BinaryPrimitives.ReadUInt16BigEndian(from[4..]),
            LocalTag = BinaryPrimitives.ReadUInt16BigEndian(from[6..]),
            LocalTagLength = BinaryPrimitives.ReadUInt16BigEndian(from[8..]),
            RemoteTag = BinaryPrimitives.ReadUInt16BigEndian(from[10..]),
            RemoteTagLength = BinaryPrimitives.ReadUInt16BigEndian(from[12..]),
        };

        public void Write(Span<byte> to)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)Local);
            BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)Remote);
            BinaryPrimitives.WriteUInt16BigEndian(to[4..], (ushort)Routes);
            BinaryPrimitives.WriteUInt16BigEndian(to[6..], (ushort)LocalTag);
            BinaryPrimitives.WriteUInt16BigEndian(to[8..], (ushort)LocalTagLength);
            BinaryPrimitives.WriteUInt16BigEndian(to[10..], (ushort)RemoteTag);
            BinaryPrimitives.WriteUInt16BigEndian(to[12..], (ushort)RemoteTagLength);
        }

        public bool Fits(int length) =>
            Local > 0 && Local <= Remote && Remote <= Routes && Routes <= length
            && LocalTag + LocalTagLength <= Remote - Local && RemoteTag + RemoteTagLength <= Routes - Remote;
    }
}
