using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Descriptions;
using CallActors.Keeping;
using CallActors.Offers;
using CallActors.Sip;
using CallActors.Targets;
using CallActors.Transfers;

namespace CallActors;

/// <summary>One side of a call: a dialog with one far end, from its INVITE or SUBSCRIBE to its end. It lives in its call's mailbox.</summary>
public abstract class Leg
{
    private List<ICommand>? _open;
    private TaskCompletionSource<LegEnd>? _ending;
    private Action? _unsaid;
    private TaskCompletionSource? _back;
    private TaskCompletionSource<LegEnd>? _ended;

    private protected Leg(CallCore core, ServerConnection? connection, int? number = null)
    {
        Core = core;
        Connection = connection;
        Number = number ?? core.NextLeg();
        Session = new LegSession(this);
    }

    /// <summary>The leg's number in its call, from 1.</summary>
    public int Number { get; }

    /// <summary>Whether there is a dialog: the INVITE was answered with a 2xx.</summary>
    public bool IsAnswered { get; private protected set; }

    /// <summary>Whether the far end called us, and not we it.</summary>
    public bool IsCaller => this is IncomingCall or AdoptedLeg { IsIncoming: true };

    /// <summary>Whether the leg is over.</summary>
    public bool IsOver => End is not null;

    /// <summary>How it ended; null while it lives.</summary>
    public LegEnd? End { get; private set; }

    /// <summary>The Call-ID.</summary>
    public virtual string CallId { get; private protected set; } = "";

    /// <summary>Our tag.</summary>
    public string LocalTag { get; private protected set; } = "";

    /// <summary>The far end's tag; empty until it is known.</summary>
    public virtual string RemoteTag { get; private protected set; } = "";

    /// <summary>Our address of record in this dialog, a URI.</summary>
    public virtual string LocalUri { get; private protected set; } = "";

    /// <summary>The far end's address of record in this dialog, a URI.</summary>
    public virtual string RemoteUri { get; private protected set; } = "";

    /// <summary>The session description that we gave last and that was agreed to; null when there is none.</summary>
    public string? LocalSdp { get; internal set; }

    /// <summary>The session description that the far end gave last and that was agreed to; null when there is none.</summary>
    public virtual string? RemoteSdp { get; internal set; }

    /// <summary>Whether we hold the far end: what we said last takes none of its media.</summary>
    public bool IsHeldByUs => Session.Hold is not null;

    /// <summary>Whether the far end holds us: it takes none of our media, in whatever way it said so.</summary>
    public bool IsHeldByThem => Session.IsHeldByThem;

    /// <summary>The leg that this one is bridged with; null when it is not.</summary>
    public Leg? Peer { get; internal set; }

    /// <summary>Completes when a bridge that the leg was answered for has its other side, or has failed; null when there is none in the making.</summary>
    internal Task? Joining { get; set; }

    /// <summary>What the bridge copies of headers.</summary>
    internal Headers.HeaderPolicy PeerHeaders { get; set; } = Headers.HeaderPolicy.All;

    /// <summary>The name of the signalling server that holds the dialog.</summary>
    public string Server => Connection?.Server ?? Ownership?.Server ?? "";

    /// <summary>Completes when the leg is over.</summary>
    public Task<LegEnd> Ended => End is { } end ? Task.FromResult(end) : (_ended ??= new TaskCompletionSource<LegEnd>()).Task;

    internal CallCore Core { get; }

    internal ServerConnection? Connection { get; private set; }

    /// <summary>The call's session on the server that holds the dialog; null while it has none.</summary>
    internal Ownership? Ownership { get; set; }

    /// <summary>The server's own memory of the dialog; empty when it has told none.</summary>
    internal Octets ServerState { get; set; }

    /// <summary>The leg that this one will be bridged with once the caller is answered.</summary>
    internal Leg? PromisedPeer { get; set; }

    /// <summary>Whether the dialog is one that outlives this node: it is answered, or is about to be.</summary>
    internal virtual bool IsKept => IsAnswered;

    /// <summary>Whether it is being hung up.</summary>
    internal bool IsEnding => _ending is not null;

