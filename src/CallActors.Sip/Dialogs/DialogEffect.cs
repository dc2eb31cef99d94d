using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// Hand the response to the INVITE server transaction (<see cref="Transactions.Respond"/>), which sends it and repeats it for repeated
/// INVITEs.
/// </summary>
public sealed record Reply(SipResponse Response) : TransactionEffect;

/// <summary>Answer this request with this status without asking the user.</summary>
public sealed record AnswerRequest(SipRequest Request, int Status) : TransactionEffect;

/// <summary>Make and send the ACK for this 2xx in the dialog that it makes: no user will.</summary>
public sealed record AcknowledgeAnswer(SipResponse Answer) : TransactionEffect;

/// <summary>End the dialog that this 2xx made, with a BYE: no user will.</summary>
public sealed record ReleaseAnswer(SipResponse Answer) : TransactionEffect;
