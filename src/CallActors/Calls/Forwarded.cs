using Akka.Actor;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors.Calls;

/// <summary>An <see cref="Arrived"/> on its way to a call on another node: the connection is a name, and the request its bytes.</summary>
/// <param name="Call">The call.</param>
/// <param name="Server">The configured name of the server it came from; the other node has a connection of its own to it.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="DialogId">The dialog.</param>
/// <param name="Request">The request as it came.</param>
/// <param name="IsServers">Whether the server itself made it.</param>
/// <param name="IsAgain">Whether it was shown to an owner before.</param>
internal sealed record Forwarded(CallKey Call, string Server, Octets TransactionId, Octets DialogId, ReadOnlyMemory<byte> Request, bool IsServers, bool IsAgain = false) : ICallMessage
{
    /// <summary>What a message is when it leaves the node; null where it must not, for it speaks of something that this node alone has: a command, a connection, a flow.</summary>
    public static ICallMessage? Of(ICallMessage message) => message switch
    {
        // One connection for one session: no other node has one to the same server.
        Arrived { Connection.IsOutbound: true } => null,
        Arrived arrived => new Forwarded(arrived.Call, arrived.Connection.Server, arrived.TransactionId, arrived.DialogId, arrived.Request.Memory, arrived.IsServers, arrived.IsAgain),
        INoSerializationVerificationNeeded => null,
        _ => message,
    };

    /// <summary>The same on the node of the call; null when it has no connection to the server, or the bytes are no request.</summary>
    public Arrived? Arrive(CallRuntime runtime) =>
        runtime.Traffic.Find(Server) is { } connection && SipParser.Parse(Request.Span) is { Status: SipParseStatus.Message, Message: SipRequest request }
            ? new Arrived(Call, connection, TransactionId, DialogId, request, IsServers) { IsAgain = IsAgain }
            : null;
}