    /// <summary>What the call's record says of it.</summary>
    internal LegRecord Record => new(IsCaller, CallId, LocalUri, RemoteUri, IsAnswered, End ?? new LegEnd(EndedBy.Us, ""));

    /// <summary>What both sides have agreed on, and the changes under way.</summary>
    internal LegSession Session { get; }

    /// <summary>The REFERs of ours that have no outcome yet; null for none.</summary>
    internal List<Referral>? Referrals { get; private set; }

    /// <summary>What the far end has asked; null for nothing, or where no server keeps the dialog.</summary>
    internal ReceivedRequests? Received { get; set; }

    /// <summary>What the server calls the dialog; empty until there is one.</summary>
    internal Octets DialogId { get; private protected set; }

    /// <summary>What the watchers of the dialog are told; null when there are none.</summary>
    internal Presence.LegState? State { get; private protected set; }

    /// <summary>What digest challenges inside the dialog are answered with.</summary>
    internal Targets.CredentialsProvider? Credentials { get; set; }

    /// <summary>Ends the leg: BYE for an answered one, CANCEL or a rejection before. A second call waits for the same end.</summary>
    /// <param name="reason">The text of the Reason header (RFC 3326), where one is to be sent.</param>
    /// <param name="headers">More header fields of the BYE.</param>
    public Task<LegEnd> Hangup(string? reason = null, HeaderFields? headers = null)
    {
        if (End is { } end) return Task.FromResult(end);
        if (_ending is { } ending) return ending.Task;
        _ending = new TaskCompletionSource<LegEnd>();
        var task = _ending.Task;
        BeginEnd(reason, headers);
        return task;
    }

    /// <summary>Sends a request in the dialog and waits for its final response. Digest challenges are answered where the leg has credentials.</summary>
    /// <param name="method">The method, such as INFO.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More header fields.</param>
    /// <exception cref="ArgumentException">The method is no token, or one that the leg sends by itself (INVITE, ACK, BYE, CANCEL, PRACK).</exception>
    public Task<RequestOutcome> Request(string method, MessageBody? body = null, HeaderFields? headers = null)
    {
        if (method is "INVITE" or "ACK" or "BYE" or "CANCEL" or "PRACK") throw new ArgumentException($"{method} is not sent by hand: see Modify and Hangup.", nameof(method));
        return SendInDialog(method, body, headers).Done;
    }

    /// <summary>The same for a request that is sent because of a received one: a server that keeps calls then answers that one itself, should this node be lost in between.</summary>
    internal Task<RequestOutcome> Relay(LegRequest request, MessageBody? body, HeaderFields? headers) => SendInDialog(request.Method, body, headers, request).Done;

    /// <summary>
    /// Offers a change of the session (re-INVITE). Changes go one after the other; what was agreed before holds until the far end agrees. Where its own change met
    /// ours (491), or it asks to wait, it is tried again.
    /// </summary>
    /// <param name="sdp">Our new offer.</param>
    /// <param name="headers">More header fields.</param>
    public Task<ModifyOutcome> Modify(string sdp, HeaderFields? headers = null) => Session.Ask(new Modification.Offer(sdp), null, headers);

    /// <summary>Asks the far end for an offer (a re-INVITE without one) and answers it.</summary>
    /// <param name="answer">Makes the answer; null answers with the session as it is, and is refused to whoever asked.</param>
    public Task<ModifyOutcome> ModifyWithoutOffer(Func<string, Task<string?>> answer) => Session.Ask(new Modification.AskForOffer(), answer);

    /// <summary>Puts the far end on hold, on every line.</summary>
    public Task<ModifyOutcome> Hold(HoldMode mode = HoldMode.SendOnly) => Session.Ask(new Modification.Hold(mode));

    /// <summary>Ends our hold: the directions from before it hold again.</summary>
    public Task<ModifyOutcome> Resume() => Session.Ask(new Modification.Resume());

    /// <summary>Offers once more what was agreed: the session is known to be alive, and nothing changes.</summary>
    public Task<ModifyOutcome> Refresh() => Session.Ask(new Modification.Refresh());

