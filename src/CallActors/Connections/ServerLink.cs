using Akka.Actor;
using CallActors.Control;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Connections;

/// <summary>Keeps one signalling server connected: dials, proves itself, asks for its methods, pings, and begins again when it is lost.</summary>
/// <remarks>Several may run at once, one for each server. Frames do not pass through here; see <see cref="IControlTraffic"/>.</remarks>
internal sealed class ServerLink : UntypedActor, IWithTimers, IDisposable
{
    private static readonly TimeSpan s_watchedBeat = TimeSpan.FromSeconds(1);

    private readonly SignallingServerOptions _options;
    private readonly INetwork _network;
    private readonly TimeProvider _time;
    private readonly IControlTraffic _traffic;
    private readonly ILogger _logger;
    private readonly Action<ServerState> _changed;

    // In the order they were first asked for, so that every reconnection says the same.
    private readonly List<string> _methods = [];
    private ServerDial? _dial;
    private ConnectionNews.Up? _proven;
    private long _lastRoute;
    private bool _isUp;
    private int _failures;
    private LossKind? _logged;

    public ServerLink(
        SignallingServerOptions options,
        INetwork network,
        TimeProvider time,
        IControlTraffic traffic,
        IReadOnlyList<string> methods,
        ILogger logger,
        Action<ServerState> changed)
    {
        (_options, _network, _time, _traffic, _logger, _changed) = (options, network, time, traffic, logger, changed);
        foreach (var method in methods) Add(method);
    }

    /// <summary>Asks for a method's requests, now and after every reconnection. One that is asked for already costs no frame.</summary>
    public sealed record Subscribe(string Method);

    /// <summary>Asks for a method's requests no longer; the others stay.</summary>
    public sealed record Unsubscribe(string Method);

    /// <summary>Ends the connection and dials no more.</summary>
    public sealed record Disconnect(string Reason);

    private sealed record Retry
    {
        public static readonly Retry Now = new();
    }

    private sealed record Beat
    {
        public static readonly Beat Now = new();
    }

    private sealed record Unanswered(ServerDial Dial);

    private sealed record DialEnded(ServerDial Dial, string? Failure);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor for one server.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="network">What to dial with.</param>
    /// <param name="time">Limits an attempt to connect.</param>
    /// <param name="traffic">Who hears what the server says.</param>
    /// <param name="methods">SIP methods and <c>cdr:</c> events to ask for.</param>
    /// <param name="logger">Where log lines go.</param>
    /// <param name="changed">Told of every state too, within the actor.</param>
    public static Props PropsFor(
        SignallingServerOptions options,
        INetwork network,
        TimeProvider time,
        IControlTraffic traffic,
        IReadOnlyList<string> methods,
        ILogger logger,
        Action<ServerState>? changed = null) =>
        Props.Create<ServerLink>(options, network, time, traffic, methods, logger, changed ?? (static _ => { }));

    protected override void PreStart() => Dial();

    protected override void PostStop()
    {
        _dial?.End("The application stops");
        Dispose();
    }

