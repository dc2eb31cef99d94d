using System.Collections.Concurrent;
using System.Text;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Keeping;
using CallActors.Sip;
using CallActors.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>Brings what control connections hear to the calls, and the calls' commands to the connections. It runs on the network's threads and on the calls' own.</summary>
internal sealed partial class CallTraffic(CallRuntime runtime, ILogger logger) : IControlTraffic
{
    private readonly ConcurrentDictionary<string, ServerTables> _tables = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ServerConnection> _links = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, ServerConnection> _sessions = new();

    /// <summary>Entries of all servers: commands without reply, transactions, dialogs. Zero when no call lives.</summary>
    public (int Commands, int Transactions, int Dialogs) Count
    {
        get
        {
            var sum = (Commands: 0, Transactions: 0, Dialogs: 0);
            foreach (var tables in AllTables())
            {
                var (commands, transactions, dialogs) = tables.Count;
                sum = (sum.Commands + commands, sum.Transactions + transactions, sum.Dialogs + dialogs);
            }

            return sum;
        }
    }

    /// <summary>A connection to a server by its configured name, or to any server that is up when no name is given.</summary>
    public ServerConnection? Find(string? server)
    {
        if (server is not null) return _links.TryGetValue(server, out var named) && named.IsUp ? named : null;
        foreach (var (_, connection) in _links)
        {
            if (connection.IsUp) return connection;
        }

        return null;
    }

    /// <summary>The connection that a server made for one call and that holds a dialog; null where there is none.</summary>
    public ServerConnection? SessionOf(ReadOnlySpan<byte> dialogId)
    {
        foreach (var (_, session) in _sessions)
        {
            if (TablesOf(session).TryDialog(dialogId, out _)) return session;
        }

        return null;
    }

    /// <summary>The call of a dialog, whichever server holds it.</summary>
    public bool TryDialog(string dialogId, out CallKey call)
    {
        var id = Encoding.UTF8.GetBytes(dialogId);
        foreach (var tables in AllTables())
        {
            if (tables.TryDialog(id, out call)) return true;
        }

        call = default;
        return false;
    }

    /// <summary>Nothing that arrives in a dialog is any call's any more.</summary>
    public void ForgetDialog(string server, Octets dialog)
    {
        if (_tables.TryGetValue(server, out var tables)) tables.RemoveDialog(dialog);
    }

    /// <summary>What is known of a connection's server.</summary>
    public ServerTables TablesOf(ServerConnection connection) => (ServerTables)(connection.State ??= Tables(connection));

    /// <summary>Writes a command. Its reply and responses will reach the call.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="call">Whose it is.</param>
    /// <param name="command">Who is told of the reply; null when nobody cares.</param>
    /// <param name="frame">Writes the frame with the id given to it.</param>
    /// <returns>False when the connection is lost, or this node is; the command is then told nothing more.</returns>
    public bool Submit(ServerConnection connection, CallKey call, ICommand? command, FrameWriter frame)
    {
        if (runtime.IsSilent) return false;
        if (frame.SessionKey is { IsEmpty: false } key) return Keep(connection, key, frame);
        var tables = TablesOf(connection);
        var id = command is null ? tables.NextId() : tables.Remember(call, command);
        Span<byte> text = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(id, text, out var length);
        if (connection.Write(frame.Frame(text[..length]))) return true;
        if (command is not null) tables.TryCommand(text[..length], keep: false, out _);
        return false;
    }

    /// <inheritdoc/>
    public void OnUp(ServerConnection connection, ServerUp up)
    {
        TablesOf(connection);
        if (connection.IsOutbound) _sessions[connection.Number] = connection;
        else
        {
            _links[connection.Server] = connection;
            runtime.Sessions.OnUp(connection);
        }
    }