    /// <summary>Asks the far end to call somebody in our place (REFER, RFC 3515), and follows what it tells of that.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="replaces">The leg that it shall take the place of there, which makes it an attended transfer (RFC 3891); null for none.</param>
    /// <param name="headers">More header fields; one of ours among them takes its place.</param>
    public Task<ReferOutcome> Refer(CallTarget target, Leg? replaces = null, HeaderFields? headers = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (End is { } end) return Task.FromResult<ReferOutcome>(new ReferOutcome.DialogEnded(end.Reason));
        var referral = new Referral(this);
        (Referrals ??= []).Add(referral);
        return referral.Send(target, replaces, headers);
    }

    /// <summary>Sends an INFO (RFC 6086).</summary>
    public Task<RequestOutcome> Info(string contentType, string body, HeaderFields? headers = null) => Request("INFO", MessageBody.Text(contentType, body), headers);

    /// <summary>Sends a MESSAGE in the dialog (RFC 3428).</summary>
    public Task<RequestOutcome> Text(string text) => Request("MESSAGE", MessageBody.Text("text/plain", text));

    /// <summary>Whether the leg is answered and nothing is under way in its dialog that somebody waits for.</summary>
    internal bool IsAtRest => IsAnswered && _ending is null && _open is null or { Count: 0 } && Session.IsAtRest && Referrals is null or { Count: 0 } && Joining is null or { IsCompleted: true };

    /// <summary>Whether events of the dialog or transaction belong to this leg.</summary>
    internal virtual bool Owns(Octets dialogId, Octets transactionId) => !DialogId.IsEmpty && DialogId == dialogId;

    /// <summary>A request of the far end, or of the server, in this leg.</summary>
    internal abstract void OnArrived(Arrived arrived);

    /// <summary>The connection to the server was lost.</summary>
    internal virtual void OnConnectionLost(ServerConnection connection, string reason)
    {
        if (connection != Connection || IsOver) return;
        // What nobody was told to keep, a server that keeps calls ends by itself.
        var isKept = IsAnswered && (Ownership is { IsWritten: true } || !connection.Grants(ExtensionFeatures.Adopt));
        if (connection.IsOutbound || !isKept) Finish(new LegEnd(EndedBy.ServerLost, reason, IsAnswered ? 0 : 503));
        else Core.Detach(this, reason);
    }

    /// <summary>A server that keeps no calls is reached again: it must soon hear that this dialog is wanted, and we whether it lives (RFC 3261 §11, RFC 5057).</summary>
    internal void OnConnectionBack(ServerConnection connection)
    {
        if (IsOver || !IsAnswered || Connection is { IsOutbound: true } or { IsUp: true } || Server != connection.Server) return;
        Attach(connection);
        var asked = SendInDialog("OPTIONS", null, null);
        asked.Over = outcome =>
        {
            if (outcome is RequestOutcome.NotSent or RequestOutcome.Final { Response.StatusCode: 481 }) Finish(new LegEnd(EndedBy.Server, "the dialog ended while the connection was lost"));
        };
    }

    /// <summary>The dialog is ours over this connection, from now on.</summary>
    internal virtual void Attach(ServerConnection connection)
    {
        Connection = connection;
        Core.Runtime.Traffic.TablesOf(connection).AddDialog(DialogId, Core.Key);
        Interlocked.Exchange(ref _unsaid, null)?.Invoke();
        foreach (var command in _open?.ToArray() ?? []) (command as DialogRequest)?.OnBack(connection);
        Interlocked.Exchange(ref _back, null)?.SetResult();
    }

    /// <summary>Completes when the dialog is ours again after a loss, or is over; at once where it was not lost.</summary>
    internal Task Back => IsOver || Connection is { IsUp: true } || Ownership is null or { Stage: OwnershipStage.Over } ? Task.CompletedTask : (_back ??= new TaskCompletionSource()).Task;

    /// <summary>Sends a request in the dialog.</summary>
    /// <param name="method">The method.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More header fields.</param>
    /// <param name="because">The received request that this one relays; null for none.</param>
    internal OutgoingRequest SendInDialog(string method, MessageBody? body, HeaderFields? headers, LegRequest? because = null)
    {
        var request = new DialogRequest(this, method, body, headers, because);
        if (IsOver) request.OnEnded(End!.Reason);
        else request.Send();
        return request;
    }

