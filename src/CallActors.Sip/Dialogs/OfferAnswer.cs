using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>What becomes of a received request that would change the session.</summary>
public enum SessionVerdict : byte
{
    /// <summary>It may be handled.</summary>
    Admitted,

    /// <summary>It crossed a change of our own: 491 (RFC 3261 §14.2, RFC 3311 §5.2).</summary>
    Glare,

    /// <summary>The one before it is not answered yet: 500 with Retry-After, 0 to 10 s by chance (RFC 3261 §14.2, RFC 3311 §5.2).</summary>
    Busy,
}

/// <summary>
/// The gate for changes of a session: which INVITE and UPDATE transactions of a dialog are open, in which direction, and whether an offer
/// waits for its answer (RFC 3261 §14, RFC 3311 §5, RFC 6141, RFC 6337). A value of a few bytes; the default one is a dialog at rest.
/// </summary>
/// <remarks>
/// RFC 6141 §3.4: what an INVITE or UPDATE would change takes effect when it succeeds. A refusal closes its exchange here and leaves session,
/// remote target (<see cref="TargetRefresh"/>) and session timer (<see cref="SessionTimer"/>) as they were.
/// </remarks>
public readonly record struct OfferAnswer
{
    private enum Offer : byte
    {
        None,
        Ours,
        Theirs,
    }

    private Offer Open { get; init; }

    // The method whose transaction brought the open offer: its failure withdraws it.
    private SipMethod Carrier { get; init; }

    // Whether the open INVITE has had its offer: then its 2xx may repeat the answer, and is no offer.
    private bool InviteHasOffer { get; init; }

    /// <summary>
    /// An INVITE of ours has no final response yet. With a BYE, ours or theirs, it is cancelled (and any 2xx acknowledged).
    /// </summary>
    public bool OurInvite { get; private init; }

    /// <summary>An INVITE of theirs has no final response yet. With a BYE, ours or theirs, it is answered 487 (RFC 3261 §15.1.2).</summary>
    public bool TheirInvite { get; private init; }

    /// <summary>An UPDATE of ours has no final response yet.</summary>
    public bool OurUpdate { get; private init; }

    /// <summary>An UPDATE of theirs has no final response yet.</summary>
    public bool TheirUpdate { get; private init; }

    /// <summary>True while an offer, ours or theirs, waits for its answer (RFC 3264 §4).</summary>
    public bool HasOpenOffer => Open != Offer.None;

    /// <summary>
    /// How long to wait after a 491 before trying again (RFC 3261 §14.1): 2.1 to 4 s for the side that made the Call-ID, 0 to 2 s for the
    /// other, in units of 10 ms.
    /// </summary>
    /// <param name="ownsCallId">Whether our request made the dialog.</param>
    /// <param name="chance">Evenly drawn from 0 (included) to 1 (excluded).</param>
    public static TimeSpan GlareDelay(bool ownsCallId, double chance) =>
        TimeSpan.FromMilliseconds(10 * (ownsCallId ? 210 + (int)(chance * 191) : (int)(chance * 201)));

    /// <summary>Whether we may send a request of this method now (RFC 3261 §14.1, RFC 3311 §5.1).</summary>
    /// <param name="method">The method.</param>
    /// <param name="hasOffer">Whether it would carry an offer.</param>
    public bool MaySend(SipMethod method, bool hasOffer) => method switch
    {
        SipMethod.Invite => !OurInvite && !TheirInvite && !HasOpenOffer,
        SipMethod.Update => !OurUpdate && (!hasOffer || !HasOpenOffer),
        _ => true,
    };

    /// <summary>A request was received. Only an admitted one changes the gate.</summary>
    public SessionVerdict Receive(SipRequest request, out OfferAnswer next)
    {
        var described = SessionDescription.IsIn(request);
        var verdict = request.Method switch
        {
            SipMethod.Invite when TheirInvite => SessionVerdict.Busy,
            SipMethod.Invite when OurInvite => SessionVerdict.Glare,
            SipMethod.Update when TheirUpdate => SessionVerdict.Busy,
            SipMethod.Invite or SipMethod.Update when described && Open == Offer.Ours => SessionVerdict.Glare,
            SipMethod.Invite or SipMethod.Update when described && Open == Offer.Theirs => SessionVerdict.Busy,
            _ => SessionVerdict.Admitted,
        };
        next = verdict == SessionVerdict.Admitted ? Request(request.Method, described, Offer.Theirs, Offer.Ours) : this;
        return verdict;
    }

    /// <summary>We sent a request.</summary>
    public OfferAnswer Sent(SipRequest request) => Request(request.Method, SessionDescription.IsIn(request), Offer.Ours, Offer.Theirs);

    /// <summary>We answered a request of theirs, provisionally or finally.</summary>
    public OfferAnswer Sent(SipResponse response) => Response(response, Offer.Theirs, Offer.Ours);

    /// <summary>They answered a request of ours, provisionally or finally.</summary>
    public OfferAnswer Received(SipResponse response) => Response(response, Offer.Ours, Offer.Theirs);

    /// <summary>A request of ours ended without a final response.</summary>
    public OfferAnswer Failed(SipMethod method) => Closed(method, Offer.Ours).Withdrawn(method, Offer.Ours);

    private OfferAnswer Request(SipMethod method, bool described, Offer sender, Offer other) => method switch
    {
        SipMethod.Invite => Opened(SipMethod.Invite, sender) with
        {
            Open = described ? sender : Open,
            Carrier = described ? method : Carrier,
            InviteHasOffer = described,
        },
        SipMethod.Update => Opened(SipMethod.Update, sender) with
        {
            Open = described ? sender : Open,
            Carrier = described ? method : Carrier,
        },

        // RFC 3262 §5: a PRACK answers the offer of the response that it acknowledges, or makes one itself.
        SipMethod.Prack when described && Open == other && Carrier == SipMethod.Invite => this with { Open = Offer.None },
        SipMethod.Prack when described && Open == Offer.None => this with { Open = sender, Carrier = method },

        // The ACK answers the offer of a 2xx; without one the exchange failed and is over all the same.
        SipMethod.Ack when Open == other && Carrier == SipMethod.Invite => this with { Open = Offer.None },
        _ => this,
    };

    private OfferAnswer Response(SipResponse response, Offer sender, Offer other)
    {
        var method = response.CSeqMethod;
        if (response.IsProvisional)
            return method == SipMethod.Invite && response.Has(SipHeaderId.RSeq) ? InviteDescription(response, sender, other) : this;
        var closed = Closed(method, sender);
        if (method != SipMethod.Invite || response.IsRejection) return closed.Withdrawn(method, sender);
        closed = closed.InviteDescription(response, sender, other);
        return closed.Open == sender ? closed.Withdrawn(method, sender) : closed;
    }

    // A reliable provisional response or a 2xx to an INVITE answers its offer; if the INVITE made none, it makes it (RFC 3261 §13.2.1).
    private OfferAnswer InviteDescription(SipResponse response, Offer sender, Offer other)
    {
        if (!SessionDescription.IsIn(response)) return this;
        if (Open == sender && Carrier == SipMethod.Invite) return this with { Open = Offer.None };
        return InviteHasOffer || Open != Offer.None ? this : this with { Open = other, Carrier = SipMethod.Invite, InviteHasOffer = true };
    }

    private OfferAnswer Opened(SipMethod method, Offer sender) => With(method, sender, isOpen: true);

    private OfferAnswer Closed(SipMethod method, Offer sender) => With(method, sender, isOpen: false);

    private OfferAnswer With(SipMethod method, Offer sender, bool isOpen) => (method, sender) switch
    {
        (SipMethod.Invite, Offer.Ours) => this with { OurInvite = isOpen },
        (SipMethod.Invite, _) => this with { TheirInvite = isOpen },
        (SipMethod.Update, Offer.Ours) => this with { OurUpdate = isOpen },
        (SipMethod.Update, _) => this with { TheirUpdate = isOpen },
        _ => this,
    };

    // The transaction that carried the offer is over: answered by its 2xx, or never to be answered.
    private OfferAnswer Withdrawn(SipMethod method, Offer sender) =>
        Carrier == method && (Open == sender || method == SipMethod.Invite) ? this with { Open = Offer.None } : this;
}
