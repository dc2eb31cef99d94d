using System.Globalization;
using System.Text;
using CallActors.Calls;
using CallActors.Connections;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A subscription to the state of something (RFC 6665): a leg of its own, from its SUBSCRIBE to the NOTIFY that says it is over.</summary>
public abstract class Subscription : Leg
{
    /// <summary>How long a subscription lasts when nobody says how long: what most packages have.</summary>
    internal static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>How long whoever ended a subscription waits for the last word of the other side: timer N of RFC 6665 §4.1.2.4.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(32);

    private readonly byte[] _event;

    private protected Subscription(CallCore core, ServerConnection? connection, string @event)
        : base(core, connection)
    {
        Event = @event;
        _event = Encoding.UTF8.GetBytes(@event);
    }

    /// <summary>The value of Event: the package, and which subscription of several.</summary>
    public string Event { get; }

    /// <summary>The event package, such as <c>presence</c>.</summary>
    public string Package => EventValue.TryParse(_event, out var value) ? Encoding.UTF8.GetString(value.Package) : Event;

    /// <summary>When it is over unless it is refreshed.</summary>
    public DateTimeOffset ExpiresAt { get; private protected set; }

    /// <summary>How long it lasts yet.</summary>
    public TimeSpan Remaining => ExpiresAt - Core.Runtime.Time.GetUtcNow() is { Ticks: > 0 } rest && !IsOver ? rest : TimeSpan.Zero;

    /// <summary>The responses that end a subscription whatever was asked (RFC 6665 §4.1.2.2, §4.2.2).</summary>
    private protected static bool IsGone(RequestOutcome outcome) => outcome is RequestOutcome.DialogEnded
        || (outcome is RequestOutcome.Final { Response.StatusCode: 404 or 405 or 410 or 416 or (>= 480 and <= 485) or 489 or 501 or 604 });

    /// <summary>Whether a message is about this subscription.</summary>
    private protected bool IsAbout(SipMessage message) =>
        EventValue.TryParse(message.First(SipHeaderId.Event), out var theirs) && EventValue.TryParse(_event, out var ours) && theirs.Matches(ours);

    private protected static TimeSpan? ExpiresOf(SipMessage message) =>
        HeaderNumbers.TryDeltaSeconds(message.First(SipHeaderId.Expires), out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    private protected static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
