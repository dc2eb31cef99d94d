using CallActors.Sip.Transactions;
using static CallActors.Sip.Dialogs.SessionTimer.State;
using static CallActors.Sip.Transactions.Step;
using static CallActors.Sip.Transactions.TransactionTimer;

namespace CallActors.Sip.Dialogs;

/// <summary>A 2xx to an INVITE or UPDATE was sent or received in the dialog, and this is what it says of the session timer.</summary>
/// <param name="Agreement">Null switches the timer off (RFC 4028 §7.2, §9).</param>
/// <param name="Jitter">
/// Added to half the interval when the refresh is ours: chance from -5 to +5 s, so that many sessions do not refresh at once.
/// </param>
public sealed record SessionAgreed(SessionAgreement? Agreement, TimeSpan Jitter) : TransactionInput;

/// <summary>Our refresh was refused, or timed out (408).</summary>
/// <param name="Status">The final status.</param>
/// <param name="LeastSeconds">The Min-SE of a 422; 0 for none.</param>
/// <param name="Wait">How long to wait after a 491: <see cref="OfferAnswer.GlareDelay"/>.</param>
public sealed record RefreshRefused(int Status, uint LeastSeconds, TimeSpan Wait) : TransactionInput;

/// <summary>
/// Send a refresh: a re-INVITE, or an UPDATE, with <c>Session-Expires: Seconds;refresher=uac</c> and Min-SE (RFC 4028 §7.4).
/// </summary>
public sealed record RefreshSession(uint Seconds) : TransactionEffect;

/// <summary>
/// The session timer of one dialog (RFC 4028). Only a 2xx changes what is agreed, so a re-INVITE that fails leaves the running timer alone. Ends
/// with <see cref="TransactionOutcome.TimedOut"/> when the session expired: the host ends the dialog with a BYE.
/// </summary>
public sealed record SessionTimer : IStateMachine<SessionTimer.State>
{
    /// <summary>The only one needed: there is nothing to configure.</summary>
    public static readonly SessionTimer Instance = new();

    /// <summary>Where it stands.</summary>
    /// <param name="Turn">Tells the timers started last from those before.</param>
    public abstract record State(int Turn)
    {
        /// <summary>The session lasts until somebody ends it.</summary>
        public sealed record Off(int Turn) : State(Turn);

        /// <summary>We refresh at half the interval.</summary>
        public sealed record OursToRefresh(uint Seconds, int Turn) : State(Turn);

        /// <summary>Our refresh is on its way.</summary>
        public sealed record Refreshing(uint Seconds, int Turn) : State(Turn);

        /// <summary>They refresh before the interval is over.</summary>
        public sealed record TheirsToRefresh(uint Seconds, int Turn) : State(Turn);

        /// <summary>Over.</summary>
        public sealed record Expired(int Turn) : State(Turn);
    }

    /// <summary>Before anything was agreed.</summary>
    public static State Start() => new Off(0);

    /// <summary>Goes on where another process left it.</summary>
    /// <param name="agreed">What was agreed there.</param>
    /// <param name="left">Until our refresh is due, or until the session expires without theirs; below zero is now.</param>
    public static Transition<State> Resume(SessionAgreement agreed, TimeSpan left)
    {
        if (agreed.WeRefresh) return Keep(agreed.Seconds, left, 1);
        return To<State>(new TheirsToRefresh(agreed.Seconds, 1), new StartTimer(SessionExpiry, left > TimeSpan.Zero ? left : TimeSpan.Zero, 1));
    }

    /// <inheritdoc/>
    public Transition<State> Handle(State state, TransactionInput input) => (state, input) switch
    {
        (Expired, _) => To(state),
        (_, SessionAgreed { Agreement: null }) => state is Off ? To(state) : To<State>(new Off(state.Turn + 1)),
        (_, SessionAgreed { Agreement: { WeRefresh: true } agreed } news) =>
            Keep(agreed.Seconds, Half(agreed) + news.Jitter, state.Turn + 1),
        (_, SessionAgreed { Agreement: { } agreed }) => To<State>(
            new TheirsToRefresh(agreed.Seconds, state.Turn + 1), new StartTimer(SessionExpiry, agreed.Interval, state.Turn + 1)),

        (OursToRefresh ours, TimerFired { Timer: SessionRefresh } fired) when fired.Turn == ours.Turn =>
            To<State>(new Refreshing(ours.Seconds, ours.Turn), new RefreshSession(ours.Seconds)),
        (TheirsToRefresh theirs, TimerFired { Timer: SessionExpiry } fired) when fired.Turn == theirs.Turn => Expire(state),

        // Glare: the peer changes the session at this moment. A whole further interval would outlast its patience with us, so the wait is that of
        // RFC 3261 §14.1.
        (Refreshing refreshing, RefreshRefused { Status: 491, Wait: var wait }) => Keep(refreshing.Seconds, wait, refreshing.Turn + 1),

        // RFC 4028 §7.3: once more with what the peer can bear.
        (Refreshing refreshing, RefreshRefused { Status: 422, LeastSeconds: var least }) when least > refreshing.Seconds =>
            To<State>(new Refreshing(least, refreshing.Turn), new RefreshSession(least)),
        (Refreshing, RefreshRefused) => Expire(state),
        _ => To(state),
    };

    private static TimeSpan Half(SessionAgreement agreed) => agreed.Interval / 2;

    private static Transition<State> Keep(uint seconds, TimeSpan after, int turn) =>
        To<State>(new OursToRefresh(seconds, turn), new StartTimer(SessionRefresh, after > TimeSpan.Zero ? after : TimeSpan.Zero, turn));

    private static Transition<State> Expire(State state) => new(new Expired(state.Turn), End(TransactionOutcome.TimedOut));
}
