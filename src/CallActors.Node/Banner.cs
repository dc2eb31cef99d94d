using System.Text;
using CallActors.Server.Configuration;

namespace CallActors.Node;

/// <summary>What a started node prints: where it listens, how an application connects, and what its own application says.</summary>
internal static class Banner
{
    public static string Of(string version, INodePart server, ServerOptions options)
    {
        var text = new StringBuilder();
        text.Append("CallActors ").Append(version).Append(" is ready. It leaves on SIGTERM or Ctrl+C.\n");
        if (server.SipEndpoints.Count > 0) text.Append("  SIP           ").AppendJoin("  ", server.SipEndpoints).Append('\n');
        if (server.Health is { } health) text.Append("  health        ").Append(health).Append("health/ready\n");
        if (server.Cluster is { } cluster) text.Append("  cluster       ").Append(cluster).Append('\n');
        if (server.ControlEndpoints.Count > 0)
        {
            text.Append("  applications  ").AppendJoin("  ", server.ControlEndpoints).Append('\n');
            text.Append("  connect with  npm install drachtio-srf, and in Node:\n");
            text.Append("    const srf = new (require('drachtio-srf'))(); srf.connect(").Append(Connection(server, options)).Append(");\n");
        }

        text.Append(server.Welcome);
        return text.ToString();
    }

    // The secret itself stays out of terminals and service logs.
    private static string Connection(INodePart server, ServerOptions options)
    {
        var endpoint = server.ControlEndpoints is [var first, ..] ? first : "tcp/127.0.0.1:9022";
        var colon = endpoint.LastIndexOf(':');
        var host = endpoint[(endpoint.IndexOf('/', StringComparison.Ordinal) + 1)..colon].Trim('[', ']');
        if (host is "0.0.0.0" or "::" or "*") host = "<this machine>";
        var secret = options.Admin.Secret is AdminOptions.SampleSecret or AdminOptions.FileSecret ? "<the default secret>" : "<your secret>";
        var tls = endpoint.StartsWith("tls/", StringComparison.Ordinal) ? ", tls: {}" : "";
        return $"{{ host: '{host}', port: {endpoint[(colon + 1)..]}, secret: '{secret}'{tls} }}";
    }
}
