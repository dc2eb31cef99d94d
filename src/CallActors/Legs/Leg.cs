using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>One side of a call: a dialog with one far end, from its INVITE or SUBSCRIBE to its end. It lives in its call's mailbox.</summary>
public abstract class Leg
{
    private readonly List<ICommand> _open = [];
    private TaskCompletionSource<LegEnd>? _ending;
    private TaskCompletionSource<LegEnd>? _ended;
    private TaskCompletionSource<string?>? _answer;

    private protected Leg(CallCore core, ServerConnection? connection)
    {
        Core = core;
        Connection = connection;
        Number = core.NextLeg();
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
    public string CallId { get; private protected set; } = "";

    /// <summary>Our tag.</summary>
    public string LocalTag { get; private protected set; } = "";

    /// <summary>The far end's tag; empty until it is known.</summary>
    public string RemoteTag { get; private protected set; } = "";

    /// <summary>Our address of record in this dialog, a URI.</summary>
    public string LocalUri { get; private protected set; } = "";

    /// <summary>The far end's address of record in this dialog, a URI.</summary>
    public string RemoteUri { get; private protected set; } = "";

    /// <summary>The session description that we gave last and that was agreed to; null when there is none.</summary>
    public string? LocalSdp { get; internal set; }

    /// <summary>The session description that the far end gave last and that was agreed to; null when there is none.</summary>
    public string? RemoteSdp { get; internal set; }

    /// <summary>The leg that this one is bridged with; null when it is not.</summary>
    public Leg? Peer { get; internal set; }

    /// <summary>What the bridge copies of headers.</summary>
    internal Headers.HeaderPolicy PeerHeaders { get; set; } = Headers.HeaderPolicy.All;

    /// <summary>The name of the signalling server that holds the dialog.</summary>
    public string Server => Connection?.Server ?? "";

    /// <summary>Completes when the leg is over.</summary>
    public Task<LegEnd> Ended => End is { } end ? Task.FromResult(end) : (_ended ??= new TaskCompletionSource<LegEnd>()).Task;

    internal CallCore Core { get; }

    internal ServerConnection? Connection { get; private set; }

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

    /// <summary>Offers a change of the session (re-INVITE). What was agreed before holds until the far end agrees.</summary>
    /// <param name="sdp">Our new offer.</param>
    public Task<ModifyOutcome> Modify(string sdp) => Change(sdp, null);

    /// <summary>Asks the far end for an offer (a re-INVITE without one) and answers it.</summary>
    /// <param name="answer">Makes the answer; null refuses.</param>
    public Task<ModifyOutcome> ModifyWithoutOffer(Func<string, Task<string?>> answer) => Change(null, answer);

    /// <summary>Sends an INFO (RFC 6086).</summary>
    public Task<RequestOutcome> Info(string contentType, string body, HeaderFields? headers = null) => Request("INFO", MessageBody.Text(contentType, body), headers);

    /// <summary>Sends a MESSAGE in the dialog (RFC 3428).</summary>
    public Task<RequestOutcome> Text(string text) => Request("MESSAGE", MessageBody.Text("text/plain", text));

    /// <summary>The description in the next ACK: the answer to an offer that we made in a 2xx. Null when the leg ends first, or the ACK has none.</summary>
    internal Task<string?> NextAnswer() => (_answer = new TaskCompletionSource<string?>()).Task;

    /// <summary>An ACK of the far end.</summary>
    private protected void Acknowledge(SipRequest ack)
    {
        if (_answer is not { } waiting) return;
        _answer = null;
        var answer = SdpBody.In(ack);
        if (answer is not null) RemoteSdp = answer;
        waiting.TrySetResult(answer);
    }

    /// <summary>Whether events of the dialog or transaction belong to this leg.</summary>
    internal virtual bool Owns(Octets dialogId, Octets transactionId) => !DialogId.IsEmpty && DialogId == dialogId;

    /// <summary>A request of the far end, or of the server, in this leg.</summary>
    internal abstract void OnArrived(Arrived arrived);

    /// <summary>The connection to the server was lost.</summary>
    internal virtual void OnConnectionLost(ServerConnection connection, string reason)
    {
        if (connection != Connection || IsOver) return;
        if (connection.IsOutbound || !IsAnswered) Finish(new LegEnd(EndedBy.ServerLost, reason, IsAnswered ? 0 : 503));
        else Core.Detach(this, reason);
    }

    /// <summary>Sends a request in the dialog.</summary>
    internal OutgoingRequest SendInDialog(string method, MessageBody? body, HeaderFields? headers)
    {
        var request = new DialogRequest(this, method, body, headers);
        if (IsOver) request.OnEnded(End!.Reason);
        else request.Send();
        return request;
    }

    /// <summary>Writes a command about this leg.</summary>
    internal bool Submit(ICommand? command, FrameWriter frame)
    {
        if (!Attach()) return false;
        if (!Core.Runtime.Traffic.Submit(Connection!, Core.Key, command, frame)) return false;
        Core.Touch(Connection!);
        return true;
    }

    /// <summary>Remembers a request that must be told when the dialog ends.</summary>
    internal void Open(ICommand command)
    {
        // One that is sent again, with credentials, is there already.
        if (!_open.Contains(command)) _open.Add(command);
    }

    internal void Close(ICommand command) => _open.Remove(command);

    /// <summary>Begins to end the leg, by what fits its state.</summary>
    private protected virtual void BeginEnd(string? reason, HeaderFields? headers)
    {
        headers = WithReason(reason, headers);
        var bye = SendInDialog("BYE", null, headers);
        // Whatever is answered to a BYE, the dialog is over (RFC 3261 §15.1.1).
        bye.Over = _ => Finish(new LegEnd(EndedBy.Us, reason ?? "hung up"));
        if (bye.IsOver) Finish(new LegEnd(EndedBy.Us, reason ?? "hung up"));
    }

    /// <summary>The leg is over: everything that waits for it is told, once.</summary>
    internal void Finish(LegEnd end)
    {
        if (IsOver) return;
        End = end;
        Forget();
        State?.OnOver(end, IsAnswered);
        foreach (var command in _open.ToArray()) command.OnEnded(end.Reason);
        _open.Clear();
        _answer?.TrySetResult(null);
        OnFinished(end);
        _ending?.TrySetResult(end);
        _ended?.TrySetResult(end);
        Core.OnLegOver(this, end);
    }

    /// <summary>Settles what the kind of leg has waiting.</summary>
    private protected virtual void OnFinished(LegEnd end)
    {
    }

    /// <summary>The leg goes on in another call: here it is over, and nobody hears of it.</summary>
    internal void GiveAway(CallKey to)
    {
        End = new LegEnd(EndedBy.Us, "goes on in another call");
        if (Connection is not null) Core.Runtime.Traffic.TablesOf(Connection).AddDialog(DialogId, to);
        DialogId = default;
        foreach (var command in _open.ToArray()) command.OnEnded(End.Reason);
        _open.Clear();
        _answer?.TrySetResult(null);
        _ended?.TrySetResult(End);
    }

    /// <summary>Nothing that arrives is this leg's any more.</summary>
    internal virtual void Forget()
    {
        if (Connection is not null) Core.Runtime.Traffic.TablesOf(Connection).RemoveDialog(DialogId);
    }

    private protected void Use(ServerConnection connection) => Connection = connection;

    private protected static HeaderFields? WithReason(string? reason, HeaderFields? headers)
    {
        if (reason is null || headers?["Reason"] is not null) return headers;
        var all = new HeaderFields();
        if (headers is not null) all.AddAll(headers);
        all["Reason"] = $"SIP;cause=200;text=\"{reason.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return all;
    }

    private protected static string TagOf(ReadOnlySpan<byte> tag) => Encoding.ASCII.GetString(tag);

    private Task<ModifyOutcome> Change(string? sdp, Func<string, Task<string?>>? answer)
    {
        if (IsOver) return Task.FromResult<ModifyOutcome>(new ModifyOutcome.DialogEnded(End!.Reason));
        var change = new Reinvite(this, sdp, answer);
        change.Send();
        return change.Done;
    }

    // After a loss the dialog is reached over the server's next connection.
    private bool Attach()
    {
        if (Connection is null) return false;
        if (Connection.IsUp) return true;
        if (Connection.IsOutbound || Core.Runtime.Traffic.Find(Connection.Server) is not { } again) return false;
        Connection = again;
        return true;
    }
}
