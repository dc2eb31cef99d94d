using System.Net.Sockets;
using System.Security.Authentication;
using CallActors.Net;
using CallActors.Server.Applications;
using CallActors.Server.Configuration;

namespace CallActors.Server.Routing;

/// <summary>Connections that the server makes to applications, one for each request: specification 1.9, 2.6.</summary>
internal sealed class OutboundConnections(INetwork network, TimeProvider time, LimitOptions limits, StreamOptions options, Func<IStreamConnection, ApplicationConnection> dialled)
{
    /// <summary>
    /// Connects, and waits until the application has proven itself; null when nobody answers at any of its addresses, or the secret is wrong or late.
    /// </summary>
    public async Task<ApplicationConnection?> ConnectAsync(OutboundTarget target, CancellationToken cancel)
    {
        foreach (var address in await ResolveAsync(target.Host, cancel).ConfigureAwait(false))
        {
            var authenticated = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            ApplicationConnection? application = null;
            try
            {
                await network.ConnectAsync(
                    NetAddress.Of(address, target.Port), target.IsTls ? NetProtocol.Tls : NetProtocol.Tcp, options,
                    connection =>
                    {
                        application = dialled(connection);
                        application.OnAuthenticated = (_, isIn) => authenticated.TrySetResult(isIn);
                        return application;
                    },
                    cancel).ConfigureAwait(false);
                if (await authenticated.Task.WaitAsync(limits.AuthenticateTimeout, time, cancel).ConfigureAwait(false)) return application;
                return null;
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException or TimeoutException or OperationCanceledException)
            {
                application?.Close("The request it was made for is gone");
                if (cancel.IsCancellationRequested || e is TimeoutException) return null;
            }
        }

        return null;
    }

    private async Task<System.Net.IPAddress[]> ResolveAsync(string host, CancellationToken cancel)
    {
        if (System.Net.IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            return await network.ResolveAsync(host, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return [];
        }
    }
}
