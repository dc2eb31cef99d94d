using System.Collections.Immutable;
using System.Text;
using CallActors.Connections;

namespace CallActors.Node.Pbx;

/// <summary>What whoever starts the PBX is told: where phones register, and what they can dial.</summary>
internal static class PbxWelcome
{
    public static string Of(ImmutableArray<ServerState> servers, bool hasPassword)
    {
        var text = new StringBuilder();
        var up = servers.OfType<ServerUp>().SelectMany(server => server.LocalContacts).ToArray();
        var registrar = up.Length == 0 ? "a signalling server, once one is connected" : Host(up[0]);
        text.Append("  phones        register any name at ").Append(registrar).Append(hasPassword ? ", with the password you chose" : ", any password or none").Append('\n');
        foreach (var state in servers)
        {
            if (state is ServerDown down) text.Append("  server        ").Append(down.Name).Append(" cannot be used yet: ").Append(down.Reason).Append('\n');
            if (state is ServerListening listening) text.Append("  listening     for signalling servers on ").Append(listening.Local).Append('\n');
        }

        text.Append("  dial          a name, or\n");
        foreach (var (number, what) in Numbers) text.Append("    ").Append(number.PadRight(24)).Append(what).Append('\n');
        return text.ToString();
    }

    private static ImmutableArray<(string Number, string What)> Numbers { get; } =
    [
        ("echo", "hear yourself"),
        ("busy", "486"),
        ("reject-603-gone-fishing", "any status, any reason"),
        ("ring-5", "rings so many seconds, then 480"),
        ("hunt", "everybody who is registered, one after the other"),
        ("all", "everybody who is registered, at once"),
        ("click-bob", "hangs up and calls you back, then bob"),
    ];

    // proto/host:port
    private static string Host(string contact) => contact[(contact.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
