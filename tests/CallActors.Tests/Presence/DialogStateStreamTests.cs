using CallActors.Presence;
using CallActors.Sip.Transactions;
using CallActors.Tests.Headers;
using CsCheck;

namespace CallActors.Tests.Presence;

public sealed class DialogStateStreamTests
{
    private static readonly WatchedDialog Caller = WatchedDialog.Of("d1", SipSample.Invite(), DialogDirection.Initiator);
    private static readonly WatchedDialog Callee = WatchedDialog.Of("d2", SipSample.Invite(), DialogDirection.Recipient);

    /// <summary>What happens, and the states told with the tag of the called side.</summary>
    public static TheoryData<string, string, string> Figure => new()
    {
        { "a full call", "rings; rings t; rings t; answers t; remote", "Trying; Proceeding; Early t; Confirmed t; Terminated t RemoteBye" },
        { "answered at once", "answers t; local", "Trying; Confirmed t; Terminated t LocalBye" },
        { "rings without and with a tag", "rings; rings; rings t; rings", "Trying; Proceeding; Early t" },
        { "cancelled before it rings", "cancels; refuses 487", "Trying; Cancelled  Cancelled 487" },
        { "cancelled while it rings", "rings t; refuses 487", "Trying; Early t; Cancelled t Cancelled 487" },
        { "an answer crosses the cancel", "rings t; cancels; answers t; local", "Trying; Early t; Cancelled t Cancelled 487" },
        { "refused", "rings t; refuses 486; answers t", "Trying; Early t; Rejected t Rejected 486" },
        { "refused at once", "refuses 404", "Trying; Rejected  Rejected 404" },
        { "lost while it rings", "rings t; error", "Trying; Early t; Terminated t Error" },
        { "lost after the answer", "answers t; error; remote", "Trying; Confirmed t; Terminated t Error" },
        { "timed out", "timeout; refuses 408", "Trying; Terminated  Timeout" },
        { "taken over", "rings t; answers t; replaced", "Trying; Early t; Confirmed t; Terminated t Replaced" },
        { "forked", "rings t; rings u; rings u; answers v; remote", "Trying; Early t; Early u; Confirmed v; Terminated v RemoteBye" },
        { "late words change nothing", "answers t; rings u; refuses 486; cancels; answers u; local", "Trying; Confirmed t; Terminated t LocalBye" },
    };

    [Theory, MemberData(nameof(Figure))]
    public void Follows_every_arrow(string name, string inputs, string expected)
    {
        var (state, effects) = DialogStateStream.Start(Caller);
        var told = new List<DialogStateChanged>(effects.Select(Told));
        foreach (var input in inputs.Split("; "))
        {
            (state, effects) = DialogStateStream.Instance.Handle(state, Read(input));
            told.AddRange(effects.Select(Told));
        }
        Assert.Equal(expected, string.Join("; ", told.Select(Written)));
        Assert.NotEmpty(name);
    }

    [Fact]
    public void Each_side_has_its_own_tag_from_the_first_state_to_the_last()
    {
        foreach (var (dialog, isCaller) in new[] { (Caller, true), (Callee, false) })
        {
            var state = DialogStateStream.Start(dialog).State;
            Assert.Equal(isCaller ? ("f", "") : ("", "f"), (state.LocalTag, state.RemoteTag));
            foreach (var input in new[] { "rings t", "answers t", "local" })
            {
                state = DialogStateStream.Instance.Handle(state, Read(input)).State;
                Assert.Equal(isCaller ? ("f", "t") : ("t", "f"), (state.LocalTag, state.RemoteTag));
            }
        }
    }

    [Theory]
    [InlineData("<sip:alice@example.com:5070;transport=tcp>", "sip:alice@example.com")]
    [InlineData("\"A\" <sips:alice@example.com>", "sips:alice@example.com")]
    [InlineData("<sip:example.com>", "sip:example.com")]
    [InlineData("<tel:+4989>", "tel:+4989")]
    [InlineData("<sip:alice@[2001:db8::1]>", "sip:alice@[2001:db8::1]")]
    public void The_watched_user_is_the_caller_of_one_leg_and_the_callee_of_the_other(string address, string user)
    {
        var incoming = WatchedDialog.Of("1", SipSample.Invite(dialog: $"From: {address};tag=f\nTo: <sip:b@c>\n"), DialogDirection.Initiator);
        Assert.Equal(new WatchedDialog("1", DialogDirection.Initiator, user, "sip:b@c", "c@d", "f"), incoming);
        var outgoing = WatchedDialog.Of("2", SipSample.Invite(dialog: $"From: <sip:b@c>;tag=f\nTo: {address}\n"), DialogDirection.Recipient);
        Assert.Equal(new WatchedDialog("2", DialogDirection.Recipient, user, "sip:b@c", "c@d", "f"), outgoing);
    }

    [Fact]
    public void Whatever_happens_states_only_go_forward_and_one_is_the_last() =>
        Gen.OneOf("rings", "rings t", "rings u", "answers t", "answers u", "refuses 486", "refuses 487", "cancels", "local", "error").Array[0, 20].Sample(inputs =>
        {
            var state = DialogStateStream.Start(Caller).State;
            foreach (var input in inputs)
            {
                var (next, effects) = DialogStateStream.Instance.Handle(state, Read(input));
                if (state.IsOver && !effects.IsEmpty) return false;
                if (effects.IsEmpty ? next != state : Told(effects[0]) != next || next == state || next.State < state.State) return false;
                state = next;
            }
            return true;
        });

    private static DialogStateInput Read(string input) => input.Split(' ') switch
    {
        ["rings"] => new DialogStateInput.Progressed(""),
        ["rings", var tag] => new DialogStateInput.Progressed(tag),
        ["answers", var tag] => new DialogStateInput.Answered(tag),
        ["refuses", var status] => new DialogStateInput.Refused(int.Parse(status, null)),
        ["cancels"] => new DialogStateInput.GivenUp(),
        ["local"] => new DialogStateInput.Ended(DialogEnding.LocalBye),
        ["remote"] => new DialogStateInput.Ended(DialogEnding.RemoteBye),
        ["replaced"] => new DialogStateInput.Ended(DialogEnding.Replaced),
        ["timeout"] => new DialogStateInput.Ended(DialogEnding.Timeout),
        _ => new DialogStateInput.Ended(DialogEnding.Error),
    };

    private static DialogStateChanged Told(TransactionEffect effect) => Assert.IsType<PublishState>(effect).Change;

    private static string Written(DialogStateChanged change) => change.IsOver
        ? $"{change.State} {change.ToTag} {change.Ending}{(change.Status > 0 ? " " + change.Status : "")}"
        : $"{change.State} {change.ToTag}".TrimEnd();
}
