using CallActors.Server.Applications;
using CallActors.Server.Calls;
using CallActors.Server.Restoring;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Partitions;

/// <summary>
/// One dialog and whose it is. What matters only while an INVITE is in progress hangs on that INVITE, so that a quiet call costs little.
/// </summary>
internal sealed class DialogEntry(Octets id, SipMethod method, bool isServer, Dialog dialog, ApplicationConnection? owner)
{
    /// <summary>Its id on the control protocol.</summary>
    public Octets Id => id;

    /// <summary>The method that made it: INVITE or SUBSCRIBE.</summary>
    public SipMethod Method => method;

    /// <summary>True when a request of the network made it.</summary>
    public bool IsServer => isServer;

    /// <summary>The dialog proper; of several forks the one that was confirmed, before that the latest.</summary>
    public Dialog Dialog { get; set; } = dialog;

    /// <summary>The application that gets what comes in it; null once that has gone.</summary>
    public ApplicationConnection? Owner { get; set; } = owner;

    /// <summary>The next hop that overrides the route: the source address of a peer behind a NAT, or the application's choice (specification 3.10).</summary>
    public SipTarget? Route { get; set; }

    /// <summary>The last Contact value that we sent in it.</summary>
    public Octets Contact { get; set; }

    /// <summary>An INVITE of the network that is not answered finally, or whose 2xx waits for its ACK.</summary>
    public IncomingRequest? Incoming { get; set; }

    /// <summary>An INVITE of ours that is not answered finally, or whose 2xx waits for its ACK.</summary>
    public ApplicationInvite? Outgoing { get; set; }

    /// <summary>An UPDATE of the network that is not answered.</summary>
    public IncomingRequest? Update { get; set; }

    /// <summary>Which changes of the session are under way.</summary>
    public OfferAnswer Gate { get; set; }

    /// <summary>How many requests within it the application has not answered.</summary>
    public int Open { get; set; }

    /// <summary>The session timer, where one runs.</summary>
    public SessionClock? Session { get; set; }

    /// <summary>How long the subscription lives, where it is one.</summary>
    public SubscriptionClock? Subscription { get; set; }

    /// <summary>The application's session that it belongs to; null for applications without extensions.</summary>
    public KeptSession? Kept { get; set; }

    /// <summary>Whether its session was about it and is no more: another process of the application may have it.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>What came in it while it had no owner, or was not answered by the one that has gone.</summary>
    public List<HeldRequest>? Held { get; set; }

    /// <summary>Whether another server made it: what that one had under way is not known here.</summary>
    public bool IsRestored { get; init; }

    /// <summary>What its owner was last told of it, where it has a session; null before.</summary>
    public ToldState? Told { get; set; }

    /// <summary>True once it has left the tables.</summary>
    public bool IsOver { get; set; }
}
