using System.Collections.Immutable;
using System.Text;
using CallActors.Control.Commands;

namespace CallActors.Hosting;

/// <summary>What must hold of options, wherever they come from.</summary>
internal static class OptionRules
{
    public static void Check(CallActorsOptions options, bool mayBeAlone, List<string> mistakes)
    {
        if (!mayBeAlone && options.Servers.IsDefaultOrEmpty && options.Listeners.IsDefaultOrEmpty)
            mistakes.Add("There is no signalling server: add one with AddServer, Listen or CallActors:Servers.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in options.Servers)
        {
            Name("server", server.Name, names, mistakes);
            Tags($"Server {server.Name}", server.Tags, mistakes);
            if (server.InProcess is not null) continue;
            if (string.IsNullOrWhiteSpace(server.Host)) mistakes.Add($"Server {server.Name}: the host is missing.");
            Port($"Server {server.Name}", server.Port, 1, mistakes);
        }

        foreach (var listener in options.Listeners)
        {
            Name("listener", listener.Name, names, mistakes);
            Tags($"Listener {listener.Name}", listener.Tags, mistakes);
            Port($"Listener {listener.Name}", listener.Port, 0, mistakes);
            if (listener.AllowedPeers.IsDefaultOrEmpty) mistakes.Add($"Listener {listener.Name}: AllowedPeers is empty, so nobody could connect.");
        }

        if (options.Health is { } health) Port("Health", health.Port, 0, mistakes);
        if (options.DrainTimeout < TimeSpan.Zero) mistakes.Add("DrainTimeout: a time is not negative.");
    }

    private static void Name(string kind, string name, HashSet<string> names, List<string> mistakes)
    {
        if (string.IsNullOrWhiteSpace(name)) mistakes.Add($"A {kind} has no name.");
        else if (!names.Add(name)) mistakes.Add($"Two servers or listeners are called {name}; give one of them another name.");
    }

    // What a server would refuse is told here, not by a connection that never comes up.
    private static void Tags(string whose, ImmutableArray<string> tags, List<string> mistakes)
    {
        if (tags.IsDefaultOrEmpty) return;
        if (tags.Length > AuthenticateCommand.MaxTags) mistakes.Add($"{whose}: there are {tags.Length} tags; a server takes {AuthenticateCommand.MaxTags}.");
        foreach (var tag in tags)
        {
            if (!AuthenticateCommand.IsTag(Encoding.UTF8.GetBytes(tag ?? ""))) mistakes.Add($"{whose}: \"{tag}\" is no tag: 1 to {AuthenticateCommand.MaxTagLength} letters, digits and _ + @ : -");
        }
    }

    private static void Port(string whose, int port, int least, List<string> mistakes)
    {
        if (port < least || port > 65_535) mistakes.Add($"{whose}: {port} is no port.");
    }
}
