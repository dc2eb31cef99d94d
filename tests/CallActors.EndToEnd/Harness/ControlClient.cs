using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.EndToEnd.Harness;

/// <summary>A bare connection to the control port, for frames that the library would never send.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];
    private readonly MemoryStream _read = new();

    private ControlClient(Socket socket) => _socket = socket;

    internal bool IsClosed { get; private set; }

    internal Socket Socket => _socket;

    internal static async Task<ControlClient> ConnectAsync(IPEndPoint server)
    {
        var client = new ControlClient(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        await client._socket.ConnectAsync(server);
        return client;
    }

    /// <summary>The next connection that the server makes.</summary>
    internal static async Task<ControlClient> AcceptAsync(TcpListener listener)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return new ControlClient(await listener.AcceptSocketAsync(limit.Token));
    }

    /// <summary>Connects and authenticates, with the right secret unless given another.</summary>
    internal static async Task<ControlClient> AuthenticateAsync(IPEndPoint server, params string[] routes)
    {
        var client = await ConnectAsync(server);
        await client.SendAsync($"auth|authenticate|{ServerOptions.Secret}|");
        Assert.Contains("|response|auth|OK|", await client.ReceiveAsync() ?? "", StringComparison.Ordinal);
        foreach (var route in routes)
        {
            await client.SendAsync($"r-{route}|route|{route}");
            Assert.EndsWith($"|response|r-{route}|OK", await client.ReceiveAsync() ?? "", StringComparison.Ordinal);
        }

        return client;
    }

    /// <summary>One frame: its length is counted here.</summary>
    internal Task SendAsync(string payload) => SendBytesAsync(Frame(payload));

    internal static byte[] Frame(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return [.. Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + "#"), .. bytes];
    }

    /// <summary>Bytes as they are; a connection that is gone is no error.</summary>
    internal async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await _socket.SendAsync(bytes)..];
        }
        catch (SocketException)
        {
            IsClosed = true;
        }
    }

    internal Task SendBytesAsync(string bytes) => SendBytesAsync(Encoding.Latin1.GetBytes(bytes));

    /// <summary>The next frame's payload; null when the server closed or nothing came in time.</summary>
    internal async Task<string?> ReceiveAsync(int milliseconds = 5000)
    {
        using var limit = new CancellationTokenSource(milliseconds);
        while (true)
        {
            if (TakeFrame() is { } payload)
                return payload;
            if (IsClosed || !await FillAsync(limit.Token))
                return null;
        }
    }

    /// <summary>True when the server closes in time; frames that still come are thrown away.</summary>
    internal async Task<bool> IsClosedWithinAsync(int milliseconds)
    {
        using var limit = new CancellationTokenSource(milliseconds);
        while (!IsClosed)
        {
            if (!await FillAsync(limit.Token))
                return IsClosed;
            _read.SetLength(0);
        }

        return true;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _read.Dispose();
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        try
        {
            var count = await _socket.ReceiveAsync(_buffer, cancel);
            _read.Write(_buffer, 0, count);
            IsClosed = count == 0;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (SocketException)
        {
            IsClosed = true;
            return true;
        }
    }

    private string? TakeFrame()
    {
        var bytes = _read.GetBuffer().AsSpan(0, (int)_read.Length);
        var mark = bytes.IndexOf((byte)'#');
        if (mark < 0 || !int.TryParse(bytes[..mark], CultureInfo.InvariantCulture, out var length) || bytes.Length < mark + 1 + length)
            return null;
        var payload = Encoding.UTF8.GetString(bytes.Slice(mark + 1, length));
        var rest = bytes[(mark + 1 + length)..].ToArray();
        _read.SetLength(0);
        _read.Write(rest);
        return payload;
    }
}
