using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Connections;

/// <summary>One control connection to a signalling server, the application's end: frames in, frames out, and no actor on their way.</summary>
/// <remarks>
/// Writing is for any thread. The ids of its own commands begin with <c>~</c>; nobody else's may. A frame that cannot be read ends
/// the connection with a reason; what is read before the server has accepted our secret is ignored.
/// </remarks>
internal sealed partial class ServerConnection : IStreamReceiver
{
    /// <summary>So many beats of silence, and the server is lost.</summary>
    public const int MissesAllowed = 3;

    private const int Authenticating = 0, Up = 1, Over = 2;

    private static int s_number;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_frame;

    private readonly IStreamConnection _connection;
    private readonly ConnectionTerms _terms;
    private readonly IActorRef _owner;
    private readonly IControlTraffic _traffic;
    private readonly ILogger _logger;
    private ControlFramer _framer;
    private volatile int _state;
    private volatile bool _ending;
    private string? _refusal;
    private bool _answersPings;
    private long _command;
    private long _lastPing = long.MaxValue;
    private int _alive = 1;
    private int _misses;

    public ServerConnection(IStreamConnection connection, string server, ConnectionTerms terms, IActorRef owner, IControlTraffic traffic, ILogger logger)
    {
        (_connection, Server, _terms, _owner, _traffic, _logger) = (connection, server, terms, owner, traffic, logger);
        _framer = new ControlFramer(terms.MaxFrame);
        Number = Interlocked.Increment(ref s_number);
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>Unique in this process.</summary>
    public int Number { get; }

    /// <summary>Whether the server dialled us: it belongs to one session, and whoever ends that closes it.</summary>
    public bool IsOutbound => _terms.IsOutbound;

    /// <summary>Whether frames can be written.</summary>
    public bool IsUp => _state == Up && _connection.IsOpen;

    /// <summary>Which run of the server is at the other end; empty where it does not say.</summary>
    public string Run { get; private set; } = "";

    /// <summary>What the server grants beyond the base protocol.</summary>
    public ExtensionFeatures Features { get; private set; }

    /// <summary>The server's address.</summary>
    public NetAddress Remote => _connection.Remote;

    /// <summary>What the traffic keeps with it.</summary>
    public object? State { get; set; }

    /// <summary>Says the secret; the first thing on every connection, whoever dialled (specification 1.3, 1.9).</summary>
    public void Authenticate()
    {
        var frame = Frame();
        var extensions = _terms is { App.Length: > 0, Node.Length: > 0 } ? Extensions.Ask(Encoding.UTF8.GetBytes(_terms.App), Encoding.UTF8.GetBytes(_terms.Node)) : default;
        ControlCommands.Authenticate(frame, "~a"u8, Encoding.UTF8.GetBytes(_terms.Secret), Encoding.UTF8.GetBytes(_terms.Tags), extensions);
        _connection.Write(frame.WrittenSpan);
        frame.Clear();
        _connection.Flush();
    }

    /// <summary>Writes one frame; it leaves at the next <see cref="Flush"/>. False when the connection is over.</summary>
    public bool Write(ReadOnlySpan<byte> frame) => _state == Up && _connection.Write(frame);

    /// <summary>Whether the server grants all of these.</summary>
    public bool Grants(ExtensionFeatures features) => (Features & features) == features;

    /// <summary>Lets what was written leave.</summary>
    public void Flush() => _connection.Flush();

    /// <summary>Ends the connection behind what was written; nothing more is delivered but the end.</summary>
    public void Close(string reason)
    {
        _ending = true;
        _connection.Close(reason);
    }

    /// <summary>Ends the connection now.</summary>
    public void Abort(string reason)
    {
        _ending = true;
        _connection.Abort(reason);
    }

    /// <summary>Asks for a method's requests, or to be asked no longer. Not flushed.</summary>
    /// <returns>The command's number, for <see cref="ConnectionNews.RouteAnswered"/>.</returns>
    public long Route(string method, bool wants)
    {
        Span<byte> id = stackalloc byte[24];
        var number = Interlocked.Increment(ref _command);
        var frame = Frame();
        var verb = Encoding.UTF8.GetBytes(method);
        if (wants) ControlCommands.Route(frame, Id(id, (byte)'r', number), verb);
        else ControlCommands.RemoveRoute(frame, Id(id, (byte)'x', number), verb);
        Write(frame.WrittenSpan);
        return number;
    }

    /// <summary>
    /// Once every heartbeat, by the owner: sends a ping, unless so many beats have passed without a sign of life that the server is lost.
    /// </summary>
    public void Beat()
    {
        if (!IsUp || !_answersPings) return;
        _misses = Interlocked.Exchange(ref _alive, 0) == 1 ? 0 : _misses + 1;
        if (_misses >= MissesAllowed)
        {
            Abort($"The server has not answered {MissesAllowed} pings.");
            return;
        }

        Span<byte> id = stackalloc byte[24];
        var number = Interlocked.Increment(ref _command);
        // What is answered late answers every ping before it as well.
        if (_misses == 0) Volatile.Write(ref _lastPing, number);
        var frame = Frame();
        ControlCommands.Ping(frame, Id(id, (byte)'p', number));
        Write(frame.WrittenSpan);
        Flush();
    }

    /// <inheritdoc/>
    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        var consumed = 0;
        while (!_ending)
        {
            var frame = _framer.Next(buffered[consumed..]);
            if (frame.Status == ControlFrameStatus.NeedMore) return consumed;
            if (frame.Status == ControlFrameStatus.Broken)
            {
                Close("Not a frame of the control protocol: " + frame.Fault);
                break;
            }

            if (frame.Status == ControlFrameStatus.Frame) Take(frame.Payload(buffered[consumed..]));
            consumed += frame.Consumed;
        }

        return buffered.Length;
    }

