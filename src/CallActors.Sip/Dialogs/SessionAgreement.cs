using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>
/// What both sides agreed on for a session timer (RFC 4028): how long the session lasts without a refresh, and who sees to that.
/// </summary>
/// <param name="Seconds">The session interval, never below <see cref="LeastSeconds"/>.</param>
/// <param name="WeRefresh">Whether the refresh is ours to send.</param>
public readonly record struct SessionAgreement(uint Seconds, bool WeRefresh)
{
    /// <summary>The shortest session interval there is (RFC 4028 §5).</summary>
    public static uint LeastSeconds => MinSE.Least.Seconds;

    /// <summary>The session interval.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(Seconds);

    /// <summary>
    /// Whether a request asks for a shorter session than we bear, and is answered 422 with <c>Min-SE: 90</c> (RFC 4028 §6). The server asks this
    /// within dialogs only; a too short wish in an initial INVITE is raised to 90 instead, as drachtio does.
    /// </summary>
    public static bool IsTooBrief(SipRequest request) => TryRead(request, out var asked) && asked.Seconds < LeastSeconds;

    /// <summary>
    /// The agreement in a 2xx that we received, INVITE or UPDATE, initial or not; null when it says nothing, and then there is no timer any more.
    /// Without a named refresher it is us (RFC 4028 §7.2: the 2xx always names one; where it does not, the sender of the request).
    /// </summary>
    public static SessionAgreement? In(SipResponse received) => TryRead(received, out var agreed)
        ? new(AtLeast(agreed.Seconds), agreed.Refresher != SessionRefresher.Uas)
        : null;

    /// <summary>Our agreement when we accept an INVITE or UPDATE with a 2xx.</summary>
    /// <param name="request">The request that is accepted.</param>
    /// <param name="ownValue">The Session-Expires that the application put into the 2xx; empty for none.</param>
    /// <param name="inDialog">Whether the request came within a dialog.</param>
    /// <param name="weRefreshed">Whether the refresh was ours until now.</param>
    /// <param name="otherwise">Who refreshes when an initial INVITE leaves that open; unspecified for no timer then.</param>
    public static SessionAnswer ForAccepting(
        SipRequest request, ReadOnlySpan<byte> ownValue, bool inDialog, bool weRefreshed, SessionRefresher otherwise)
    {
        // The application's word goes out as it is. We are the UAS, so "uac", and silence, mean the peer.
        if (SessionExpires.TryParse(ownValue, out var own))
            return new(new(AtLeast(own.Seconds), own.Refresher == SessionRefresher.Uas), null, false);
        if (!TryRead(request, out var asked)) return default;

        var refresher = asked.Refresher != SessionRefresher.Unspecified ? asked.Refresher
            : !inDialog ? otherwise
            : weRefreshed ? SessionRefresher.Uac
            : SessionRefresher.Uas;
        if (refresher == SessionRefresher.Unspecified) return default;
        var agreed = new SessionExpires(AtLeast(asked.Seconds), refresher);

        // RFC 4028 §9: a peer that is to refresh must know that we count on it, and can only if it knows session timers.
        return new(new(agreed.Seconds, refresher == SessionRefresher.Uas), agreed, refresher == SessionRefresher.Uac && Supports(request));
    }

    private static uint AtLeast(uint seconds) => Math.Max(seconds, LeastSeconds);

    private static bool TryRead(SipMessage message, out SessionExpires value) =>
        SessionExpires.TryParse(message.First(SipHeaderId.SessionExpires), out value);

    private static bool Supports(SipRequest request)
    {
        foreach (var value in request.Values(SipHeaderId.Supported))
        {
            if (System.Text.Ascii.EqualsIgnoreCase(value, "timer"u8)) return true;
        }
        return false;
    }
}

/// <summary>How a 2xx of ours ends the negotiation of a session timer.</summary>
/// <param name="Agreement">What holds once it was sent; null for no timer.</param>
/// <param name="Header">The Session-Expires to add to it; null when it has its own, or needs none.</param>
/// <param name="RequiresTimer">Whether to add <c>Require: timer</c>.</param>
public readonly record struct SessionAnswer(SessionAgreement? Agreement, SessionExpires? Header, bool RequiresTimer);
