using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Connections;

/// <summary>Lets signalling servers connect to us, one connection for each call, and looks after those connections.</summary>
/// <remarks>
/// The secret is ours to say, so only listed addresses hear it; who does not answer it in time is closed. A connection is told to
/// <see cref="IControlTraffic"/> like any other, with <see cref="ServerConnection.IsOutbound"/> set; no method is asked for on it.
/// </remarks>
internal sealed class ControlListener : UntypedActor, IWithTimers, IDisposable
{
    private readonly ListenOptions _options;
    private readonly INetwork _network;
    private readonly IControlTraffic _traffic;
    private readonly ILogger _logger;
    private readonly Action<ServerState> _changed;
    private readonly ConnectionTerms _terms;
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationToken _stopped;
    private readonly HashSet<ServerConnection> _connections = [];
    private Task<IStreamListener>? _binding;
    private int _failures;

    public ControlListener(ListenOptions options, INetwork network, IControlTraffic traffic, ILogger logger, Action<ServerState> changed)
    {
        (_options, _network, _traffic, _logger, _changed) = (options, network, traffic, logger, changed);
        _stopped = _cancel.Token;
        _terms = ConnectionTerms.Of(options);
    }

    private sealed record Accepted(ServerConnection Connection);

    private sealed record Bound(NetAddress Local);

    private sealed record NotBound(string Reason);

    private sealed record Late(ServerConnection Connection);

    private sealed record Bind
    {
        public static readonly Bind Now = new();
    }

    private sealed record Beat
    {
        public static readonly Beat Now = new();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor for one address.</summary>
    /// <param name="options">Where to listen, and for whom.</param>
    /// <param name="network">What to listen with.</param>
    /// <param name="traffic">Who hears what the servers say.</param>
    /// <param name="logger">Where log lines go.</param>
    /// <param name="changed">Told of every state too, within the actor.</param>
    public static Props PropsFor(ListenOptions options, INetwork network, IControlTraffic traffic, ILogger logger, Action<ServerState>? changed = null) =>
        Props.Create<ControlListener>(options, network, traffic, logger, changed ?? (static _ => { }));

    protected override void PreStart()
    {
        if (_options.HeartbeatInterval > TimeSpan.Zero) Timers.StartPeriodicTimer(nameof(Beat), Beat.Now, _options.HeartbeatInterval);
        Listen();
    }

    protected override void PostStop()
    {
        _cancel.Cancel();
        if (_binding is not null) _ = ReleaseAsync(_binding);
        foreach (var connection in _connections) connection.Close("The application stops");
        Dispose();
    }

    public void Dispose() => _cancel.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accepted accepted: Begin(accepted.Connection); break;
            case ConnectionNews.Up up: Proven(up); break;
            case ConnectionNews.Lost lost: Forget(lost); break;
            case Late late: late.Connection.Abort("No answer to our secret in time"); break;
            case Beat: foreach (var connection in _connections) connection.Beat(); break;
            case Bind: Listen(); break;
            case Bound bound: Announce(bound.Local); break;
            case NotBound failure: Fail(failure.Reason); break;
            default: Unhandled(message); break;
        }
    }

    private void Listen()
    {
        _binding = BindAsync(Self);
        _binding.PipeTo(Self, success: listener => new Bound(listener.Local), failure: fault => new NotBound(fault.Message));
    }

    private async Task<IStreamListener> BindAsync(IActorRef self)
    {
        var addresses = IPAddress.TryParse(_options.Host, out var literal) ? [literal] : await _network.ResolveAsync(_options.Host, _stopped).ConfigureAwait(false);
        if (addresses.Length == 0) throw new IOException($"the host name {_options.Host} is unknown");
        var streams = ConnectionTerms.Streams(_options.MaxFrame, _options.MaxBacklog, _options.Tls, Fault) with { MaxConnections = _options.MaxConnections };
        var protocol = _options.Tls is null ? NetProtocol.Tcp : NetProtocol.Tls;
        return await _network.ListenAsync(new IPEndPoint(addresses[0], _options.Port), protocol, streams, stream => Accept(stream, self), _stopped).ConfigureAwait(false);
    }

    // On the network's threads, several at once.
    private IStreamReceiver Accept(IStreamConnection stream, IActorRef self)
    {
        if (_stopped.IsCancellationRequested || !_options.Allows(stream.Remote.Ip))
        {
            ConnectionMetrics.TurnedAway(_options.Name);
            ConnectionLog.TurnedAway(_logger, _options.Name, stream.Remote.Ip);
            stream.Abort("Not an allowed peer");
            return TurnedAway.Instance;
        }

        var connection = new ServerConnection(stream, stream.Remote.ToString(), _terms, self, _traffic, _logger);
        self.Tell(new Accepted(connection), ActorRefs.NoSender);
        connection.Authenticate();
        // Whoever stops closes the connections that were told of before; so one of the two sees this one.
        if (_stopped.IsCancellationRequested) connection.Close("The application stops");
        return connection;
    }

    private void Begin(ServerConnection connection)
    {
        _connections.Add(connection);
        Timers.StartSingleTimer(connection, new Late(connection), _options.AuthenticateTimeout);
    }

    private void Proven(ConnectionNews.Up up)
    {
        Timers.Cancel(up.Connection);
        ConnectionMetrics.Up(_options.Name);
    }

    private void Forget(ConnectionNews.Lost lost)
    {
        Timers.Cancel(lost.Connection);
        _connections.Remove(lost.Connection);
        ConnectionMetrics.Lost(_options.Name, lost.Kind);
        if (lost.Kind != LossKind.Lost) ConnectionLog.Unproven(_logger, _options.Name, lost.Connection.Remote, lost.Reason);
    }

    private void Announce(NetAddress local)
    {
        _failures = 0;
        ConnectionLog.Listening(_logger, _options.Name, local);
        Publish(new ServerListening(_options.Name, local));
    }

    private void Fail(string reason)
    {
        var wait = _options.BackOff.Delay(++_failures, Random.Shared.NextDouble());
        Timers.StartSingleTimer(nameof(Bind), Bind.Now, wait);
        if (_failures == 1) ConnectionLog.CannotListen(_logger, _options.Name, _options.Host, _options.Port, reason);
        Publish(new ServerDown(_options.Name, reason, wait));
    }

    private void Publish(ServerState state)
    {
        Context.System.EventStream.Publish(state);
        _changed(state);
    }

    private void Fault(Exception fault) => ConnectionLog.Fault(_logger, fault, _options.Name);

    // The address may only be bound by the time nobody wants it any more.
    private static async Task ReleaseAsync(Task<IStreamListener> binding)
    {
        try
        {
            await (await binding.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or IOException or OperationCanceledException)
        {
            // Never bound.
        }
    }

    private sealed class TurnedAway : IStreamReceiver
    {
        public static readonly TurnedAway Instance = new();

        public int OnBytes(ReadOnlySpan<byte> buffered) => buffered.Length;

        public void OnBatchEnd()
        {
        }

        public void OnClosed(string? reason)
        {
        }
    }
}