    /// <inheritdoc/>
    public void OnLost(ServerConnection connection, string reason)
    {
        if (connection.IsOutbound) _sessions.TryRemove(connection.Number, out _);
        else _links.TryRemove(new(connection.Server, connection));
        var (commands, calls) = TablesOf(connection).Lose();
        foreach (var (call, command) in commands) runtime.Deliver(new CommandLost(call, command, reason));
        foreach (var call in calls) runtime.Deliver(new ConnectionLost(call, connection, reason));
    }

    /// <inheritdoc/>
    public void OnCdr(ServerConnection connection, in CdrEvent cdr) => runtime.ServerRecords.OnRecord(connection.Server, cdr);

    /// <inheritdoc/>
    public void OnAdopt(ServerConnection connection, in AdoptEvent adopt) => runtime.Sessions.OnAdopt(connection, adopt);

    /// <inheritdoc/>
    public void OnState(ServerConnection connection, in StateEvent state) => runtime.Sessions.OnState(connection, state);

    /// <inheritdoc/>
    public void OnGone(ServerConnection connection, in GoneEvent gone) => runtime.Sessions.OnGone(connection, gone);

    /// <inheritdoc/>
    public void OnAsk(ServerConnection connection, in AskEvent ask) => runtime.Sessions.OnAsk(connection, ask);

    /// <inheritdoc/>
    public void OnReply(ServerConnection connection, in ControlReply reply)
    {
        var tables = TablesOf(connection);
        var content = reply.Content;
        if (!tables.TryCommand(reply.CommandId, keep: content == ReplyContent.ProxyContinue, out var entry))
        {
            if (reply.CommandId is [SessionTraffic.SessionId, ..]) runtime.Sessions.OnRefused(connection, reply);
            return;
        }

        var (call, command) = entry;
        if (reply.Verdict != ReplyVerdict.Ok)
        {
            runtime.Deliver(new Replied(call, command, Encoding.UTF8.GetString(reply.Text), default, default, null));
            return;
        }

        if (content is ReplyContent.ProxyContinue or ReplyContent.ProxyDone)
        {
            if (content == ReplyContent.ProxyDone) runtime.Deliver(new Proxied(call, command, null, null));
            else if (Parse(reply.Sip) is SipResponse response) runtime.Deliver(new Proxied(call, command, response, RequestSource.Of(reply.Transit)));
            return;
        }

        if (command.WantsGrant)
        {
            runtime.Deliver(new Replied(call, command, null, default, default, null) { Granted = SessionTraffic.GrantOf(reply) });
            return;
        }

        var transaction = Octets.Of(reply.TransactionId);
        var dialog = content == ReplyContent.ResponseSent ? Octets.Of(reply.DialogId) : default;
        // In the tables before anybody can say more about them: the next frame on this connection may be about either.
        if (content == ReplyContent.RequestSent) tables.AddTransaction(transaction, call, command);
        else if (!dialog.IsEmpty && IsNoRejection(reply.Sip) && runtime.Directory.TryFind(call, out _)) tables.AddDialog(dialog, call);
        runtime.Deliver(new Replied(call, command, null, transaction, dialog, command.WantsSent ? Parse(reply.Sip) : null));
    }

    /// <inheritdoc/>
    public void OnSip(ServerConnection connection, in SipEvent sip)
    {
        if (!sip.IsComplete) return;
        var message = Parse(sip.Sip);
        switch (message)
        {
            case SipResponse response: OnResponse(connection, sip, response); break;
            case SipRequest request: OnRequest(connection, sip, request); break;
            default:
                // What the server could read and we cannot is answered here, so that nobody waits (application framework N24).
                LogUnreadable(connection.Server, Encoding.UTF8.GetString(sip.Sip[..Math.Min(sip.Sip.Length, 80)]));
                if (!sip.Sip.StartsWith("SIP/"u8) && !sip.IsServerRequest) Answer(connection, sip.TransactionId, 400);
                break;
        }
    }

