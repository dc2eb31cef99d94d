using CallActors.Sip.Dialogs;
using CallActors.Sip.Headers;
using CallActors.Sip.Tests.Transactions;
using CallActors.Sip.Transactions;
using CsCheck;
using static CallActors.Sip.Dialogs.SessionTimer;
using static CallActors.Sip.Dialogs.SessionTimer.State;

namespace CallActors.Sip.Tests.Dialogs;

public sealed class SessionTimerTests
{
    private static readonly SessionTimer Machine = SessionTimer.Instance;

    private static readonly Dictionary<string, State> States = new()
    {
        ["Off"] = new Off(3),
        ["Ours"] = new OursToRefresh(1800, 3),
        ["Refreshing"] = new Refreshing(1800, 3),
        ["Theirs"] = new TheirsToRefresh(1800, 3),
        ["Expired"] = new Expired(3),
    };

    private static readonly Dictionary<string, TransactionInput> Inputs = new()
    {
        ["we refresh"] = new SessionAgreed(new(600, WeRefresh: true), TimeSpan.FromSeconds(-4)),
        ["they refresh"] = new SessionAgreed(new(600, WeRefresh: false), TimeSpan.FromSeconds(-4)),
        ["no timer"] = new SessionAgreed(null, TimeSpan.Zero),
        ["refresh"] = TimerFired.Of(TransactionTimer.SessionRefresh, 3),
        ["late refresh"] = TimerFired.Of(TransactionTimer.SessionRefresh, 2),
        ["expiry"] = TimerFired.Of(TransactionTimer.SessionExpiry, 3),
        ["late expiry"] = TimerFired.Of(TransactionTimer.SessionExpiry, 2),
        ["491"] = new RefreshRefused(491, 0, TimeSpan.FromSeconds(2.5)),
        ["422"] = new RefreshRefused(422, 3600, TimeSpan.Zero),
        ["422 without need"] = new RefreshRefused(422, 90, TimeSpan.Zero),
        ["408"] = new RefreshRefused(408, 0, TimeSpan.Zero),
        ["488"] = new RefreshRefused(488, 0, TimeSpan.Zero),
    };

    [Fact]
    public void Follows_every_arrow() => new Figure<State>(Machine, States, Inputs, state => state.ToString()).Check(
    [
        .. new[] { "Off", "Ours", "Refreshing", "Theirs" }.SelectMany(from => new Figure<State>.Arrow[]
        {
            new(from, "we refresh", new OursToRefresh(600, 4).ToString(), "start SessionRefresh 296s #4"),
            new(from, "they refresh", new TheirsToRefresh(600, 4).ToString(), "start SessionExpiry 600s #4"),
        }),
        .. new[] { "Ours", "Refreshing", "Theirs" }.Select(from => new Figure<State>.Arrow(from, "no timer", new Off(4).ToString())),

        new("Ours", "refresh", new Refreshing(1800, 3).ToString(), new RefreshSession(1800).ToString()),
        new("Theirs", "expiry", new Expired(3).ToString(), "finish TimedOut"),
        new("Refreshing", "491", new OursToRefresh(1800, 4).ToString(), "start SessionRefresh 2.5s #4"),
        new("Refreshing", "422", new Refreshing(3600, 3).ToString(), new RefreshSession(3600).ToString()),
        new("Refreshing", "422 without need", new Expired(3).ToString(), "finish TimedOut"),
        new("Refreshing", "408", new Expired(3).ToString(), "finish TimedOut"),
        new("Refreshing", "488", new Expired(3).ToString(), "finish TimedOut"),
    ]);

    [Fact]
    public void One_that_is_resumed_goes_on_with_the_time_that_is_left()
    {
        var ours = Resume(new(1800, WeRefresh: true), TimeSpan.FromSeconds(12));
        Assert.Equal(new OursToRefresh(1800, 1), ours.State);
        Assert.Equal(new StartTimer(TransactionTimer.SessionRefresh, TimeSpan.FromSeconds(12), 1).ToString(), Assert.Single(ours.Effects).ToString());
        var theirs = Resume(new(1800, WeRefresh: false), TimeSpan.FromSeconds(-1));
        Assert.Equal(new TheirsToRefresh(1800, 1), theirs.State);
        Assert.Equal(new StartTimer(TransactionTimer.SessionExpiry, TimeSpan.Zero, 1).ToString(), Assert.Single(theirs.Effects).ToString());
        Assert.IsType<Refreshing>(Machine.Handle(ours.State, TimerFired.Of(TransactionTimer.SessionRefresh, 1)).State);
    }

