using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace CallActors.EndToEnd.Harness;

/// <summary>A real softphone: baresip without a screen. It plays a tone, and does what it is told over its control port.</summary>
internal sealed class Softphone : IAsyncDisposable
{
    private const int SamplesPerSecond = 8000;

    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-baresip-").FullName;
    private readonly ConcurrentQueue<JsonNode> _events = new();
    private readonly ChildProcess _process;
    private readonly int _control = Ports.Free();
    private TcpClient? _client;
    private Task _reading = Task.CompletedTask;

    private Softphone(string user, int registrar, string password)
    {
        User = user;
        // Baresip takes the port above its own for TLS, whether or not it is used; it has no player that needs no sound card.
        var port = Ports.Free();
        WriteTone(PathOf("tone.wav"));
        File.WriteAllText(PathOf("config"), $"""
            sip_listen 127.0.0.1:{port}
            sip_transports udp
            call_local_timeout 30
            audio_source aufile,{PathOf("tone.wav")}
            module_path /usr/lib/baresip/modules
            module g711.so
            module aufile.so
            module_tmp account.so
            module_app menu.so
            module_app ctrl_tcp.so
            ctrl_tcp_listen 127.0.0.1:{_control}

            """);
        File.WriteAllText(PathOf("accounts"), $"<sip:{user}@127.0.0.1:{registrar}>;auth_pass={password};answermode=auto;regint=300;audio_codecs=PCMU\n");
        File.WriteAllText(PathOf("contacts"), "");
        _process = new ChildProcess("baresip", ["-4", "-v", "-f", _folder]);
    }

    internal string User { get; }

    /// <summary>Starts one and waits until it has registered.</summary>
    internal static async Task<Softphone> StartAsync(string user, int registrar, string password = "none")
    {
        var phone = new Softphone(user, registrar, password);
        for (var tries = 0; tries < 500 && !phone._process.HasExited; tries++)
        {
            // The control port opens with the modules, and what happened before is in no event.
            if (phone._client is null) await phone.TryConnectAsync();
            if (phone._process.LastLines.Any(line => line.Contains("200 OK", StringComparison.Ordinal) && line.Contains("binding", StringComparison.Ordinal)) && phone._client is not null) return phone;
            await Task.Delay(20);
        }

        var said = phone.Describe();
        await phone.DisposeAsync();
        throw new InvalidOperationException($"{user}'s phone did not register.\n{said}");
    }

    /// <summary>Gives it a command of its menu, such as <c>dial</c>.</summary>
    internal async Task CommandAsync(string command, string parameters = "")
    {
        var json = new JsonObject { ["command"] = command, ["params"] = parameters, ["token"] = "t" }.ToJsonString();
        var frame = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(json)}:{json},"));
        await _client!.GetStream().WriteAsync(frame);
    }

    /// <summary>Waits for an event, such as CALL_ESTABLISHED; false when it does not come.</summary>
    internal async Task<bool> HasEventAsync(string type, string? about = null)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if (_events.Any(seen => seen["type"]?.GetValue<string>() == type && (about is null || seen.ToJsonString().Contains(about, StringComparison.Ordinal)))) return true;
            await Task.Delay(20);
        }

        return false;
    }

    /// <summary>For a failed test.</summary>
    internal string Describe() =>
        $"{User}'s phone\n{string.Concat(_events.Select(seen => $"    {seen["type"]} {seen["param"]}\n"))}{string.Concat(_process.LastLines.TakeLast(60).Select(line => $"    {line}\n"))}";

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _process.Send(ChildProcess.Signal.Terminate);
        await _process.WaitForExitAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
        await _reading;
        Directory.Delete(_folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private async Task TryConnectAsync()
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", _control);
            _client = client;
            _reading = ReadAsync(client.GetStream());
        }
        catch (SocketException)
        {
            client.Dispose();
        }
    }

    // Netstrings: the length, a colon, the text, a comma.
    private async Task ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                bytes.AddRange(buffer.AsSpan(0, count));
                for (var colon = bytes.IndexOf((byte)':'); colon > 0; colon = bytes.IndexOf((byte)':'))
                {
                    var length = int.Parse(Encoding.ASCII.GetString([.. bytes[..colon]]), CultureInfo.InvariantCulture);
                    if (bytes.Count < colon + length + 2) break;
                    _events.Enqueue(JsonNode.Parse(Encoding.UTF8.GetString([.. bytes.GetRange(colon + 1, length)]))!);
                    bytes.RemoveRange(0, colon + length + 2);
                }
            }
        }
        catch (Exception over) when (over is IOException or ObjectDisposedException or SocketException)
        {
            // The phone has gone, or the test has.
        }
    }

    // A minute of 440 Hz, 16 bits, one channel.
    private static void WriteTone(string path)
    {
        const int samples = SamplesPerSecond * 60;
        using var file = new BinaryWriter(File.Create(path));
        file.Write("RIFF"u8);
        file.Write(36 + (samples * 2));
        file.Write("WAVEfmt "u8);
        file.Write(16);
        file.Write((short)1);
        file.Write((short)1);
        file.Write(SamplesPerSecond);
        file.Write(SamplesPerSecond * 2);
        file.Write((short)2);
        file.Write((short)16);
        file.Write("data"u8);
        file.Write(samples * 2);
        for (var at = 0; at < samples; at++) file.Write((short)(8000 * Math.Sin(2 * Math.PI * 440 * at / SamplesPerSecond)));
    }
}
