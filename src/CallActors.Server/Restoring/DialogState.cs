using CallActors.Control.Commands;
using CallActors.Net;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Restoring;

/// <summary>
/// What the server has to know of a confirmed dialog to go on with it in another run: a value, and its bytes, of which there are at most <see cref="SessionKey.MaxBytes"/>.
/// </summary>
/// <param name="Method">The method that made it: INVITE or SUBSCRIBE.</param>
/// <param name="Dialog">The dialog proper; read again it is <see cref="Dialog.RestoredGap"/> ahead.</param>
/// <param name="Contact">The last Contact value that we sent in it; empty for none.</param>
/// <param name="Hop">The next hop that overrides the route; null for none.</param>
/// <param name="Session">The session timer; null where none runs.</param>
/// <param name="SubscribedUntil">When the subscription is forgotten; null for a call.</param>
internal sealed record DialogState(SipMethod Method, Dialog Dialog, Octets Contact, HopState? Hop, SessionState? Session, DateTimeOffset? SubscribedUntil)
{
    private const byte Version = 1;
    private const int SealLength = 4;

    /// <summary>Writes it. A session description that does not fit is left out: then a refresh is an UPDATE, which repeats none.</summary>
    /// <param name="room">Where to write; at most <see cref="SessionKey.MaxBytes"/> of it are used.</param>
    /// <returns>How many bytes; 0 for a dialog that does not fit at all.</returns>
    public int Write(Span<byte> room)
    {
        if (room.Length > SessionKey.MaxBytes) room = room[..SessionKey.MaxBytes];
        var length = TryWrite(room, Session);
        return length > 0 || Session is null ? length : TryWrite(room, Session with { Description = default, DescriptionType = default });
    }

    /// <summary>Reads it; null for bytes that are none, whatever they are.</summary>
    public static DialogState? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is <= SealLength or > SessionKey.MaxBytes) return null;
        var seal = new StateReader(bytes[^SealLength..]);
        if (seal.Number() != SealOf(bytes[..^SealLength])) return null;

        var reader = new StateReader(bytes[..^SealLength]);
        if (reader.Byte() != Version) return null;
        var method = reader.Byte() == 0 ? SipMethod.Invite : SipMethod.Subscribe;
        var isThere = Dialog.TryRestore(reader.Bytes(), out var dialog);
        var contact = Octets.Of(reader.Bytes());
        var hop = reader.Byte() == 0 ? null : HopState.Read(ref reader);
        var session = reader.Byte() == 0 ? null : SessionState.Read(ref reader);
        DateTimeOffset? until = reader.Byte() == 0 ? null : reader.Time();
        return isThere && dialog!.IsConfirmed && reader.IsDone ? new DialogState(method, dialog, contact, hop, session, until) : null;
    }

    private int TryWrite(Span<byte> room, SessionState? session)
    {
        var writer = new StateWriter(room);
        writer.Byte(Version);
        writer.Byte(Method == SipMethod.Invite ? (byte)0 : (byte)1);

        // The dialog writes itself; its length goes before it once that is known.
        if (writer.Rest.Length < 2 || !Dialog.TryWrite(writer.Rest[2..], out var length)) return 0;
        writer.Word(length);
        writer.Advance(length);
        writer.Bytes(Contact.Span);
        writer.Byte(Hop is null ? (byte)0 : (byte)1);
        Hop?.Write(ref writer);
        writer.Byte(session is null ? (byte)0 : (byte)1);
        session?.Write(ref writer);
        writer.Byte(SubscribedUntil is null ? (byte)0 : (byte)1);
        if (SubscribedUntil is { } until) writer.Time(until);
        if (writer.IsFull) return 0;
        writer.Number(SealOf(room[..writer.Length]));
        return writer.IsFull ? 0 : writer.Length;
    }

    // FNV-1a: a byte that changed on the way to a store and back changes it too. It guards against accidents only; whoever sends a state owns the calls anyway.
    private static uint SealOf(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var value in bytes) hash = (hash ^ value) * 16777619u;
        return hash;
    }
}

/// <summary>A next hop: over which of our transports, and whom.</summary>
/// <param name="Protocol">The transport's protocol.</param>
/// <param name="Local">Where the transport was bound.</param>
/// <param name="Address">The peer's address; null for one that is still a name.</param>
/// <param name="Host">The peer's name, where it has no address.</param>
/// <param name="Port">The peer's port.</param>
internal sealed record HopState(NetProtocol Protocol, NetAddress Local, NetAddress? Address, Octets Host, int Port)
{
    public static HopState? Read(ref StateReader reader)
    {
        var protocol = (NetProtocol)reader.Byte();
        var local = reader.Address();
        var address = reader.Byte() == 0 ? null : reader.Address();
        var host = Octets.Of(reader.Bytes());
        var port = reader.Word();
        return local is null ? null : new HopState(protocol, local, address, host, port);
    }

    public void Write(ref StateWriter writer)
    {
        writer.Byte((byte)Protocol);
        writer.Address(Local);
        writer.Byte(Address is null ? (byte)0 : (byte)1);
        if (Address is { } address) writer.Address(address);
        writer.Bytes(Host.Span);
        writer.Word(Port);
    }
}

/// <summary>A session timer (RFC 4028) and what a refresh repeats.</summary>
/// <param name="Agreement">What was agreed.</param>
/// <param name="Due">When our refresh is due, or the session over without theirs.</param>
/// <param name="Description">Our last session description; empty for none.</param>
/// <param name="DescriptionType">Its Content-Type.</param>
internal sealed record SessionState(SessionAgreement Agreement, DateTimeOffset Due, Octets Description, Octets DescriptionType)
{
    public static SessionState Read(ref StateReader reader)
    {
        var weRefresh = reader.Byte() != 0;
        var seconds = Math.Max(reader.Number(), SessionAgreement.LeastSeconds);
        return new SessionState(new(seconds, weRefresh), reader.Time(), Octets.Of(reader.Bytes()), Octets.Of(reader.Bytes()));
    }

    public void Write(ref StateWriter writer)
    {
        writer.Byte(Agreement.WeRefresh ? (byte)1 : (byte)0);
        writer.Number(Agreement.Seconds);
        writer.Time(Due);
        writer.Bytes(Description.Span);
        writer.Bytes(DescriptionType.Span);
    }
}
