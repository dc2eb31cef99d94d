using System.Text;
using CallActors.Headers;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Presence;

/// <summary>Whose dialog is told of: everything that stays the same while it lasts.</summary>
/// <param name="Id">Our name for the dialog.</param>
/// <param name="Direction">Whether the watched user called or was called.</param>
/// <param name="User">The watched user's address: of a call that arrived its caller, of one that we place its callee.</param>
/// <param name="Peer">The other side's address.</param>
/// <param name="CallId">The Call-ID.</param>
/// <param name="FromTag">The tag that the INVITE came with, or went with.</param>
public sealed record WatchedDialog(string Id, DialogDirection Direction, string User, string Peer, string CallId, string FromTag)
{
    /// <summary>The dialog that an INVITE begins, received or sent.</summary>
    public static WatchedDialog Of(string id, SipRequest invite, DialogDirection direction)
    {
        ArgumentNullException.ThrowIfNull(invite);
        var (caller, callee) = (AddressOf(invite.From), AddressOf(invite.To));
        return direction == DialogDirection.Initiator
            ? new(id, direction, caller, callee, invite.CallIdText, invite.From.Tag)
            : new(id, direction, callee, caller, invite.CallIdText, invite.From.Tag);
    }

    // An address of record is a user at a host; where either is missing, the URI has to do.
    private static string AddressOf(SipAddress address)
    {
        if (address.User.Length == 0) return address.Uri;
        var scheme = address.Uri.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? UriScheme.Sips : UriScheme.Sip;
        return SipUri.TryCreate(scheme, Encoding.UTF8.GetBytes(address.User), Encoding.UTF8.GetBytes(address.Host), 0, out var uri) ? uri.ToString() : address.Uri;
    }
}

/// <summary>A dialog has reached a state.</summary>
/// <param name="Dialog">Whose.</param>
/// <param name="State">The state.</param>
/// <param name="ToTag">The tag of whoever is called; empty before it is known.</param>
/// <param name="Ending">Why it is over.</param>
/// <param name="Status">The response that ended it; 0 when none did.</param>
public sealed record DialogStateChanged(WatchedDialog Dialog, DialogState State, string ToTag, DialogEnding Ending = DialogEnding.None, int Status = 0)
{
    /// <summary>The watched user's own tag, from the first state to the last.</summary>
    public string LocalTag => Dialog.Direction == DialogDirection.Initiator ? Dialog.FromTag : ToTag;

    /// <summary>The other side's tag.</summary>
    public string RemoteTag => Dialog.Direction == DialogDirection.Initiator ? ToTag : Dialog.FromTag;

    /// <summary>Whether nothing can follow.</summary>
    public bool IsOver => State is DialogState.Cancelled or DialogState.Rejected or DialogState.Terminated;
}

/// <summary>Everything that changes a dialog's state.</summary>
internal abstract record DialogStateInput : TransactionInput
{
    /// <summary>A provisional response above 100, with the tag it has, or none.</summary>
    public sealed record Progressed(string ToTag) : DialogStateInput;

    /// <summary>A 2xx.</summary>
    public sealed record Answered(string ToTag) : DialogStateInput;

    /// <summary>A final response of 3xx to 6xx; 487 is the caller's giving up.</summary>
    public sealed record Refused(int Status) : DialogStateInput;

    /// <summary>The caller gave up.</summary>
    public sealed record GivenUp : DialogStateInput;

    /// <summary>It is over: <see cref="DialogEnding.LocalBye"/> and <see cref="DialogEnding.RemoteBye"/> as the watched user sees it, or what broke it.</summary>
    public sealed record Ended(DialogEnding Ending) : DialogStateInput;
}

/// <summary>Tell the watchers.</summary>
internal sealed record PublishState(DialogStateChanged Change) : TransactionEffect;

/// <summary>
/// The states of one dialog as its watchers are told them (RFC 4235 §3.7.1): each once, in order, and exactly one last. What was told last is the whole state, so a dialog
/// that moved to another node goes on from there.
/// </summary>
internal sealed record DialogStateStream : IStateMachine<DialogStateChanged>
{
    /// <summary>The only one needed.</summary>
    public static readonly DialogStateStream Instance = new();

    /// <summary>The INVITE is on its way.</summary>
    public static Transition<DialogStateChanged> Start(WatchedDialog dialog) => Publish(new(dialog, DialogState.Trying, ""));

    /// <inheritdoc/>
    public Transition<DialogStateChanged> Handle(DialogStateChanged state, TransactionInput input) => (state.State, input) switch
    {
        (DialogState.Cancelled or DialogState.Rejected or DialogState.Terminated, _) => new(state, []),
        (DialogState.Trying, DialogStateInput.Progressed { ToTag: "" }) => Publish(state with { State = DialogState.Proceeding }),

        // A new tag is another early dialog: the call was forked, and rings there as well.
        (not DialogState.Confirmed, DialogStateInput.Progressed { ToTag: not "" } rang) when state.State != DialogState.Early || rang.ToTag != state.ToTag =>
            Publish(state with { State = DialogState.Early, ToTag = rang.ToTag }),
        (not DialogState.Confirmed, DialogStateInput.Answered answered) => Publish(state with { State = DialogState.Confirmed, ToTag = answered.ToTag }),
        (not DialogState.Confirmed, DialogStateInput.GivenUp) => End(state, DialogState.Cancelled, DialogEnding.Cancelled, 487),
        (not DialogState.Confirmed, DialogStateInput.Refused { Status: 487 }) => End(state, DialogState.Cancelled, DialogEnding.Cancelled, 487),
        (not DialogState.Confirmed, DialogStateInput.Refused refused) => End(state, DialogState.Rejected, DialogEnding.Rejected, refused.Status),
        (_, DialogStateInput.Ended ended) => End(state, DialogState.Terminated, ended.Ending, 0),
        _ => new(state, []),
    };

    private static Transition<DialogStateChanged> End(DialogStateChanged state, DialogState last, DialogEnding ending, int status) =>
        Publish(state with { State = last, Ending = ending, Status = status });

    private static Transition<DialogStateChanged> Publish(DialogStateChanged next) => new(next, [new PublishState(next)]);
}
