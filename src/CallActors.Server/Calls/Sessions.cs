using CallActors.Control;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Calls;

/// <summary>The session timer of one dialog and what a refresh repeats.</summary>
internal sealed class SessionClock(Sessions sessions, DialogEntry dialog) : ITimed, IOutgoingUser
{
    /// <summary>Where the timer stands.</summary>
    public SessionTimer.State State { get; set; } = SessionTimer.Start();

    /// <summary>When our refresh is due, or the session over: time since the server started.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>Our last session description.</summary>
    public Octets Description { get; set; }

    /// <summary>Its Content-Type.</summary>
    public Octets DescriptionType { get; set; }

    /// <inheritdoc/>
    public void OnTimer(long kind) => sessions.Step(dialog, this, TimerKind.Fired(kind));

    /// <inheritdoc/>
    public void Responded(OutgoingRequest request, SipResponse response, in Flow flow) => sessions.Refreshed(dialog, this, request, response);

    /// <inheritdoc/>
    public void Failed(OutgoingRequest request, int status, string phrase) => sessions.Refused(dialog, this, request.Request, status, 0);
}

/// <summary>Session timers (RFC 4028) as specification 3.9 has them.</summary>
internal sealed class Sessions(Partition partition)
{
    /// <summary>The Reason text of a session that nobody refreshed.</summary>
    public const string Expired = "Session timer expired";

    private ServerContext Context => partition.Context;

    /// <summary>What our 2xx to an INVITE or UPDATE agrees on, given what the application says itself.</summary>
    public SessionAnswer ForAnswer(IncomingRequest incoming, AppMessage message) =>
        ForAnswer(incoming, message.TryFind("Session-Expires"u8, out var own) ? own : default);

    /// <summary>The same where the application's own Session-Expires is known; empty for none.</summary>
    public SessionAnswer ForAnswer(IncomingRequest incoming, ReadOnlySpan<byte> own)
    {
        var otherwise = Context.Options.DefaultRefresher switch
        {
            Configuration.SessionRefresher.Uac => SessionRefresher.Uac,
            Configuration.SessionRefresher.Uas => SessionRefresher.Uas,
            _ => SessionRefresher.Unspecified,
        };
        var weRefreshed = incoming.Dialog?.Session?.State is SessionTimer.State.OursToRefresh or SessionTimer.State.Refreshing;
        return SessionAgreement.ForAccepting(incoming.Request, own, incoming.IsInDialog, weRefreshed, otherwise);
    }

    /// <summary>Writes what the server adds to that 2xx.</summary>
    public static void Write(SipMessageBuilder builder, SessionAnswer answer)
    {
        if (answer.Header is { } header) WriteExpires(builder, header);
        if (answer.RequiresTimer) builder.Header(SipHeaderId.Require, "timer"u8);
    }

    /// <summary>Our 2xx was sent.</summary>
    public void Accepted(DialogEntry dialog, SipResponse response, SessionAnswer answer) => Agree(dialog, answer.Agreement, response);

    /// <summary>A response to an INVITE or UPDATE of the application's came.</summary>
    public void Answered(DialogEntry dialog, SipRequest request, SipResponse response)
    {
        if (response.IsSuccess) Agree(dialog, SessionAgreement.In(response), request);
    }

    /// <summary>Remembers our side of the session, for refreshes.</summary>
    public static void Remember(DialogEntry dialog, SipMessage ours)
    {
        if (dialog.Session is not { } clock || !SessionDescription.IsIn(ours)) return;
        clock.Description = Octets.Of(ours.Body);
        clock.DescriptionType = Octets.Of(ours.First(SipHeaderId.ContentType));
    }

    /// <summary>Turns away a request for a session shorter than RFC 4028 allows.</summary>
    public bool TryRefuse(IncomingRequest incoming)
    {
        if (!SessionAgreement.IsTooBrief(incoming.Request)) return false;
        if (incoming.LocalTag.IsEmpty && incoming.Request.ToTag.IsEmpty) incoming.LocalTag = Context.Identity.NewTag();
        var builder = NewRequests.Builder.BeginResponse(incoming.Request, 422, default, incoming.LocalTag.Span);
        builder.Header(SipHeaderId.MinSE, (int)SessionAgreement.LeastSeconds);
        incoming.Respond(builder.ToResponse());
        return true;
    }

