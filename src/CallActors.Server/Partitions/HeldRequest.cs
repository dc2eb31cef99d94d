using CallActors.Server.Calls;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

namespace CallActors.Server.Partitions;

/// <summary>A request of the network that waits for the next owner of its dialog; an ACK waits too, which has no transaction.</summary>
internal sealed class HeldRequest(Inheritance inheritance, DialogEntry dialog, SipRequest message, Flow flow, TransactionId id, IncomingRequest? request, bool isAgain) : ITimed
{
    /// <summary>The request.</summary>
    public SipRequest Message => message;

    /// <summary>The way it came.</summary>
    public Flow Flow => flow;

    /// <summary>Its name on the control protocol.</summary>
    public TransactionId Id => id;

    /// <summary>Its transaction; null for an ACK.</summary>
    public IncomingRequest? Request => request;

    /// <summary>Whether the owner that has gone had seen it.</summary>
    public bool IsAgain => isAgain;

    /// <summary>Whether nobody is to see it, because it was relayed and its answer comes from there.</summary>
    public bool IsRelayed => request?.Relay is not null;

    /// <summary>A BYE that nobody has claimed.</summary>
    public void OnTimer(long kind) => inheritance.Overdue(dialog, this);
}

/// <summary>A request of the network that its application relays on a call's other leg, and what came of it there.</summary>
internal sealed class Relay
{
    /// <summary>The last final response to a request that was sent because of it; null while there is none.</summary>
    public SipResponse? Response { get; set; }

    /// <summary>How many of those requests are not answered: who is challenged sends another.</summary>
    public int Pending { get; set; }
}
