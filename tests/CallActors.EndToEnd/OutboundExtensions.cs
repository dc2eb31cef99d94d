using System.Net;
using System.Net.Sockets;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Extensions are for applications that dial the server: docs/control-protocol.md §8.1.</summary>
public sealed class OutboundExtensions : EndToEndTest, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public OutboundExtensions() => _listener.Start();

    private protected override ServerOptions Options => new() { More = ["--http-handler", $"tcp://{_listener.LocalEndpoint}"] };

    public void Dispose() => _listener.Dispose();

    [EndToEndFact]
    public async Task On_a_connection_that_the_server_dialled_nothing_is_granted()
    {
        using var caller = new UdpPeer(Server.Udp);
        await caller.SendAsync(caller.Request("OPTIONS", Server.Udp));
        using var application = await ControlClient.AcceptAsync(_listener);

        await application.SendAsync($"a1|authenticate|{ServerOptions.Secret}||callactors/1;app=desk;node=n1");
        var welcome = (await application.ReceiveAsync())!;
        Check(welcome.Contains("|response|a1|OK|", StringComparison.Ordinal) && welcome.Split('|').Length == 7, welcome);

        var offered = (await application.ReceiveAsync())!.Split('|');
        await application.SendAsync("a2|session|k1|0|\r\nblob");
        Check((await application.ReceiveAsync())!.EndsWith("|response|a2|NOK|not granted", StringComparison.Ordinal), "Nor is it given otherwise.");
        await application.SendAsync($"a3|sip|{offered[8]}|\r\nSIP/2.0 200 OK\r\n\r\n");
        Check(await caller.ReceiveAsync(200, "OPTIONS") is not null, "The rest of the protocol is as it was.");
    }
}
