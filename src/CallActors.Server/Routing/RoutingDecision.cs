using CallActors.Server.Applications;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

namespace CallActors.Server.Routing;

/// <summary>What a request-handler wants done with a new request: specification 2.5.</summary>
internal abstract record RoutingDecision
{
    /// <summary>Answer with this status; without a reason the standard phrase is used.</summary>
    internal sealed record Reject(int Status, string? Reason = null) : RoutingDecision;

    /// <summary>Answer <c>302 Moved</c> with these contacts.</summary>
    internal sealed record Redirect(IReadOnlyList<string> Contacts) : RoutingDecision;

    /// <summary>Proxy to these destinations.</summary>
    internal sealed record Proxy(
        IReadOnlyList<string> Destinations, bool RecordRoute, bool FollowRedirects, bool Simultaneous, TimeSpan? ProvisionalTimeout, TimeSpan? FinalTimeout)
        : RoutingDecision;

    /// <summary>Offer to a connected application with this tag; none means 480.</summary>
    internal sealed record ToTag(string Tag) : RoutingDecision;

    /// <summary>Offer to the application at the end of this outbound connection, which has authenticated.</summary>
    internal sealed record ToConnection(ApplicationConnection Application) : RoutingDecision;
}

/// <summary>The configured request-handlers.</summary>
internal interface IRequestHandlers
{
    /// <summary>Whether one is configured for the method, or for all.</summary>
    bool Handles(SipRequest request);

    /// <summary>
    /// Asks it, and makes the outbound connection where that is the answer. Never throws: what goes wrong is a
    /// <see cref="RoutingDecision.Reject"/> with 500 or 480. Cancelled when the caller gives up.
    /// </summary>
    Task<RoutingDecision> DecideAsync(SipRequest request, Flow flow, CancellationToken cancel);
}
