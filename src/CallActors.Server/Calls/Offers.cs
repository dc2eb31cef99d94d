using CallActors.Control.Events;
using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Server.Routing;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>Who gets a new request: request-handlers, then the applications in turn (specification 2.2, 2.5, 2.7).</summary>
internal sealed class Offers(Partition partition)
{
    private ServerContext Context => partition.Context;

    /// <summary>Finds somebody for a new request.</summary>
    public void Route(IncomingRequest incoming)
    {
        incoming.Phase = RequestPhase.Routing;
        incoming.Wait();
        if (Context.Handlers is { } handlers && handlers.Handles(incoming.Request)) _ = AskAsync(handlers, incoming);
        else OfferNext(incoming, null);
    }

    /// <summary>Offers to the next application in turn, one with the tag if there is one; nobody means 503, or 480 where a tag was asked for.</summary>
    public void OfferNext(IncomingRequest incoming, string? tag)
    {
        incoming.Tag = tag;
        if (Next(incoming, tag, group: null) is { } application)
        {
            Offer(incoming, application);
            return;
        }

        // Every known method has drachtio's 503; of the others no application ever spoke (RFC 3261 §8.2.1).
        if (incoming.Decliners is not null) TurnAway(incoming);
        else if (tag is not null) Reject(incoming, 480);
        else if (incoming.Request.Method == SipMethod.Unknown) RejectMethod(incoming);
        else Reject(incoming, 503);
    }

    /// <summary>Offers what a process of an application is lost with, or has declined, first to the others of it.</summary>
    public void OfferWithin(IncomingRequest incoming, ApplicationGroup group)
    {
        if (Next(incoming, incoming.Tag, group) is { } application) Offer(incoming, application);
        else OfferNext(incoming, incoming.Tag);
    }

    /// <summary>Gives a request to an application.</summary>
    public void Offer(IncomingRequest incoming, ApplicationConnection application)
    {
        incoming.Owner = application;
        if (incoming.Dialog is { } early) early.Owner = application;
        incoming.Phase = RequestPhase.Offered;
        application.Offer(incoming.Request, incoming.Flow, incoming.Id);
        incoming.LimitAnswer(Context.Options.Limits.AppAnswerTimeout);
    }

    /// <summary>The application had its time and said nothing final; an INVITE that rings may go on ringing.</summary>
    public void Overdue(IncomingRequest incoming)
    {
        if (!incoming.IsInvite || incoming.HasProgressed) return;
        partition.Endings.InviteFailed(incoming, Reject(incoming, Context.Options.Limits.UnansweredInviteStatus));
        Abandon(incoming);
    }