    public void Dispose() => _dial?.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionNews news: Hear(news); break;
            case Beat: _dial?.Connection?.Beat(); break;
            case Subscribe subscribe: Ask(subscribe.Method, wants: true); break;
            case Unsubscribe unsubscribe: Ask(unsubscribe.Method, wants: false); break;
            case Retry: Dial(); break;
            case DialEnded ended: Ended(ended); break;
            case Unanswered late: if (late.Dial == _dial) late.Dial.Connection?.Abort("The server has not answered our secret in time"); break;
            case Disconnect disconnect: Leave(disconnect.Reason); break;
            default: Unhandled(message); break;
        }
    }

    private void Dial()
    {
        if (_dial is not null) return;
        var dial = _dial = new ServerDial(_options, _network, _time, _traffic, Self, _logger);
        dial.RunAsync().PipeTo(Self, success: failure => new DialEnded(dial, failure), failure: fault => new DialEnded(dial, fault.Message));
    }

    private void Ended(DialEnded ended)
    {
        if (ended.Dial != _dial) return;
        if (ended.Failure is { } failure) Fail(failure, LossKind.Unanswered);
        // By now the server may even have answered.
        else if (_proven is null) Timers.StartSingleTimer(nameof(Unanswered), new Unanswered(ended.Dial), _options.ConnectTimeout);
    }

    // News of a connection that was given up is nobody's any more.
    private void Hear(ConnectionNews news)
    {
        if (_dial is null || news.Connection != _dial.Connection) return;
        switch (news)
        {
            case ConnectionNews.Up up: Begin(up); break;
            case ConnectionNews.RouteAnswered answered: if (!_isUp && answered.Command == _lastRoute) Rise(); break;
            case ConnectionNews.Lost lost: Fail(lost.Reason, lost.Kind); break;
        }
    }

    private void Begin(ConnectionNews.Up up)
    {
        _proven = up;
        _failures = 0;
        Timers.Cancel(nameof(Unanswered));
        var beat = _options.HeartbeatInterval;
        // A server that watches us ends a connection from which nothing came for three seconds (docs/control-protocol.md §8.6).
        if (up.State.Features.HasFlag(ExtensionFeatures.Heartbeat) && (beat <= TimeSpan.Zero || beat > s_watchedBeat)) beat = s_watchedBeat;
        if (beat > TimeSpan.Zero) Timers.StartPeriodicTimer(nameof(Beat), Beat.Now, beat);
        foreach (var method in _methods) _lastRoute = up.Connection.Route(method, wants: true);
        up.Connection.Flush();
        if (_methods.Count == 0) Rise();
    }

    // The server answers in order: with the last answer all methods are ours, and who waits for this state may be sent requests.
    private void Rise()
    {
        _isUp = true;
        _logged = null;
        var state = _proven!.State;
        ConnectionMetrics.Up(_options.Name);
        ConnectionLog.Up(_logger, _options.Name, _proven.Connection.Remote, state.Version, state.Contacts);
        Publish(state);
    }

    private void Ask(string method, bool wants)
    {
        var changed = wants ? Add(method) : _methods.Remove(Canonical(method));
        if (!changed || _proven is null) return;
        var command = _proven.Connection.Route(Canonical(method), wants);
        if (wants && !_isUp) _lastRoute = command;
        _proven.Connection.Flush();
    }

    private void Fail(string reason, LossKind kind)
    {
        Forget();
        _failures++;
        var wait = _options.BackOff.Delay(_failures, Random.Shared.NextDouble());
        Timers.StartSingleTimer(nameof(Retry), Retry.Now, wait);
        ConnectionMetrics.Lost(_options.Name, kind);
        if (_logged != kind) Log(reason, kind);
        _logged = kind;
        Publish(new ServerDown(_options.Name, reason, wait));
    }

    private void Leave(string reason)
    {
        Timers.CancelAll();
        _dial?.End(reason);
        Forget();
        Publish(new ServerDown(_options.Name, reason, null));
    }

    private void Forget()
    {
        Timers.Cancel(nameof(Beat));
        Timers.Cancel(nameof(Unanswered));
        _dial?.Dispose();
        _dial = null;
        _proven = null;
        _isUp = false;
    }

    private void Log(string reason, LossKind kind)
    {
        switch (kind)
        {
            case LossKind.Refused: ConnectionLog.Refused(_logger, _options.Name, _options.Host, _options.Port, reason); break;
            case LossKind.Lost: ConnectionLog.Lost(_logger, _options.Name, reason); break;
            default: ConnectionLog.Unreachable(_logger, _options.Name, _options.Host, _options.Port, reason); break;
        }
    }

    private void Publish(ServerState state)
    {
        Context.System.EventStream.Publish(state);
        _changed(state);
    }

    private bool Add(string method)
    {
        var canonical = Canonical(method);
        if (_methods.Contains(canonical)) return false;
        _methods.Add(canonical);
        return true;
    }

    // The protocol's form (specification 1.5.2): drachtio does not find a method that was asked for in capitals.
    private static string Canonical(string method) => method.ToLowerInvariant();
}
