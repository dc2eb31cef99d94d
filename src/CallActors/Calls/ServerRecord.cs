using CallActors.Control.Events;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>What a signalling server records of a call, whoever handled it: proxied calls too, and those that no application saw to their end.</summary>
public abstract record ServerRecord
{
    private ServerRecord()
    {
    }

    /// <summary>The server's name.</summary>
    public required string Server { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether the message was sent by the server, and not received.</summary>
    public required bool IsSent { get; init; }

    /// <summary>The message: the INVITE, the 2xx, or what ended the call.</summary>
    public required SipMessage Message { get; init; }

    /// <summary>A call was tried.</summary>
    public sealed record Attempt : ServerRecord;

    /// <summary>A call was answered.</summary>
    public sealed record Start : ServerRecord
    {
        /// <summary>The part that the server plays in it.</summary>
        public required CdrRole Role { get; init; }
    }

    /// <summary>A call ended, or never came to be.</summary>
    public sealed record Stop : ServerRecord
    {
        /// <summary>Why.</summary>
        public required CdrReason Reason { get; init; }
    }
}

/// <summary>Takes the records of signalling servers. Servers are asked for them only when one is registered with dependency injection, and must be configured to make any.</summary>
public interface IServerRecordSink
{
    /// <summary>Takes a record. It is called on the network's thread: what takes time belongs behind it.</summary>
    void Write(ServerRecord record);
}
