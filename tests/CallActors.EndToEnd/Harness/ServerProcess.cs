using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace CallActors.EndToEnd.Harness;

/// <summary>What a server still holds; <see cref="IsEmpty"/> when every call is over and forgotten.</summary>
internal sealed record ServerStatus(JsonObject Counters)
{
    /// <summary>Everything but the applications' connections counts.</summary>
    internal bool IsEmpty => Left.Length == 0;

    internal string Left => string.Join(", ", Counters
        .Where(counter => counter.Value is JsonValue value && value.TryGetValue(out long number) && number != 0 && counter.Key != "connections")
        .Select(counter => $"{counter.Key} {counter.Value}"));

    /// <summary>Exceptions that should not have been.</summary>
    internal long Faults => Counters["totals"]?["faults"]?.GetValue<long>() ?? 0;

    internal long this[string counter] => Counters[counter]?.GetValue<long>() ?? 0;

    /// <summary>What was done since the start.</summary>
    internal long Total(string counter) => Counters["totals"]?[counter]?.GetValue<long>() ?? 0;
}

/// <summary>A real server: <c>dotnet CallActors.Node.dll</c>, as <c>serve</c> or in another role, on ports that the system chose.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-server-").FullName;
    private readonly ServerOptions _options;
    private readonly ChildProcess _process;
    private IPEndPoint? _status;

    private ServerProcess(ServerOptions options)
    {
        _options = options;
        var configuration = Path.Combine(_folder, "drachtio.conf.xml");
        File.WriteAllText(configuration, options.ToXml());
        string[] arguments =
        [
            Tools.ServerAssembly, .. options.Role, "--file", configuration, "--port", options.ControlPort.ToString(CultureInfo.InvariantCulture), "--address", "127.0.0.1", "--secret", ServerOptions.Secret,
            "--contact", $"sip:{options.Host}:0;transport=udp,tcp", "--ports-file", PortsFile, "--loglevel", options.LogLevel, "--stdout", .. options.More, .. Tools.ServerOptions,
        ];
        string[] command = [.. options.Starter, "dotnet", .. arguments];
        _process = new ChildProcess(command[0], command[1..], folder: _folder, environment: options.Environment, onError: options.OnLine);
    }

    internal IPEndPoint Control { get; private set; } = null!;

    internal IPEndPoint? ControlTls { get; private set; }

    internal IPEndPoint Udp { get; private set; } = null!;

    internal IPEndPoint Tcp { get; private set; } = null!;

    /// <summary>Where health is asked for; null when nowhere.</summary>
    internal Uri? Health { get; private set; }

    internal ChildProcess Process => _process;

    private string PortsFile => Path.Combine(_folder, "ports.json");

    /// <summary>Starts one and waits until it says where it listens.</summary>
    internal static async Task<ServerProcess> StartAsync(ServerOptions options, int tries = 3)
    {
        var server = new ServerProcess(options);
        for (var polls = 0; polls < 2000 && !server._process.HasExited; polls++)
        {
            if (File.Exists(server.PortsFile) && server.ReadPorts())
                return server;
            await Task.Delay(20);
        }

        var said = server.Describe();
        await server.DisposeAsync();

        // One port for UDP and TCP: the system's choice for the one may be in use for the other.
        if (tries > 1 && said.Contains("Address already in use", StringComparison.Ordinal))
            return await StartAsync(options, tries - 1);
        throw new InvalidOperationException($"The server did not start.\n{said}");
    }

    /// <summary>What it holds at this moment.</summary>
    internal async Task<ServerStatus> StatusAsync()
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await client.ConnectAsync(_status!, limit.Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var line = await reader.ReadLineAsync(limit.Token);
        return new ServerStatus(JsonNode.Parse(line!)!.AsObject());
    }

    /// <summary>Waits until nothing is left of the calls that were; false when something stays.</summary>
    internal async Task<ServerStatus> SettleAsync()
    {
        var limit = Environment.TickCount64 + (_options.T1 * 64 * 3) + 4000;
        while (true)
        {
            var status = await StatusAsync();
            if (status.IsEmpty || Environment.TickCount64 > limit)
                return status;
            await Task.Delay(50);
        }
    }

    /// <summary>For a failed test: the end of its log.</summary>
    internal string Describe() =>
        $"server {(_process.HasExited ? $"ended with {_process.ExitCode}" : "")}\n{string.Concat(_process.LastLines.TakeLast(120).Select(line => $"    {line}\n"))}";

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private bool ReadPorts()
    {
        if (JsonNode.Parse(File.ReadAllText(PortsFile)) is not JsonObject ports)
            return false;
        Control = Find(ports["control"]!, "tcp") ?? throw new InvalidOperationException("No control port.");
        ControlTls = Find(ports["control"]!, "tls");
        Udp = Find(ports["sip"]!, "udp") ?? throw new InvalidOperationException("No UDP port.");
        Tcp = Find(ports["sip"]!, "tcp") ?? throw new InvalidOperationException("No TCP port.");
        Health = ports["health"] is { } health ? new Uri(health.GetValue<string>()) : null;
        _status = IPEndPoint.Parse(ports["status"]!.GetValue<string>());
        return true;
    }

    private static IPEndPoint? Find(JsonNode endpoints, string protocol) => endpoints.AsArray()
        .Select(endpoint => endpoint!.GetValue<string>())
        .Where(endpoint => endpoint.StartsWith(protocol + "/", StringComparison.Ordinal))
        .Select(endpoint => IPEndPoint.Parse(endpoint[(protocol.Length + 1)..]))
        .FirstOrDefault();
}