    /// <summary>One step of a dialog's timer.</summary>
    public void Step(DialogEntry dialog, SessionClock clock, TransactionInput input)
    {
        if (dialog.IsOver || !ReferenceEquals(dialog.Session, clock)) return;
        var step = SessionTimer.Instance.Handle(clock.State, input);
        clock.State = step.State;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case StartTimer start: Set(clock, start); break;
                case RefreshSession refresh: Refresh(dialog, clock, refresh.Seconds); break;
                case Finish: partition.Endings.End(dialog, Expired); break;
                default: throw new InvalidOperationException($"No code performs {effect.GetType().Name}.");
            }
        }

        if (clock.State is SessionTimer.State.Off) dialog.Session = null;
        partition.States.Tell(dialog);
    }

    /// <summary>Goes on with the timer of a dialog that was restored.</summary>
    public void Resume(DialogEntry dialog, SessionAgreement agreement, TimeSpan left, Octets description, Octets descriptionType)
    {
        var step = SessionTimer.Resume(agreement, left);
        var clock = dialog.Session = new SessionClock(this, dialog) { State = step.State, Description = description, DescriptionType = descriptionType };
        foreach (var effect in step.Effects) Set(clock, (StartTimer)effect);
    }

    /// <summary>Our refresh was answered.</summary>
    public void Refreshed(DialogEntry dialog, SessionClock clock, OutgoingRequest request, SipResponse response)
    {
        if (response.IsProvisional) return;
        dialog.Gate = dialog.Gate.Received(response);
        dialog.Dialog = dialog.Dialog.AfterReceiving(response);
        if (!response.IsSuccess)
        {
            Refuse(dialog, clock, response.StatusCode, MinSE.TryParse(response.First(SipHeaderId.MinSE), out var least) ? least.Seconds : 0);
            return;
        }

        if (request.IsInvite) partition.Confirmations.Acknowledge(dialog, request.Request, response);
        Step(dialog, clock, new SessionAgreed(SessionAgreement.In(response), Jitter()));
    }

    /// <summary>Our refresh got no answer.</summary>
    public void Refused(DialogEntry dialog, SessionClock clock, SipRequest request, int status, uint least)
    {
        dialog.Gate = dialog.Gate.Failed(request.Method);
        Refuse(dialog, clock, status, least);
    }

    private void Set(SessionClock clock, StartTimer start)
    {
        clock.Due = partition.Now + start.After;
        partition.SetTimer(start.After, clock, TimerKind.Of(start));
    }

    private void Refuse(DialogEntry dialog, SessionClock clock, int status, uint least) =>
        Step(dialog, clock, new RefreshRefused(status, least, OfferAnswer.GlareDelay(!dialog.IsServer, Context.Identity.Next(1000) / 1000.0)));

    private void Agree(DialogEntry dialog, SessionAgreement? agreement, SipMessage ours)
    {
        if (agreement is null && dialog.Session is null) return;
        var clock = dialog.Session ??= new SessionClock(this, dialog);
        Remember(dialog, ours);
        Step(dialog, clock, new SessionAgreed(agreement, Jitter()));
    }

    // With our description as it is, a re-INVITE; where none was ever made, UPDATE asks nothing about it.
    private void Refresh(DialogEntry dialog, SessionClock clock, uint seconds)
    {
        var next = dialog.Dialog.Advance();
        if (partition.DialogRequests.Target(dialog, next) is not { } target) return;
        var method = clock.Description.IsEmpty ? "UPDATE"u8 : "INVITE"u8;
        var builder = partition.DialogRequests.Open(dialog, next, target, method, next.LocalSequence);
        DialogRequests.WriteContact(builder, dialog, target.Transport, target.Transport.IdentityFor(target.Address?.Ip));
        WriteExpires(builder, new SessionExpires(seconds, SessionRefresher.Uac));
        builder.Header(SipHeaderId.MinSE, (int)SessionAgreement.LeastSeconds);
        if (!clock.Description.IsEmpty) builder.Header(SipHeaderId.ContentType, clock.DescriptionType.IsEmpty ? "application/sdp"u8 : clock.DescriptionType.Span);
        var request = builder.ToRequest(clock.Description.Span);
        dialog.Dialog = next;
        dialog.Gate = dialog.Gate.Sent(request);
        partition.Begin(request, target, clock);
    }

    private static void WriteExpires(SipMessageBuilder builder, SessionExpires value)
    {
        Span<byte> text = stackalloc byte[SessionExpires.MaxLength];
        builder.Header(SipHeaderId.SessionExpires, text[..value.Write(text)]);
    }

    private TimeSpan Jitter() => TimeSpan.FromMilliseconds(Context.Identity.Next(10_000) - 5_000);
}
