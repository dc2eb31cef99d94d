using static CallActors.Presence.DialogStateInput;

namespace CallActors.Presence;

/// <summary>What the watchers of one leg's dialog were told last, and the leg's events as they see them. The watched user is the far end: its BYE is the user's own.</summary>
internal sealed class LegState(DialogStates states, DialogStateChanged last)
{
    private DialogStateChanged _last = last;

    /// <summary>A provisional response above 100.</summary>
    public void OnProgress(string toTag) => Handle(new Progressed(toTag));

    /// <summary>A 2xx.</summary>
    public void OnAnswered(string toTag) => Handle(new Answered(toTag));

    /// <summary>A final response that is no 2xx, after which something else is tried.</summary>
    public void OnRefused(int status) => Handle(new Refused(status));

    /// <summary>The leg is over.</summary>
    public void OnOver(LegEnd end, bool wasAnswered) => Handle((wasAnswered, end) switch
    {
        (_, { By: EndedBy.ServerLost }) => new Ended(DialogEnding.Error),
        (true, { By: EndedBy.FarEnd }) => new Ended(DialogEnding.LocalBye),
        (true, { By: EndedBy.Us }) => new Ended(DialogEnding.RemoteBye),
        (true, _) => new Ended(DialogEnding.Timeout),
        (false, { Status: 487 }) => new GivenUp(),
        (false, { Status: >= 300 }) => new Refused(end.Status),
        // A call that was proxied goes on without us.
        _ => new Ended(DialogEnding.None),
    });

    private void Handle(DialogStateInput input)
    {
        (_last, var effects) = DialogStateStream.Instance.Handle(_last, input);
        states.Publish(effects);
    }
}