    /// <summary>Writes a command about this leg.</summary>
    internal bool Submit(ICommand? command, FrameWriter frame)
    {
        if (!TryAttach() || !Core.Runtime.Traffic.Submit(Connection!, Core.Key, command, frame)) return false;
        Core.Touch(Connection!);
        return true;
    }

    /// <summary>Remembers a request that must be told when the dialog ends.</summary>
    internal void Open(ICommand command)
    {
        // One that is sent again, with credentials, is there already.
        _open ??= [];
        if (!_open.Contains(command)) _open.Add(command);
    }

    internal void Close(ICommand command) => _open?.Remove(command);

    /// <summary>Begins to end the leg, by what fits its state.</summary>
    private protected virtual void BeginEnd(string? reason, HeaderFields? headers)
    {
        var bye = SendInDialog("BYE", null, ReasonField.With(reason, headers));
        if (bye.IsOver) Released(bye.Done.Result);
        else bye.Over = Released;

        // Whatever is answered to a BYE, the dialog is over (RFC 3261 §15.1.1). One that was lost on its way is said again once the dialog is ours again.
        void Released(RequestOutcome outcome)
        {
            if (outcome is RequestOutcome.ServerLost && Ownership is { IsWritten: true, Stage: not OwnershipStage.Over }) _unsaid = () => BeginEnd(reason, headers);
            else Finish(new LegEnd(EndedBy.Us, reason ?? "hung up"));
        }
    }

    /// <summary>The leg is over: everything that waits for it is told, once.</summary>
    internal void Finish(LegEnd end)
    {
        if (IsOver) return;
        End = end;
        Forget();
        State?.OnOver(end, IsAnswered);
        EndOpen(end);
        OnFinished(end);
        _ending?.TrySetResult(end);
        _ended?.TrySetResult(end);
        Core.OnLegOver(this, end);
    }

    /// <summary>Settles what the kind of leg has waiting.</summary>
    private protected virtual void OnFinished(LegEnd end) { }

    /// <summary>The leg goes on in another call: here it is over, and nobody hears of it.</summary>
    internal void GiveAway(CallKey to)
    {
        End = new LegEnd(EndedBy.Us, "goes on in another call");
        Tables?.AddDialog(DialogId, to);
        DialogId = default;
        EndOpen(End);
        _ended?.TrySetResult(End);
    }

    /// <summary>The leg goes on in the same call on another node: here it is over, and nobody hears of it, those who wait for it neither.</summary>
    internal void Vanish()
    {
        if (IsOver) return;
        End = new LegEnd(EndedBy.Us, "goes on elsewhere");
        Forget();
        _open = null;
    }

    /// <summary>Nothing that arrives is this leg's any more.</summary>
    internal virtual void Forget() => Tables?.RemoveDialog(DialogId);

    /// <summary>Nothing more comes of a transaction.</summary>
    internal void Forget(Octets transaction) => Tables?.RemoveTransaction(transaction);

    private ServerTables? Tables => Connection is null ? null : Core.Runtime.Traffic.TablesOf(Connection);

    private protected static string TagOf(ReadOnlySpan<byte> tag) => Encoding.ASCII.GetString(tag);

    private void EndOpen(LegEnd end)
    {
        Interlocked.Exchange(ref _back, null)?.SetResult();
        Session.End();
        foreach (var referral in Referrals?.ToArray() ?? []) referral.End(end.Reason);
        foreach (var command in _open?.ToArray() ?? []) command.OnEnded(end.Reason);
        _open = null;
    }

    // After a loss the dialog is reached over the next connection of a server that keeps no calls; with any other it must be claimed first.
    private bool TryAttach()
    {
        if (Connection is null) return false;
        if (Connection.IsUp) return true;
        if (Connection.IsOutbound || Ownership is not null || Core.Runtime.Traffic.Find(Connection.Server) is not { } again) return false;
        Connection = again;
        return true;
    }
}
