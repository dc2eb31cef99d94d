using Akka.Actor;
using CallActors.Connections;
using CallActors.Keeping;
using CallActors.Ledger;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors.Calls;

/// <summary>A request outside any dialog arrived: the call begins with it.</summary>
internal sealed record Offered(CallKey Call, CallFlow Kind, IncomingRequest Request) : ICallStart, INoSerializationVerificationNeeded
{
    /// <inheritdoc/>
    public string Flow => Kind.Name;
}

/// <summary>The application asks for a call of its own.</summary>
internal sealed record Begun(CallKey Call, CallFlow Kind, object? Argument) : ICallStart, INoSerializationVerificationNeeded
{
    /// <inheritdoc/>
    public string Flow => Kind.Name;
}

/// <summary>A call that lived elsewhere, or before a loss, is to go on here.</summary>
/// <param name="Snapshot">What is known of it.</param>
/// <param name="IsFromLedger">Whether it was read from a disk, and may have ended long ago elsewhere.</param>
internal sealed record Restored(CallSnapshot Snapshot, bool IsFromLedger = false) : ICallStart
{
    /// <inheritdoc/>
    public CallKey Call => Snapshot.Key;

    /// <inheritdoc/>
    public string Flow => Snapshot.Flow;
}

/// <summary>A request that belongs to a call arrived: inside a dialog, or a CANCEL.</summary>
internal sealed record Arrived(CallKey Call, ServerConnection Connection, Octets TransactionId, Octets DialogId, SipRequest Request, bool IsServers) : ICallMessage, INoSerializationVerificationNeeded
{
    /// <summary>Whether it had been shown to an owner of the dialog before, who was lost before the answer.</summary>
    public bool IsAgain { get; init; }
}

/// <summary>The server's answer to a command.</summary>
/// <param name="Call">Whose command it was.</param>
/// <param name="Command">The command.</param>
/// <param name="Refusal">Why the server did not do it; null when it did.</param>
/// <param name="TransactionId">The transaction that carries what was sent.</param>
/// <param name="DialogId">The dialog it belongs to; empty when the server does not say.</param>
/// <param name="Sent">The message as it was sent; null when nobody asked for it.</param>
internal sealed record Replied(CallKey Call, ICommand Command, string? Refusal, Octets TransactionId, Octets DialogId, SipMessage? Sent) : ICallMessage, INoSerializationVerificationNeeded
{
    /// <summary>What a claim was granted with; null for any other command.</summary>
    public Granted? Granted { get; init; }
}

/// <summary>A response to a request that the call sent.</summary>
/// <param name="Call">The call.</param>
/// <param name="Command">What sent the request.</param>
/// <param name="Response">The response.</param>
/// <param name="DialogId">The dialog; empty when there is none.</param>
/// <param name="Challenger">Of a challenge: the URI of the host that made it, where the answer must go.</param>
internal sealed record Responded(CallKey Call, ICommand Command, SipResponse Response, Octets DialogId, string? Challenger) : ICallMessage, INoSerializationVerificationNeeded;

/// <summary>One of the final responses that a proxied request got, or null when proxying is over.</summary>
/// <param name="Call">The call.</param>
/// <param name="Command">What has the request proxied.</param>
/// <param name="Response">The response.</param>
/// <param name="From">Who gave it; null with null.</param>
internal sealed record Proxied(CallKey Call, ICommand Command, SipResponse? Response, RequestSource? From) : ICallMessage, INoSerializationVerificationNeeded;

/// <summary>The connection was lost before a command was over.</summary>
internal sealed record CommandLost(CallKey Call, ICommand Command, string Reason) : ICallMessage, INoSerializationVerificationNeeded;

/// <summary>A control connection that dialogs of the call belong to was lost.</summary>
internal sealed record ConnectionLost(CallKey Call, ServerConnection Connection, string Reason) : ICallMessage, INoSerializationVerificationNeeded;

/// <summary>A signalling server is reached again, or for the first time.</summary>
internal sealed record ConnectionBack(ServerConnection Connection);

/// <summary>A timer of the call itself, of a leg or of the application fired.</summary>
internal sealed record CallTimerFired(Action Act);

/// <summary>The node wants all calls to end, with a reason.</summary>
internal sealed record EndCall(string Reason);

/// <summary>What a command that was sent over a control connection becomes told, in its call's mailbox.</summary>
internal interface ICommand
{
    /// <summary>Whether the message as sent is wanted; it costs a parse.</summary>
    bool WantsSent { get; }

    /// <summary>Whether the server's answer is about a session.</summary>
    bool WantsGrant => false;

    /// <summary>The server carried the command out, or refused to.</summary>
    void OnReply(Replied reply);

    /// <summary>A response to the request that the command sent.</summary>
    void OnResponse(Responded responded)
    {
    }

    /// <summary>A final response downstream of a proxied request, or the end of proxying.</summary>
    void OnProxied(Proxied proxied)
    {
    }

    /// <summary>The connection was lost before the command was over.</summary>
    void OnLost(string reason);

    /// <summary>The leg ended before the command was over.</summary>
    void OnEnded(string reason)
    {
    }
}
