namespace CallActors.Net;

/// <summary>What becomes of something that was sent on a <see cref="MemoryNetwork"/>.</summary>
public enum MemoryFate : byte
{
    /// <summary>It is under way.</summary>
    Travels,

    /// <summary>It is under way, and so is a copy of it.</summary>
    Doubled,

    /// <summary>It will never arrive.</summary>
    Lost,

    /// <summary>There is nobody where it was sent to.</summary>
    Refused,
}

/// <summary>Sees everything that is sent on a <see cref="MemoryNetwork"/>, as it is sent, and may lose datagrams that chance would not.</summary>
public interface IMemoryWatch
{
    /// <summary>Whether this datagram shall be lost.</summary>
    bool Loses(NetAddress from, NetAddress to, ReadOnlySpan<byte> datagram);

    /// <summary>Something was sent: a datagram, or what a stream's end wrote between two flushes.</summary>
    void OnSent(NetAddress from, NetAddress to, NetProtocol protocol, ReadOnlySpan<byte> bytes, MemoryFate fate);
}
