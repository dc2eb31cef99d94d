using System.Collections.Immutable;
using CallActors.Connections;

namespace CallActors.Node.Samples;

/// <summary>
/// An application that signalling servers connect to, one connection for each call, instead of the other way round. A web callback or a request-handler
/// (<c>&lt;request-handler sip-method="INVITE"&gt;tcp://host:9023&lt;/request-handler&gt;</c>) tells a server where; so applications behind a load balancer need not know any server.
/// </summary>
internal static class OutboundApplication
{
    /// <summary>Whom we let in: everybody else is turned away before a word is said.</summary>
    private static readonly ImmutableArray<System.Net.IPNetwork> s_servers = [System.Net.IPNetwork.Parse("127.0.0.0/8"), System.Net.IPNetwork.Parse("10.0.0.0/24")];

    /// <summary>Where it listens. The secret is the servers'; we show it first.</summary>
    public static ListenOptions Listener(int port) => new() { Name = "calls", Host = "0.0.0.0", Port = port, AllowedPeers = s_servers };

    /// <summary>What it does: the flows are the same as ever.</summary>
    public static void Route(CallRoutes routes) => routes.Invite<EchoTest>(request => request.Called == "echo").Invite<RejectNicely>();

    /// <summary>The whole program.</summary>
    public static Task Run(string[] args)
    {
        var builder = CallApplication.CreateBuilder(args);
        builder.Listen(Listener(9023));
        var app = builder.Build();
        Route(app.Routes);
        return app.RunAsync();
    }
}