    [Theory]
    // The application's own word.
    [InlineData("600;refresher=uas", "1800;refresher=uac", false, true, 600, true, null, false)]
    [InlineData("600", "1800;refresher=uas", false, true, 600, false, null, false)]
    [InlineData("30;refresher=uac", "", true, true, 90, false, null, false)]
    // An initial INVITE.
    [InlineData("", "1800;refresher=uac", false, false, 1800, false, "1800;refresher=uac", true)]
    [InlineData("", "1800;refresher=uas", false, false, 1800, true, "1800;refresher=uas", false)]
    [InlineData("", "30;refresher=uas", false, false, 90, true, "90;refresher=uas", false)]
    [InlineData("", "1800", false, false, 0, false, null, false)]
    [InlineData("", "", false, false, 0, false, null, false)]
    // Within the dialog.
    [InlineData("", "1800;refresher=uac", true, true, 1800, false, "1800;refresher=uac", true)]
    [InlineData("", "1800", true, true, 1800, false, "1800;refresher=uac", true)]
    [InlineData("", "1800", true, false, 1800, true, "1800;refresher=uas", false)]
    [InlineData("", "1800;refresher=uas", true, false, 1800, true, "1800;refresher=uas", false)]
    [InlineData("", "", true, true, 0, false, null, false)]
    public void Accepting_settles_who_refreshes(
        string own, string asked, bool inDialog, bool weRefreshed, uint seconds, bool weRefresh, string? header, bool requires)
    {
        var request = Sample.Request("INVITE", 1, more: (asked.Length > 0 ? $"Session-Expires: {asked}\n" : "") + "Supported: 100rel, timer\n");
        var answer = SessionAgreement.ForAccepting(request, System.Text.Encoding.ASCII.GetBytes(own), inDialog, weRefreshed, SessionRefresher.Unspecified);

        Assert.Equal(seconds == 0 ? null : new SessionAgreement(seconds, weRefresh), answer.Agreement);
        Assert.Equal(header is null ? null : Parsed(header), answer.Header);
        Assert.Equal(requires, answer.RequiresTimer);
    }

    [Theory]
    [InlineData(SessionRefresher.Uac, false)]
    [InlineData(SessionRefresher.Uas, true)]
    public void The_configuration_decides_where_the_caller_does_not(SessionRefresher configured, bool weRefresh)
    {
        var request = Sample.Request("INVITE", 1, more: "Session-Expires: 1800\n");
        var answer = SessionAgreement.ForAccepting(request, default, inDialog: false, weRefreshed: false, configured);
        Assert.Equal(new SessionAgreement(1800, weRefresh), answer.Agreement);
        Assert.Equal(new SessionExpires(1800, configured), answer.Header);
        Assert.False(answer.RequiresTimer);
    }

    [Theory]
    [InlineData("1800;refresher=uac", 1800, true)]
    [InlineData("1800;refresher=uas", 1800, false)]
    [InlineData("1800", 1800, true)]
    [InlineData("10;refresher=uas", 90, false)]
    [InlineData("", 0, false)]
    public void A_received_2xx_says_who_refreshes(string value, uint seconds, bool weRefresh)
    {
        var answer = Sample.Answer(Sample.Invite, 200, more: value.Length > 0 ? $"Session-Expires: {value}\n" : "");
        Assert.Equal(seconds == 0 ? null : new SessionAgreement(seconds, weRefresh), SessionAgreement.In(answer));
    }

    [Theory]
    [InlineData("89", true)]
    [InlineData("90", false)]
    [InlineData("", false)]
    public void Less_than_90_seconds_is_too_brief(string value, bool tooBrief) =>
        Assert.Equal(tooBrief, SessionAgreement.IsTooBrief(Sample.Request("UPDATE", 2, more: value.Length > 0 ? $"Session-Expires: {value}\n" : "")));

    [Fact]
    public void Whatever_happens_an_agreed_timer_runs_and_a_late_one_does_nothing() =>
        Gen.OneOf(Inputs.Values.ToArray()).Array[0, 30].Sample(inputs =>
        {
            var state = SessionTimer.Start();
            foreach (var input in inputs)
            {
                var (next, effects) = Machine.Handle(state, input);
                if (input is TimerFired fired && fired.Turn != state.Turn && !effects.IsEmpty) return false;
                if (input is SessionAgreed { Agreement: not null } && state is not Expired && effects is not [StartTimer { Turn: var turn }] && next.Turn == state.Turn) return false;
                if (next.Turn < state.Turn) return false;
                state = next;
            }
            return true;
        });

    private static SessionExpires Parsed(string value)
    {
        Assert.True(SessionExpires.TryParse(System.Text.Encoding.ASCII.GetBytes(value), out var parsed));
        return parsed;
    }
}
