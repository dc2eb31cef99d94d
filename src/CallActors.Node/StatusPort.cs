using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace CallActors.Node;

/// <summary>A port on loopback that answers each connection with one line of JSON, what the server holds and has done, and closes it.</summary>
internal sealed class StatusPort : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly INodePart _server;
    private readonly Task _accepting;

    /// <param name="port">The port; 0 for one of the system's choice.</param>
    /// <param name="server">Whose counters are shown.</param>
    /// <exception cref="IOException">The port cannot be bound.</exception>
    public StatusPort(int port, INodePart server)
    {
        _server = server;
        _listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException refused)
        {
            _listener.Dispose();
            throw new IOException($"the status port 127.0.0.1:{port} cannot be bound ({refused.Message}); choose another --status-port", refused);
        }
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Local => (IPEndPoint)_listener.LocalEndpoint;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
                // A line fits the socket's buffer, so this never waits for a client that does not read.
                await client.Client.SendAsync(Line()).ConfigureAwait(false);
            }
            catch (InvalidOperationException)
            {
                // Disposed, or about to be: it listens no longer.
                return;
            }
            catch (SocketException) when (!_listener.Server.IsBound)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone; the next one is served.
            }
        }
    }

    private byte[] Line()
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            foreach (var (name, count) in _server.Holding) json.WriteNumber(name, count);
            json.WriteStartObject("totals");
            foreach (var (name, count) in _server.Totals) json.WriteNumber(name, count);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        return line.ToArray();
    }
}
