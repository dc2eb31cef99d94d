using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Benchmarks.Calls;

/// <summary>How the node is put together.</summary>
/// <param name="Ledger">Where living calls are kept: off, or sqlite.</param>
/// <param name="IsSplit">Whether server and runtime are two processes.</param>
internal readonly record struct NodeKind(string Ledger, bool IsSplit);

/// <summary>The node with its PBX: every call is an actor. <c>echo</c> answers, <c>busy</c> rejects, and <c>bob</c>, who is registered, is reached over a bridge.</summary>
internal sealed class NodeContender(string name, string directory, NodeKind kind, CallActorsOptions options) : Contender(name, directory)
{
    private readonly int _sipPort = LoopbackPort.Free();
    private RunningProgram? _server;

    public override RunningProgram? Server => _server;

    public override bool Plays(Scenario scenario) => true;

    public override int SipPort(Scenario scenario) => _sipPort;

    public override string CalledUser(Scenario scenario) => scenario.Name switch
    {
        "answered" => "echo",
        "rejected" => "busy",
        _ => "bob",
    };

    public override void Start(IReadOnlyList<Scenario> scenarios)
    {
        var control = LoopbackPort.Free();
        var port = control.ToString(CultureInfo.InvariantCulture);
        string[] common = ["--contact", $"sip:127.0.0.1:{_sipPort};transport=udp", "--port", port, "--address", "127.0.0.1", "--secret", "benchmark", "--noconfig", "--loglevel", "error"];
        string[] keeping = ["--ledger", kind.Ledger];
        _server = Run("server", ["dotnet", options.Server, .. kind.IsSplit ? ["serve"] : keeping, .. common], options.Environment);
        _server.WaitForTcp(control, TimeSpan.FromSeconds(30));
        if (kind.IsSplit) Run("runtime", ["dotnet", options.Server, "run", "--server", "127.0.0.1:" + port, "--secret", "benchmark", .. keeping], options.Environment);
        Thread.Sleep(4000);
        if (Programs.FirstOrDefault(program => program.HasEnded) is { } ended) throw new UsageException($"A program of '{Name}' ended:\n{ended.Tail()}");
        if (scenarios.FirstOrDefault(scenario => scenario.Name == "bridged") is { } bridged) Register("bob", RunCallee(bridged));
    }

    // One REGISTER over a socket of its own; the binding outlives it.
    private void Register(string user, int at)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var local = (IPEndPoint)socket.Client.LocalEndPoint!;
        var text = $"REGISTER sip:127.0.0.1:{_sipPort} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{local.Port};rport\r\nMax-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag=r\r\nTo: <sip:{user}@127.0.0.1>\r\n"
            + $"Call-ID: register-{local.Port}\r\nCSeq: 1 REGISTER\r\nContact: <sip:{user}@127.0.0.1:{at}>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n";
        socket.Client.ReceiveTimeout = 5000;
        socket.Send(Encoding.ASCII.GetBytes(text), new IPEndPoint(IPAddress.Loopback, _sipPort));
        var from = new IPEndPoint(IPAddress.Any, 0);
        for (var tries = 0; tries < 3; tries++)
        {
            var answer = Encoding.ASCII.GetString(socket.Receive(ref from));
            if (answer.StartsWith("SIP/2.0 200", StringComparison.Ordinal)) return;
            if (!answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal)) throw new UsageException($"'{Name}' does not register {user}: {answer.Split('\r')[0]}");
        }
    }
}
