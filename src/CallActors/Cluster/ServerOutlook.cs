using CallActors.Connections;
using CallActors.Control;

namespace CallActors.Cluster;

/// <summary>What this node knows of the signalling servers: which of them give a lost node's calls to the others by themselves.</summary>
internal sealed class ServerOutlook
{
    private readonly Dictionary<string, (string Run, bool Keeps, TimeSpan Since)> _servers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _down = new(StringComparer.Ordinal);

    /// <summary>Something changed.</summary>
    /// <param name="state">What.</param>
    /// <param name="now">When, on any clock.</param>
    public void Hear(ServerState state, TimeSpan now)
    {
        switch (state)
        {
            case ServerUp up:
                _down.Remove(up.Name);
                var keeps = up.ServerId.Length > 0 && up.Features.HasFlag(ExtensionFeatures.Session | ExtensionFeatures.Adopt);
                var isNew = !_servers.TryGetValue(up.Name, out var known) || known.Run != up.ServerId;
                _servers[up.Name] = (up.ServerId, keeps, isNew ? now : known.Since);
                break;
            // What servers dial is never granted anything.
            case ServerDown or ServerListening: _down.Add(state.Name); break;
        }
    }

    /// <summary>Whether every server is up, keeps sessions, and is the same run as at that moment.</summary>
    public bool CanAllHelp(TimeSpan since)
    {
        if (_down.Count > 0 || _servers.Count == 0) return false;
        foreach (var (_, server) in _servers)
        {
            if (!server.Keeps || server.Since > since) return false;
        }
        return true;
    }

    /// <summary>Whether this run of the server is the one that is up, and keeps sessions.</summary>
    public bool CanHelp(string server, string run) => run.Length > 0 && !_down.Contains(server) && _servers.TryGetValue(server, out var known) && known.Keeps && known.Run == run;
}