    /// <summary>Answers a request without a call.</summary>
    public void Answer(ServerConnection connection, ReadOnlySpan<byte> transaction, int status, string? reason = null, HeaderFields? headers = null)
    {
        var text = AppText.Response(status, reason).Headers(headers).End();
        Submit(connection, default, null, FrameWriter.Respond(transaction, text));
        connection.Flush();
    }

    private void OnResponse(ServerConnection connection, in SipEvent sip, SipResponse response)
    {
        var tables = TablesOf(connection);
        if (!tables.TryTransaction(sip.TransactionId, out var entry) || entry.Command is null) return;
        var dialog = Octets.Of(sip.DialogId);
        // Legs of ours carry the key in their Call-ID; only a dialog that does not needs an entry.
        if (response.CSeqMethod is SipMethod.Invite or SipMethod.Subscribe)
        {
            if (!dialog.IsEmpty && !CallKey.TryFind(dialog, out _)) tables.AddDialog(dialog, entry.Call);
        }

        // Repetitions are the server's to acknowledge. The INVITE of a call that was answered names it, for a loss of the connection, until its leg ends.
        if (response.IsFinal && !(response.IsSuccess && entry.Command is InviteAttempt)) tables.RemoveTransaction(Octets.Of(sip.TransactionId));
        runtime.Deliver(new Responded(entry.Call, entry.Command, response, dialog, response.StatusCode is 401 or 407 ? RequestSource.Of(sip).Uri : null));
    }

    private void OnRequest(ServerConnection connection, in SipEvent sip, SipRequest request)
    {
        var tables = TablesOf(connection);
        // A dialog's session names its call wherever that lives; a leg that has just gone over to another call is known here before it is there.
        if (tables.TryDialog(sip.DialogId, out var call) || CallKey.TryParse(sip.Key, out call) || (tables.TryTransaction(sip.TransactionId, out var entry) && IsKnown(entry.Call, out call)) || CallKey.TryFind(sip.DialogId, out call))
        {
            runtime.Deliver(new Arrived(call, connection, Octets.Of(sip.TransactionId), Octets.Of(sip.DialogId), request, sip.IsServerRequest) { IsAgain = sip.IsAgain });
            return;
        }

        // A CANCEL or ACK that comes too late needs no answer of ours, and the server never awaits one for what it sent itself.
        if (request.Method is SipMethod.Cancel or SipMethod.Ack || sip.IsServerRequest) return;
        if (!sip.DialogId.IsEmpty)
        {
            Answer(connection, sip.TransactionId, 481);
            return;
        }

        var received = new IncomingRequest(runtime, connection, Octets.Of(sip.TransactionId), request, RequestSource.Of(sip));
        runtime.Offer(received);
    }

    // "SIP/2.0 486 …": a rejected call has no dialog, though it has an id for one.
    private static bool IsNoRejection(ReadOnlySpan<byte> response) => response.Length > 8 && response[8] is (byte)'1' or (byte)'2';

    private bool Keep(ServerConnection connection, ReadOnlySpan<byte> key, FrameWriter frame)
    {
        Span<byte> id = stackalloc byte[1 + CallKey.TextLength];
        id[0] = SessionTraffic.SessionId;
        key.CopyTo(id[1..]);
        return connection.Write(frame.Frame(id));
    }

    private static bool IsKnown(CallKey found, out CallKey call)
    {
        call = found;
        return true;
    }

    private ServerTables Tables(ServerConnection connection) =>
        connection.IsOutbound ? new ServerTables(connection.Server) : _tables.GetOrAdd(connection.Server, static name => new ServerTables(name));

    private IEnumerable<ServerTables> AllTables()
    {
        foreach (var (_, tables) in _tables) yield return tables;
        foreach (var (_, session) in _sessions) yield return TablesOf(session);
    }

    private static SipMessage? Parse(ReadOnlySpan<byte> bytes) => SipParser.Parse(bytes) is { Status: SipParseStatus.Message } result ? result.Message : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "server {Server} sent a message that cannot be read; a request among them gets 400: {Start}")]
    private partial void LogUnreadable(string server, string start);
}
