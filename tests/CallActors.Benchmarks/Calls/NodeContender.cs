using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Benchmarks.Calls;

/// <summary>The node with its PBX: every call is an actor. <c>echo</c> answers, <c>busy</c> rejects, and <c>bob</c>, who is registered, is reached over a bridge.</summary>
internal sealed class NodeContender(string name, string directory, NodeKind kind, CallActorsOptions options) : Contender(name, directory)
{
    private const string Runtime = "runtime";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly int _sipPort = LoopbackPort.Free();
    private RunningProgram? _server;

    public override RunningProgram? Server => _server;

    /// <summary>Whether a program of a contender is a runtime beside a server: one of a node's, which counts with it.</summary>
    public static bool IsRuntime(string program) => program.StartsWith(Runtime, StringComparison.Ordinal);

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
        int control = LoopbackPort.Free(), health = LoopbackPort.Free();
        string[] serve = ["--contact", $"sip:127.0.0.1:{_sipPort};transport=udp", "--port", Text(control), "--address", "127.0.0.1", "--secret", "benchmark", "--noconfig", "--loglevel", "error",
            .. kind.HasExtensions ? Array.Empty<string>() : ["--no-extensions"]];
        _server = Run("server", ["dotnet", options.Server, .. kind.Runtimes > 0 ? ["serve"] : Keeping(health), .. serve], options.Environment);
        _server.WaitForTcp(control, TimeSpan.FromSeconds(30));
        if (kind.Runtimes == 0) _server.WaitForHealth(health, s_patience);
        StartRuntimes(control);
        if (scenarios.FirstOrDefault(scenario => scenario.Name == "bridged") is not { } bridged) return;

        // Each node has a phone book of its own, and REGISTERs are offered to the nodes in turn: so many make him known to all.
        var callee = RunCallee(bridged);
        for (var times = 0; times < Math.Max(1, kind.Runtimes); times++) Register("bob", callee);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void StartRuntimes(int control)
    {
        int[] health = [.. Enumerable.Range(0, kind.Runtimes).Select(_ => LoopbackPort.Free())];
        string[] nodes = [.. health.Select(_ => $"127.0.0.1:{LoopbackPort.Free()}")];
        string[] seeds = [.. nodes.SelectMany(node => (string[])["--seed", node])];
        RunningProgram[] runtimes = [.. nodes.Select((node, at) => Run(kind.Runtimes > 1 ? Runtime + Text(at + 1) : Runtime,
            ["dotnet", options.Server, "run", "--server", "127.0.0.1:" + Text(control), "--secret", "benchmark", .. Keeping(health[at]),
                .. kind.IsCluster ? ["--cluster", "--node", "node" + Text(at + 1), "--cluster-listen", node, .. seeds] : Array.Empty<string>()],
            options.Environment))];
        for (var at = 0; at < runtimes.Length; at++) runtimes[at].WaitForHealth(health[at], s_patience);
    }

    // A file of SQLite lies in the folder of its process.
    private string[] Keeping(int health) => ["--ledger", kind.Ledger, "--health-port", Text(health)];

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
