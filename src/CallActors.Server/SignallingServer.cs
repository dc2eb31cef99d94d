using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CallActors.Net;
using CallActors.Server.Applications;
using CallActors.Server.Composition;
using CallActors.Server.Configuration;
using CallActors.Server.Diagnostics;
using CallActors.Server.Partitions;
using CallActors.Server.Routing;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using Microsoft.Extensions.Logging;

namespace CallActors.Server;

/// <summary>
/// The SIP signalling server: binds the transports, then the control port, and serves until it is disposed. Several may live in one process.
/// </summary>
public sealed partial class SignallingServer : IAsyncDisposable
{
    private static readonly TimeSpan s_housekeeping = TimeSpan.FromSeconds(1);

    private readonly ServerOptions _options;
    private readonly INetwork _network;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<IAsyncDisposable> _listeners = [];
    private readonly List<string> _controlEndpoints = [];
    private readonly List<IAsyncDisposable> _timers = [];
    private readonly int? _seed;

    private ServerContext? _context;
    private ControlPort? _control;
    private SipStreams? _streams;
    private Partition[] _partitions = [];
    private long _trims;

    /// <summary>Creates a server; nothing is bound before <see cref="StartAsync"/>.</summary>
    /// <param name="options">What the operator wants, already checked.</param>
    /// <param name="network">The system's sockets, or a network in memory.</param>
    /// <param name="time">The clock and the timers; virtual in tests.</param>
    /// <param name="loggers">Where log lines go.</param>
    /// <param name="seed">Makes tags and branches a function of the seed, for simulation; null draws them from the system.</param>
    public SignallingServer(ServerOptions options, INetwork network, TimeProvider time, ILoggerFactory loggers, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _network = network;
        _time = time;
        _logger = loggers.CreateLogger("CallActors.Server");
        _seed = seed;
    }

    /// <summary>The SIP transports as bound, <c>proto/host:port</c>.</summary>
    public IReadOnlyList<string> SipEndpoints { get; private set; } = [];

    /// <summary>The control port as bound, <c>tcp/host:port</c> or <c>tls/host:port</c>.</summary>
    public IReadOnlyList<string> ControlEndpoints => _controlEndpoints;

    /// <summary>What the server holds at this moment.</summary>
    public ServerCensus Census
    {
        get
        {
            var sum = default(ServerCensus);
            foreach (var partition in _partitions)
            {
                var part = partition.Census();
                sum = new ServerCensus(
                    sum.ServerTransactions + part.ServerTransactions, sum.ClientTransactions + part.ClientTransactions, sum.Dialogs + part.Dialogs,
                    sum.PendingRequests + part.PendingRequests, sum.Proxies + part.Proxies, sum.Timers + part.Timers, 0, 0, 0, 0, sum.Held + part.Held);
            }

            return sum with { Applications = _control?.Count ?? 0, Streams = _streams?.Count ?? 0, Registrations = _context?.Registrations.Count ?? 0, Sessions = _control?.Succession.Count ?? 0 };
        }
    }

    /// <summary>What the server has done since it started.</summary>
    public IReadOnlyDictionary<string, long> Totals => _context is null ? new Dictionary<string, long>() : _context.Counters.ToDictionary();

    /// <summary>Binds every SIP transport and then the control port, so that an application is told a complete list.</summary>
    /// <exception cref="IOException">An address cannot be bound; the message names it and what to do.</exception>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        var counters = new ServerCounters();
        var identity = new SipIdentity(_seed);
        var limits = new SipParserLimits { MaxMessage = _options.Limits.MaxSipMessage };
        var trace = new SipTrace(_logger, _time);
        var streamOptions = new StreamOptions
        {
            MaxBacklog = _options.Limits.MaxStreamBacklog,
            MaxReceiveBuffer = _options.Limits.MaxSipMessage + 64 * 1024,
            IdleTimeout = _options.Limits.IdleStreamTimeout,
            ListenBacklog = _options.ListenBacklog,
            MaxConnections = _options.Limits.MaxStreamConnections,
            ConnectTimeout = _options.Limits.ConnectTimeout,
            OnFault = Fault,
        };

