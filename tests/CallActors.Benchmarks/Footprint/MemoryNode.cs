using System.Net;
using Akka.Actor;
using CallActors.Connections;
using CallActors.Hosting;
using CallActors.Ledger;
using CallActors.Net;
using CallActors.Server;
using CallActors.Server.Configuration;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Benchmarks.Footprint;

/// <summary>
/// Server and runtime in one process, on a network in memory and in virtual time: everything happens on the calling thread, so its allocations and its CPU time are
/// those of the calls, whatever else the machine does. What plays the phones sends prepared bytes.
/// </summary>
internal sealed class MemoryNode : IDatagramReceiver, IDisposable
{
    // Longer than any transaction stays after its last message (64·T1), with the timer's grain.
    private static readonly TimeSpan s_transactionsGone = TimeSpan.FromSeconds(40);

    // Each way takes a millisecond.
    private static readonly TimeSpan s_thereAndBack = TimeSpan.FromMilliseconds(3);

    private static readonly IPAddress s_server = IPAddress.Parse("10.0.0.1"), s_phone = IPAddress.Parse("10.0.0.2");

    private readonly VirtualTime _time = new();
    private readonly VirtualLoop _loop = new();
    private readonly VirtualActors _actors;
    private readonly ActorSystem _system;
    private readonly CallSystem _calls;
    private readonly IDatagramSocket _phone;
    private readonly NetAddress _to = NetAddress.Of(s_server, 5060);
    private byte[] _last = new byte[2048];
    private int _lastLength;

    public MemoryNode(bool extensions = true)
    {
        _actors = new VirtualActors(_time, _loop);
        var network = new MemoryNetwork(1, _time);
        if (!ContactOptions.TryParse($"sip:{s_server}:5060;transport=udp", out var contact, out var fault)) throw new InvalidOperationException(fault);
        var options = new ServerOptions { Contacts = [contact], Admin = new AdminOptions { Address = s_server.ToString(), TcpPort = 9022, Secret = "benchmark" }, Limits = new LimitOptions { Partitions = 1 } };
        var server = new SignallingServer(options, network.At(s_server), _time, NullLoggerFactory.Instance, 1);
        server.StartAsync().GetAwaiter().GetResult();
        _phone = network.At(s_phone).OpenDatagram(new IPEndPoint(s_phone, 5060), new DatagramOptions(), this);

        _system = _actors.Start("benchmark");
        var routes = new CallRoutes().Invite<Rejects>(request => request.Called == "busy").Invite<Answers>();
        var own = new SignallingServerOptions { Name = "here", Secret = "benchmark", HeartbeatInterval = TimeSpan.Zero, Extensions = extensions, InProcess = server.AcceptControl };
        var services = new ServiceCollection().BuildServiceProvider();
        // With a ledger from the start: a server in the same process is asked to keep calls only then.
        _calls = CallSystem.StartAsync(
            _system, static (system, props, counts, _) => Task.FromResult(CallHome.OnThisNode(system, props, counts) with { Ledger = new Forgetful() }),
            new CallActorsOptions { Servers = [own] }, routes, services, network.At(s_server), _time, NullLoggerFactory.Instance).GetAwaiter().GetResult();
        Run(TimeSpan.FromSeconds(1));
        if (_calls.States.Values.FirstOrDefault() is not ServerUp) throw new InvalidOperationException("The runtime does not reach the server.");
    }

    /// <summary>How many calls live.</summary>
    public int Living => _calls.Runtime.Directory.Count;

    /// <summary>Sends a message to the server and waits for what comes of it.</summary>
    public void Send(ReadOnlySpan<byte> message)
    {
        _phone.Send(message, _to);
        Run(s_thereAndBack);
    }

    /// <summary>The server's last message.</summary>
    public ReadOnlySpan<byte> Last => _last.AsSpan(0, _lastLength);

    /// <summary>Lets all transactions come to their end.</summary>
    public void Rest() => Run(s_transactionsGone);

    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
    {
        if (datagram.Length > _last.Length) _last = new byte[datagram.Length];
        datagram.CopyTo(_last);
        _lastLength = datagram.Length;
    }

    public void OnBatchEnd(IDatagramSocket socket)
    {
    }

    public void Dispose()
    {
        _actors.End(_system);
        _actors.Dispose();
    }

    private void Run(TimeSpan duration)
    {
        var until = _time.Now + duration;
        _loop.Run();
        while (_time.Step(until - _time.Now)) _loop.Run();
    }

    private sealed class Rejects : CallActor
    {
        protected override Task OnInvite(IncomingCall call) => call.Reject(486);
    }

    private sealed class Answers : CallActor
    {
        protected override async Task OnInvite(IncomingCall call) => await call.Answer(call.Offer);
    }

    // Takes what a ledger is told and writes nothing: the calls make their snapshots.
    private sealed class Forgetful : ILedger
    {
        public void Living(CallSnapshot snapshot)
        {
        }

        public void Ended(CallKey key)
        {
        }

        public Task Written(CallKey key) => Task.CompletedTask;
    }
}
