namespace CallActors.Sip.Transactions;

/// <summary>
/// The timers of RFC 3261 table 4 and RFC 6026 by their letter, and those of the machines beside the transactions by their purpose.
/// </summary>
public enum TransactionTimer : byte
{
    /// <summary>INVITE request retransmission, unreliable transports.</summary>
    A,

    /// <summary>INVITE client: no response at all.</summary>
    B,

    /// <summary>INVITE client: no final response since the last provisional one.</summary>
    C,

    /// <summary>INVITE client: how long a rejection may come again.</summary>
    D,

    /// <summary>Non-INVITE request retransmission, unreliable transports.</summary>
    E,

    /// <summary>Non-INVITE: the client waits no longer, so a server need not answer any more.</summary>
    F,

    /// <summary>INVITE server: retransmission of a rejection, unreliable transports.</summary>
    G,

    /// <summary>INVITE server: no ACK for a rejection.</summary>
    H,

    /// <summary>INVITE server: how long the ACK may come again.</summary>
    I,

    /// <summary>Non-INVITE server: how long the request may come again.</summary>
    J,

    /// <summary>Non-INVITE client: how long the response may come again.</summary>
    K,

    /// <summary>INVITE server, accepted: how long the INVITE may come again (RFC 6026 §7.1).</summary>
    L,

    /// <summary>INVITE client, accepted: how long 2xx may come, from this peer or another fork (RFC 6026 §7.2).</summary>
    M,

    /// <summary>Non-INVITE server: the 100 is due (RFC 4320 §4.1).</summary>
    TryingDue,

    /// <summary>INVITE client: a CANCEL was sent and no final response came (RFC 3261 §9.1).</summary>
    Cancelling,

    /// <summary>A 2xx is due again (RFC 3261 §13.3.1.4).</summary>
    Answer,

    /// <summary>No ACK for a 2xx (RFC 3261 §13.3.1.4), seen from the side that answered.</summary>
    AnswerLimit,

    /// <summary>No ACK for a 2xx from our own user; or, once it came, how long the 2xx may come again (RFC 3261 §13.2.2.4).</summary>
    Acknowledgement,

    /// <summary>A reliable provisional response is due again (RFC 3262 §3).</summary>
    Provisional,

    /// <summary>No PRACK for a reliable provisional response (RFC 3262 §3).</summary>
    ProvisionalLimit,

    /// <summary>We are to refresh the session (RFC 4028 §10).</summary>
    SessionRefresh,

    /// <summary>The peer was to refresh the session (RFC 4028 §10).</summary>
    SessionExpiry,
}