        // The parts know each other in a ring (a stream needs the partitions, they need the streams); it is closed here and nowhere else.
        SipDispatch dispatch = null!;
        SipStreams streams = null!;
        streams = _streams = new SipStreams(_network, streamOptions, (transport, connection) => new SipStream(dispatch, streams, transport, connection, limits, _time));
        var output = new SipOutput(streams, counters, trace);
        _partitions = new Partition[_options.Limits.Partitions];
        dispatch = new SipDispatch(_partitions, output, trace, counters, identity, limits);

        var transports = new SipTransports(await BindAsync(dispatch, streams, streamOptions, cancel).ConfigureAwait(false), _options.LocalDomain);
        SipEndpoints = [.. transports.All.Select(transport => transport.LocalHostPort)];
        var context = _context = Compose(transports, output, counters, identity);
        var machines = new Machines(context.SipTimers);
        var run = (ulong)(_seed ?? RandomNumberGenerator.GetInt32(int.MaxValue)) << 16;
        for (var index = 0; index < _partitions.Length; index++) _partitions[index] = new Partition(index, run, context, machines);

        _control = new ControlPort(context, dispatch, _partitions);
        if (!_options.RequestHandlers.IsEmpty)
            context.Handlers = new RequestHandlers(_options.RequestHandlers, new OutboundConnections(_network, _time, _options.Limits, ControlStreams(), _control.Dialled), _options.Limits, _logger);
        _timers.Add(Ticker.Start(_time, Partition.TickInterval, Tick));
        _timers.Add(_time.CreateTimer(_ => KeepHouse(), null, s_housekeeping, s_housekeeping));
        await OpenControlAsync(_control, cancel).ConfigureAwait(false);
        LogStarted(context.Transports.LocalHostPorts, _controlEndpoints);
    }

    /// <summary>Serves an application whose connection was made elsewhere, such as a <see cref="StreamPipe"/> within the process; the server has started.</summary>
    /// <param name="connection">The server's end.</param>
    /// <returns>Who receives on it.</returns>
    public IStreamReceiver AcceptControl(IStreamConnection connection) =>
        (_control ?? throw new InvalidOperationException("The server has not started.")).Accept(connection);

    /// <summary>Turns new calls away and waits until the living ones are over, at most as long as configured.</summary>
    public async Task DrainAsync(CancellationToken cancel = default)
    {
        if (_context is null) return;
        _context.IsDraining = true;
        var end = _time.GetTimestamp() + (long)(_options.Drain.Timeout.TotalSeconds * _time.TimestampFrequency);
        while (Census is { Dialogs: > 0 } or { PendingRequests: > 0 } && _time.GetTimestamp() < end)
            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancel).ConfigureAwait(false);
    }

    /// <summary>Closes every listener and connection.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var timer in _timers) await timer.DisposeAsync().ConfigureAwait(false);
        _timers.Clear();
        _control?.CloseAll("The server stops");
        (_context?.Handlers as IDisposable)?.Dispose();
        foreach (var listener in Enumerable.Reverse(_listeners)) await listener.DisposeAsync().ConfigureAwait(false);
        _listeners.Clear();
    }

    private ServerContext Compose(SipTransports transports, SipOutput output, ServerCounters counters, SipIdentity identity)
    {
        var rules = new AppHeaderRules(_options.PreserveHeaderNames);
        var routes = new RouteTable<ApplicationConnection>();
        return new ServerContext
        {
            Options = _options,
            Time = _time,
            StartedAt = _time.GetTimestamp(),
            Log = _logger,
            OnFault = Fault,
            SipTimers = new SipTimers(_options.Timers.T1, _options.Timers.T2, _options.Timers.T4, _options.Timers.T1x64, d: _options.Timers.T1x64) { C = _options.Limits.ProceedingTimeout },
            Transports = transports,
            Output = output,
            Addresses = new AddressBook(_network, _time),
            Registrations = new RegisteredFlows(_time, _options.Limits.MaxDialogs),
            Routes = routes,
            Identity = identity,
            Counters = counters,
            Cdrs = new CallRecords(routes, _options.Cdrs),
            HeaderRules = rules,
            NewRequests = new NewRequests(rules, identity, _time),
            Responses = new Responses(rules),
            Forwarded = new ForwardedRequests(rules, identity, transports),
            OutboundProxy = _options.OutboundProxy ?? "",
            Silent = new SilentConnections(_options.TportMaxConsecutiveTimeouts),
            PartitionLimits = PartitionLimits.Of(_options.Limits),
        };
    }

    private async Task<List<SipTransport>> BindAsync(SipDispatch dispatch, SipStreams streams, StreamOptions streamOptions, CancellationToken cancel)
    {
        List<SipTransport> transports = [];
        foreach (var contact in _options.Contacts)
        {
            var samePort = 0;
            List<SipTransport> bound = [];
            foreach (var protocol in InBindingOrder(contact))
            {
                var address = await AddressOf(contact, cancel).ConfigureAwait(false);
                var port = contact.PortOf(protocol);
                try
                {
                    // One port for all transports of a contact, also where the system chooses it.
                    var transport = await BindAsync(contact, protocol, new IPEndPoint(address, port == 0 ? samePort : port), dispatch, streams, streamOptions, cancel).ConfigureAwait(false);
                    bound.Add(transport);
                    if (port == 0) samePort = transport.Local.Port;
                }
                catch (SocketException e)
                {
                    throw new IOException($"Cannot bind {protocol.ToString().ToLowerInvariant()} {address}:{port} of contact {contact.Text}: {e.Message}. Another program may listen there, or the address may not be this machine's; change <contact> or --contact.", e);
                }
            }

            // Named in the order configured, whatever the order of binding.
            foreach (var protocol in contact.Transports) transports.AddRange(bound.Where(transport => transport.Protocol == protocol));
        }

        return transports;
    }

    // A port that the system chooses for a listener may be one of a connection that is being forgotten; for a datagram socket that is no matter.
    private static IEnumerable<NetProtocol> InBindingOrder(ContactOptions contact) =>
        contact.Port == 0 ? contact.Transports.OrderBy(protocol => protocol == NetProtocol.Udp) : contact.Transports;

    private async Task<SipTransport> BindAsync(
        ContactOptions contact, NetProtocol protocol, IPEndPoint endPoint, SipDispatch dispatch, SipStreams streams, StreamOptions streamOptions, CancellationToken cancel)
    {
        var settings = new SipTransportSettings(protocol, contact.IsSips ? "sips" : "sip", contact.User, contact.ExternalIp, contact.LocalNet, contact.DnsNames);
        if (protocol == NetProtocol.Udp)
        {
            var receiver = new LateReceiver();
            var options = new DatagramOptions { ReceiveBufferSize = _options.UdpBufferSize, SendBufferSize = _options.UdpBufferSize, OnFault = Fault };
            var socket = _network.OpenDatagram(endPoint, options, receiver);
            _listeners.Add(socket);
            var udp = new SipTransport(settings, Named(contact, socket.Local)) { Socket = socket };
            receiver.Open(new SipReceiver(dispatch, udp));
            return udp;
        }

        SipTransport? transport = null;
        var opened = new TaskCompletionSource<SipTransport>();
        var listener = await _network.ListenAsync(endPoint, protocol, streamOptions, connection => streams.Accept(transport ?? opened.Task.Result, connection), cancel).ConfigureAwait(false);
        _listeners.Add(listener);
        transport = new SipTransport(settings, Named(contact, listener.Local));
        opened.SetResult(transport);
        return transport;
    }

    private async Task OpenControlAsync(ControlPort control, CancellationToken cancel)
    {
        var options = ControlStreams();
        if (_options.Admin.TcpPort is { } tcp) await OpenControlAsync(control, NetProtocol.Tcp, tcp, options, cancel).ConfigureAwait(false);
        if (_options.Admin.TlsPort is { } tls)
            await OpenControlAsync(control, NetProtocol.Tls, tls, options with { Tls = ServerTls() }, cancel).ConfigureAwait(false);
    }

    // One file may hold everything: then the chain file begins with our own certificate.
    private TlsOptions ServerTls() => new()
    {
        Certificate = new TlsCertificate(
            _options.Tls.CertFile ?? _options.Tls.ChainFile ?? throw new IOException("The TLS control port needs a certificate: give <cert-file> or --cert-file."),
            _options.Tls.KeyFile ?? throw new IOException("The TLS control port needs a private key: give <key-file> or --key-file."),
            _options.Tls.CertFile is null ? null : _options.Tls.ChainFile,
            e => LogCertificate(e.Message),
            _time),
        Protocols = _options.Tls.Protocols,
    };

    private StreamOptions ControlStreams() => new()
    {
        MaxBacklog = _options.Limits.MaxControlBacklog,
        MaxReceiveBuffer = _options.Limits.MaxControlFrame + 64,
        IdleTimeout = TimeSpan.Zero,
        KeepAliveInterval = _options.Admin.TcpKeepAlive,
        ListenBacklog = _options.ListenBacklog,
        MaxConnections = _options.Limits.MaxControlConnections,
        ConnectTimeout = _options.Limits.ConnectTimeout,
        OnFault = Fault,
    };

    private async Task OpenControlAsync(ControlPort control, NetProtocol protocol, int port, StreamOptions options, CancellationToken cancel)
    {
        try
        {
            var address = IPAddress.TryParse(_options.Admin.Address, out var literal) ? literal
                : (await _network.ResolveAsync(_options.Admin.Address, cancel).ConfigureAwait(false)) is [var first, ..] ? first
                : throw new IOException($"The control port's address {_options.Admin.Address} cannot be resolved; change <admin> or --address.");
            var listener = await _network.ListenAsync(new IPEndPoint(address, port), protocol, options, control.Accept, cancel).ConfigureAwait(false);
            _listeners.Add(listener);
            _controlEndpoints.Add($"{protocol.ToString().ToLowerInvariant()}/{listener.Local}");
        }
        catch (SocketException e)
        {
            throw new IOException($"Cannot bind the control port {_options.Admin.Address}:{port}: {e.Message}. Another server may be running; change <admin port> or --port.", e);
        }
    }

    private async Task<IPAddress> AddressOf(ContactOptions contact, CancellationToken cancel)
    {
        if (contact.IsWildcard) return IPAddress.Any;
        if (IPAddress.TryParse(contact.Host, out var literal)) return literal;
        return await _network.ResolveAsync(contact.Host, cancel).ConfigureAwait(false) is [var first, ..] ? first
            : throw new IOException($"The host of contact {contact.Text} cannot be resolved; write an address of this machine.");
    }

    // A wildcard bind goes by the machine's primary address of the family (specification 3.3).
    private static NetAddress Named(ContactOptions contact, NetAddress local) =>
        contact.IsWildcard ? NetAddress.Of(PrimaryAddress.Of(local.Ip.AddressFamily), local.Port) : local;

    private void Tick()
    {
        foreach (var partition in _partitions) partition.Tick();
        _control?.Succession.Tick();
        OutputBatch.Flush();
    }

    private void KeepHouse()
    {
        _control?.EndUnauthenticated(_options.Limits.AuthenticateTimeout);
        _streams?.EndStalled(_options.Limits.PartialMessageTimeout);
        if (++_trims % 30 != 0) return;
        _context?.Registrations.Sweep();
        foreach (var partition in _partitions) partition.Trim();
    }

    private void Fault(Exception exception)
    {
        _context?.Counters.Fault();
        LogFault(exception);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "listening for SIP on {Sip}, for applications on {Control}")]
    private partial void LogStarted(string sip, IEnumerable<string> control);

    [LoggerMessage(Level = LogLevel.Error, Message = "the certificate files have changed and cannot be used, the old certificate stays: {Reason}")]
    private partial void LogCertificate(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "a message could not be handled; this is a defect of the server, please report it")]
    private partial void LogFault(Exception exception);

    // The socket exists before the transport that is named by it: what arrives in between is lost, as before.
    private sealed class LateReceiver : IDatagramReceiver
    {
        private volatile IDatagramReceiver? _receiver;

        public void Open(IDatagramReceiver receiver) => _receiver = receiver;

        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source) => _receiver?.OnDatagram(socket, datagram, source);

        public void OnBatchEnd(IDatagramSocket socket) => _receiver?.OnBatchEnd(socket);
    }
}
