using System.Collections.Immutable;
using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Sip;
using CallActors.Sip.Messages;
using CallActors.Transfers;
using Microsoft.Extensions.Logging;

namespace CallActors.Keeping;

/// <summary>Brings what servers say about sessions to the calls. It runs on the network's threads.</summary>
internal sealed partial class SessionTraffic(CallRuntime runtime, ILogger logger)
{
    /// <summary>In front of a key it is the id of a <c>session</c>: only a refusal of one is ever answered.</summary>
    public const byte SessionId = (byte)'s';

    // Thousands of calls come back with a connection; none of them is in a hurry but those that somebody asks for.
    private const int Slice = 500;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly OwedSessions _owed = new();

    /// <summary>A call is over whose server is out of reach: its session is let go when the server is back.</summary>
    public void Owe(Ownership session, CallKey call) => _owed.Add(session.Server, session.Run, call, session.Incarnation);

    /// <summary>A server is reached: the calls that live here hear of it, some at a time.</summary>
    public void OnUp(ServerConnection connection)
    {
        foreach (var (call, incarnation) in _owed.Take(connection.Server, connection.Run)) Release(connection, call, incarnation);
        connection.Flush();
        new Tour(runtime, connection).Go();
    }

    /// <summary>A session without owner.</summary>
    public void OnAdopt(ServerConnection connection, in AdoptEvent adopt)
    {
        if (!CallKey.TryParse(adopt.Key, out var call))
        {
            LogUnreadable(connection.Server, Encoding.UTF8.GetString(adopt.Key));
            return;
        }

        // Its record was written while the server was out of reach.
        if (_owed.TryTake(connection.Server, connection.Run, call)) Release(connection, call, adopt.Incarnation);
        else runtime.Deliver(new Adopted(call, connection.Server, connection.Run, adopt.Incarnation, adopt.Blob.ToArray()));
    }

    /// <summary>The server's memory of a dialog.</summary>
    public void OnState(ServerConnection connection, in StateEvent state)
    {
        // A leg that has just gone over to another call is known here before it is there.
        if (!runtime.Traffic.TablesOf(connection).TryDialog(state.DialogId, out var call) && !CallKey.TryParse(state.Key, out call)) return;
        if (runtime.Directory.TryFind(call, out var actor)) actor.Tell(new Remembered(call, Octets.Of(state.DialogId), Octets.Of(state.State)), Akka.Actor.ActorRefs.NoSender);
    }

    /// <summary>Another process has gone.</summary>
    public void OnGone(ServerConnection connection, in GoneEvent gone) => runtime.Publish?.Invoke(new NodeGone(Encoding.UTF8.GetString(gone.Node), gone.How, connection.Server));

    /// <summary>Who has this dialog?</summary>
    public void OnAsk(ServerConnection connection, in AskEvent ask)
    {
        var dialog = new DialogName(Encoding.UTF8.GetString(ask.CallId), Encoding.UTF8.GetString(ask.LocalTag), Encoding.UTF8.GetString(ask.RemoteTag));
        if (runtime.FindDialogHere(dialog) is { } call && runtime.Directory.TryFind(call, out var actor))
        {
            actor.Tell(new Asked(call, connection, Octets.Of(ask.Id), dialog), Akka.Actor.ActorRefs.NoSender);
            return;
        }

        runtime.Traffic.Submit(connection, default, null, FrameWriter.Unknown(ask.Id));
    }

    /// <summary>A message for a call that nobody has. Of a request in a dialog the server hears, which offers the call to whoever takes it: what was lost with a call may be that alone.</summary>
    public void OnStray(ICallMessage message)
    {
        if (message is Offered offered)
        {
            runtime.OnUnplaced(offered);
            return;
        }

        var (connection, transaction) = message switch
        {
            Arrived { IsServers: false, DialogId.IsEmpty: false, Request.Method: not (SipMethod.Ack or SipMethod.Cancel) } arrived => (arrived.Connection, arrived.TransactionId),
            Forwarded { IsServers: false, DialogId.IsEmpty: false } forwarded when !forwarded.Request.Span.StartsWith("ACK "u8) && !forwarded.Request.Span.StartsWith("CANCEL "u8) =>
                (runtime.Traffic.Find(forwarded.Server), forwarded.TransactionId),
            _ => default,
        };
        if (connection is null || !connection.Grants(ExtensionFeatures.Adopt)) return;
        LogStray(message.Call);
        runtime.Traffic.Submit(connection, message.Call, null, FrameWriter.Stray(transaction.Span));
        connection.Flush();
    }

    /// <summary>Gives an unanswered request outside dialogs back to its server, which shows it to another node.</summary>
    /// <returns>False where that does not know of others.</returns>
    public bool TryDecline(IncomingRequest request)
    {
        var connection = request.Connection;
        if (!connection.Grants(ExtensionFeatures.Adopt)) return false;
        // Where the connection is lost the server does the same by itself.
        runtime.Traffic.Submit(connection, default, null, FrameWriter.Stray(request.TransactionId.Span));
        connection.Flush();
        return true;
    }

    /// <summary>A server would not keep a call; the call goes on as it would without.</summary>
    public void OnRefused(ServerConnection connection, in ControlReply reply) =>
        LogRefused(connection.Server, Encoding.UTF8.GetString(reply.CommandId[1..]), Encoding.UTF8.GetString(reply.Text));

    /// <summary>What is to be kept of a call is more than a server takes.</summary>
    public void OnTooLong(string server, string key) => LogRefused(server, key, "its state is too long");

    /// <summary>What a claim was granted with.</summary>
    public static Granted GrantOf(in ControlReply reply)
    {
        var names = ImmutableArray.CreateBuilder<Octets>();
        foreach (var name in reply.Names) names.Add(Octets.Of(name));
        return new Granted(reply.Incarnation, names.DrainToImmutable());
    }

    // Only whoever owns a session may let it go; the claim that makes us its owner counts up by one.
    private void Release(ServerConnection connection, CallKey call, int incarnation)
    {
        var key = Octets.Of(call.ToString());
        runtime.Traffic.Submit(connection, call, null, FrameWriter.Claim(key, incarnation));
        runtime.Traffic.Submit(connection, call, null, FrameWriter.Session(key, incarnation + 1, default, default));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "server {Server} offers a call whose key, {Key}, is none of ours: another application has our name")]
    private partial void LogUnreadable(string server, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "server {Server} does not keep call {Key}: {Reason}. It goes on, and would not outlive this node")]
    private partial void LogRefused(string server, string key, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "call {Call} is nowhere, and somebody speaks to it: its server is asked to offer it")]
    private partial void LogStray(CallKey call);

    /// <summary>Tells all calls that live here, some at a time, that a server is reached.</summary>
    private sealed class Tour(CallRuntime runtime, ServerConnection connection)
    {
        private readonly ConnectionBack _news = new(connection);
        private IEnumerator<Akka.Actor.IActorRef>? _calls;
        private ITimer? _timer;

        public void Go()
        {
            _calls ??= runtime.Directory.All().GetEnumerator();
            for (var told = 0; told < Slice && connection.IsUp; told++)
            {
                if (!_calls.MoveNext())
                {
                    _timer?.Dispose();
                    return;
                }

                _calls.Current.Tell(_news, Akka.Actor.ActorRefs.NoSender);
            }

            if (!connection.IsUp) _timer?.Dispose();
            else if (_timer is null) _timer = runtime.Time.CreateTimer(static tour => ((Tour)tour!).Go(), this, s_pause, s_pause);
        }
    }
}