    /// <inheritdoc/>
    public void OnBatchEnd() => _connection.Flush();

    /// <inheritdoc/>
    public void OnClosed(string? reason)
    {
        var before = _state;
        _state = Over;
        _ending = true;
        var text = _refusal ?? reason ?? "Closed by the server";
        if (before == Up) Guarded(text, static (self, why) => self._traffic.OnLost(self, why));
        var kind = before == Up ? LossKind.Lost : _refusal is null ? LossKind.Unanswered : LossKind.Refused;
        _owner.Tell(new ConnectionNews.Lost(this, text, kind), ActorRefs.NoSender);
    }

    /// <summary>The name and the number.</summary>
    public override string ToString() => $"{Server}#{Number}";

    // A fault of ours over one frame must not cost every call of the connection.
    private void Take(ReadOnlySpan<byte> payload)
    {
        try
        {
            var message = new ControlMessage(payload);
            if (_state == Up) Deliver(message);
            else Prove(message);
        }
        catch (Exception fault)
        {
            LogFault(fault, Server);
        }
    }

    private void Deliver(in ControlMessage message)
    {
        switch (ServerMessage.KindOf(message))
        {
            case ServerMessageKind.Sip:
                SignOfLife();
                var sip = new SipEvent(message);
                if (sip.IsComplete) _traffic.OnSip(this, sip);
                else LogIncomplete(Server);
                break;
            case ServerMessageKind.Reply:
                var reply = new ControlReply(message);
                if (reply.CommandId is [(byte)'~', var kind, ..])
                {
                    OwnReply(kind, reply);
                    return;
                }

                SignOfLife();
                _traffic.OnReply(this, reply);
                break;
            case ServerMessageKind.CdrAttempt or ServerMessageKind.CdrStart or ServerMessageKind.CdrStop:
                SignOfLife();
                _traffic.OnCdr(this, new CdrEvent(message));
                break;
            default:
                SignOfLife();
                DeliverExtension(message);
                break;
        }
    }

    private void DeliverExtension(in ControlMessage message)
    {
        switch (ServerMessage.KindOf(message))
        {
            case ServerMessageKind.Adopt: _traffic.OnAdopt(this, new AdoptEvent(message)); break;
            case ServerMessageKind.State: _traffic.OnState(this, new StateEvent(message)); break;
            case ServerMessageKind.Gone: _traffic.OnGone(this, new GoneEvent(message)); break;
            case ServerMessageKind.Ask: _traffic.OnAsk(this, new AskEvent(message)); break;
        }
    }

    private void OwnReply(byte kind, in ControlReply reply)
    {
        if (!Utf8Parser.TryParse(reply.CommandId[2..], out long number, out _)) return;
        if (kind == 'p')
        {
            // An answer to a ping that was never sent, or was given up, proves nothing.
            if (number >= Volatile.Read(ref _lastPing) && number <= Volatile.Read(ref _command)) SignOfLife();
            return;
        }

        SignOfLife();
        if (kind == 'r') _owner.Tell(new ConnectionNews.RouteAnswered(this, number), ActorRefs.NoSender);
    }

    private void Prove(in ControlMessage message)
    {
        if (ServerMessage.KindOf(message) != ServerMessageKind.Reply) return;
        var reply = new ControlReply(message);
        if (!reply.CommandId.SequenceEqual("~a"u8)) return;
        if (reply.Verdict != ReplyVerdict.Ok)
        {
            _refusal = "The server does not accept us: " + Encoding.UTF8.GetString(reply.Text);
            Close(_refusal);
            return;
        }

        var version = Encoding.UTF8.GetString(reply.Version);
        var granted = reply.Extensions;
        if (granted.IsGranted) (Run, Features) = (Encoding.UTF8.GetString(granted.Server), granted.Features);
        var up = new ServerUp(Server, Split(reply.HostPorts), version, Split(reply.LocalHostPorts)) { ServerId = Run, Features = Features };
        _answersPings = ServerVersion.AnswersPings(version);
        _state = Up;
        _traffic.OnUp(this, up);
        _owner.Tell(new ConnectionNews.Up(this, up), ActorRefs.NoSender);
    }

    private void SignOfLife() => Volatile.Write(ref _alive, 1);

    private void Guarded(string reason, Action<ServerConnection, string> call)
    {
        try
        {
            call(this, reason);
        }
        catch (Exception fault)
        {
            LogFault(fault, Server);
        }
    }

    private static ReadOnlySpan<byte> Id(Span<byte> text, byte kind, long number)
    {
        (text[0], text[1]) = ((byte)'~', kind);
        Utf8Formatter.TryFormat(number, text[2..], out var digits);
        return text[..(2 + digits)];
    }

    private static ImmutableArray<string> Split(ReadOnlySpan<byte> list) =>
        [.. Encoding.UTF8.GetString(list).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static ArrayBufferWriter<byte> Frame()
    {
        var frame = t_frame ??= new ArrayBufferWriter<byte>(256);
        frame.ResetWrittenCount();
        return frame;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a frame of server {Server} could not be handled; this is a defect, please report it")]
    private partial void LogFault(Exception exception, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "server {Server} sent a SIP event with too few tokens; it is ignored")]
    private partial void LogIncomplete(string server);
}
