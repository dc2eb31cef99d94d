using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Dialogs;

/// <summary>The ACK for our 2xx arrived.</summary>
public sealed record Acknowledged : TransactionInput
{
    /// <summary>The shared value.</summary>
    public static readonly Acknowledged Instance = new();
}

/// <summary>Our user acknowledges a 2xx with this ACK, ready to be sent.</summary>
public sealed record Acknowledge(SipRequest Ack) : TransactionInput;

/// <summary>Nobody will acknowledge the 2xx: its owner is gone, or gave the call up while it was being answered.</summary>
public sealed record Abandoned : TransactionInput
{
    /// <summary>The shared value.</summary>
    public static readonly Abandoned Instance = new();
}

/// <summary>
/// The user answers the INVITE with a provisional response that must arrive. It carries the RSeq that the state asked for.
/// </summary>
/// <param name="Response">101 to 199, with <c>Require: 100rel</c> and RSeq.</param>
/// <param name="IsAutomatic">
/// Reliable only because the caller insists, not because the user asked: its PRACK is nobody's business but ours.
/// </param>
public sealed record RespondReliably(SipResponse Response, bool IsAutomatic = false) : TransactionInput;

/// <summary>
/// Another user answers the INVITE from now on: what the one before had said reliably, and is not confirmed, is confirmed to the host; what was not sent yet never will be.
/// </summary>
public sealed record UserReplaced : TransactionInput
{
    /// <summary>The only one.</summary>
    public static readonly UserReplaced Instance = new();
}

/// <summary>A PRACK arrived in the dialog of the INVITE.</summary>
public sealed record PrackReceived(SipRequest Prack) : TransactionInput;
