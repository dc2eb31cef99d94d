using CallActors.Connections;

namespace CallActors.Calls;

/// <summary>The connections that were written to while a message was handled: each is flushed once, when it is done with.</summary>
internal sealed class WrittenConnections
{
    private ServerConnection? _first;
    private List<ServerConnection>? _others;

    public void Add(ServerConnection connection)
    {
        if (_first is null || _first == connection) _first = connection;
        else (_others ??= []).Add(connection);
    }

    public void Flush()
    {
        _first?.Flush();
        _first = null;
        if (_others is not { Count: > 0 } others) return;
        foreach (var connection in others) connection.Flush();
        others.Clear();
    }
}
