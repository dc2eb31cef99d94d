using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Connections;

/// <summary>One attempt to connect to a server, and the connection that came of it. Ending the attempt ends both, whichever stage it has reached.</summary>
internal sealed class ServerDial(SignallingServerOptions options, INetwork network, TimeProvider time, IControlTraffic traffic, IActorRef owner, ILogger logger)
    : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private volatile ServerConnection? _connection;

    /// <summary>The connection, once there is one.</summary>
    public ServerConnection? Connection => _connection;

    /// <summary>Connects and says the secret.</summary>
    /// <returns>Why it could not; null when it could, and then the connection tells its owner how it goes on.</returns>
    public async Task<string?> RunAsync()
    {
        var streams = ConnectionTerms.Streams(options.MaxFrame, options.MaxBacklog, null, Fault) with { ConnectTimeout = options.ConnectTimeout, HasOwnThread = true };
        if (options.InProcess is { } server)
        {
            StreamPipe.Create(Accept, server, streams);
            return null;
        }

        // The limit is ours too: a name may be as slow to resolve as a host to answer.
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancel.Token, limit.Token);
        try
        {
            return await ConnectAsync(streams with { Tls = Tls() }, either.Token).ConfigureAwait(false);
        }
        catch (Exception loss) when (loss is SocketException or IOException or AuthenticationException or OperationCanceledException or TimeoutException)
        {
            return loss is OperationCanceledException ? "No answer in time" : loss.Message;
        }
    }

    /// <summary>Gives the attempt up, or closes its connection.</summary>
    public void End(string reason)
    {
        _cancel.Cancel();
        _connection?.Close(reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _cancel.Dispose();

    private async Task<string?> ConnectAsync(StreamOptions streams, CancellationToken cancel)
    {
        var addresses = IPAddress.TryParse(options.Host, out var literal) ? [literal] : await network.ResolveAsync(options.Host, cancel).ConfigureAwait(false);
        if (addresses.Length == 0) return $"The host name {options.Host} is unknown";
        for (var at = 0; ; at++)
        {
            try
            {
                await network.ConnectAsync(
                    NetAddress.Of(addresses[at], options.Port), options.Tls is null ? NetProtocol.Tcp : NetProtocol.Tls, streams, Accept, cancel).ConfigureAwait(false);
                return null;
            }
            catch (Exception loss) when (at < addresses.Length - 1 && loss is SocketException or IOException or AuthenticationException)
            {
                // The next address may answer.
            }
        }
    }

    private ServerConnection Accept(IStreamConnection stream)
    {
        var connection = new ServerConnection(stream, options.Name, ConnectionTerms.Of(options), owner, traffic, logger);
        _connection = connection;
        // Whoever gives up cancels first and looks for a connection then; so one of the two sees the other.
        if (_cancel.IsCancellationRequested) connection.Close("Given up");
        else connection.Authenticate();
        return connection;
    }

    // Without a name asked for, verification takes the address; a server that was configured by its name has a certificate for that.
    private TlsOptions? Tls() =>
        options.Tls is { ServerName: null } tls && !IPAddress.TryParse(options.Host, out _) ? tls with { ServerName = options.Host } : options.Tls;

    private void Fault(Exception fault) => ConnectionLog.Fault(logger, fault, options.Name);
}