    /// <summary>The server answers in place of an application; a late answer of that finds nothing.</summary>
    public SipResponse Reject(IncomingRequest incoming, int status, ReadOnlySpan<byte> reason = default)
    {
        incoming.Owner = null;
        var response = incoming.Respond(status, reason);
        if (incoming.IsInvite) Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: true);
        return response;
    }

    // RFC 3261 §21.5.2, and Allow as §20.5 would have it for a 405.
    private void RejectMethod(IncomingRequest incoming)
    {
        if (incoming.LocalTag.IsEmpty) incoming.LocalTag = Context.Identity.NewTag();
        var builder = Composition.NewRequests.Builder.BeginResponse(incoming.Request, 501, default, incoming.LocalTag.Span);
        builder.Header(SipHeaderId.Allow, "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, INFO, MESSAGE, NOTIFY, PRACK, PUBLISH, REFER, SUBSCRIBE, UPDATE"u8);
        Answer(incoming, builder.ToResponse());
    }

    /// <summary>All that could take it are on their way out: they, or others in their place, may be there in a moment.</summary>
    public void TurnAway(IncomingRequest incoming)
    {
        if (incoming.LocalTag.IsEmpty) incoming.LocalTag = Context.Identity.NewTag();
        Answer(incoming, Composition.Responses.Unavailable(incoming.Request, incoming.LocalTag.Span, Context.Options.Drain.RetryAfter));
    }

    /// <summary>Whoever is being asked need not answer any more.</summary>
    public static void Abandon(IncomingRequest incoming)
    {
        incoming.Routing?.Cancel();
        incoming.Routing = null;
    }

    /// <summary>The verb that applications register for a method: lower case.</summary>
    public static string VerbOf(SipRequest request) => request.Method switch
    {
        SipMethod.Invite => "invite",
        SipMethod.Register => "register",
        SipMethod.Options => "options",
        SipMethod.Message => "message",
        SipMethod.Info => "info",
        SipMethod.Notify => "notify",
        SipMethod.Subscribe => "subscribe",
        SipMethod.Publish => "publish",
        SipMethod.Refer => "refer",
        SipMethod.Bye => "bye",
        _ => System.Text.Encoding.ASCII.GetString(request.MethodName).ToLowerInvariant(),
    };

    private ApplicationConnection? Next(IncomingRequest incoming, string? tag, ApplicationGroup? group)
    {
        var (verb, wanted) = (VerbOf(incoming.Request), new Wanted(tag, group, incoming.Decliners));
        return Context.Routes.Next(verb, wanted, static (app, wanted) => wanted.Suits(app) && !app.IsCongested)
            ?? Context.Routes.Next(verb, wanted, static (app, wanted) => wanted.Suits(app));
    }

    private async Task AskAsync(IRequestHandlers handlers, IncomingRequest incoming)
    {
        using var cancel = new CancellationTokenSource();
        incoming.Routing = cancel;
        var decision = await handlers.DecideAsync(incoming.Request, incoming.Flow, cancel.Token).ConfigureAwait(false);
        partition.Enter(() =>
        {
            incoming.Routing = null;
            Decided(incoming, decision);
        });
        OutputBatch.Flush();
    }

    private void Decided(IncomingRequest incoming, RoutingDecision decision)
    {
        // The caller gave up, or was given up on: an application that was dialled for it has nothing to do.
        if (incoming.Phase != RequestPhase.Routing)
        {
            (decision as RoutingDecision.ToConnection)?.Application.Close("The request was cancelled before it could be offered");
            return;
        }

        switch (decision)
        {
            case RoutingDecision.Reject reject: Reject(incoming, reject.Status, System.Text.Encoding.UTF8.GetBytes(reject.Reason ?? "")); break;
            case RoutingDecision.ToTag route: OfferNext(incoming, route.Tag); break;
            case RoutingDecision.ToConnection route: Offer(incoming, route.Application); break;
            case RoutingDecision.Redirect redirect: Redirect(incoming, redirect.Contacts); break;
            case RoutingDecision.Proxy proxy: partition.Proxies.Begin(incoming, proxy); break;
            default: throw new InvalidOperationException($"No code performs {decision.GetType().Name}.");
        }
    }

    private void Redirect(IncomingRequest incoming, IReadOnlyList<string> contacts)
    {
        if (incoming.LocalTag.IsEmpty) incoming.LocalTag = Context.Identity.NewTag();
        var builder = Composition.NewRequests.Builder.BeginResponse(incoming.Request, 302, "Moved"u8, incoming.LocalTag.Span);
        foreach (var contact in contacts)
        {
            var text = System.Text.Encoding.UTF8.GetBytes(contact);
            builder.Header(SipHeaderId.Contact, NameAddrView.TryParse(text, out var address) && !address.IsBracketed ? [(byte)'<', .. text, (byte)'>'] : text);
        }

        Answer(incoming, builder.ToResponse());
    }

    private void Answer(IncomingRequest incoming, SipResponse response)
    {
        incoming.Owner = null;
        incoming.Respond(response);
        if (incoming.IsInvite) Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: true);
    }

    private readonly record struct Wanted(string? Tag, ApplicationGroup? Group, List<ApplicationConnection>? Decliners)
    {
        public bool Suits(ApplicationConnection application) =>
            application.IsOpen && !application.IsOutbound && (Tag is null || application.HasTag(Tag)) && (Group is null || ReferenceEquals(application.Group, Group))
            && Decliners?.Contains(application) != true;
    }
}
