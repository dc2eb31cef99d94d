namespace CallActors.Connections;

/// <summary>What a connection tells the actor that owns it.</summary>
internal abstract record ConnectionNews(ServerConnection Connection)
{
    /// <summary>The secret was accepted.</summary>
    public sealed record Up(ServerConnection Connection, ServerUp State) : ConnectionNews(Connection);

    /// <summary>A <c>route</c> was answered.</summary>
    public sealed record RouteAnswered(ServerConnection Connection, long Command) : ConnectionNews(Connection);

    /// <summary>It is over, told once.</summary>
    public sealed record Lost(ServerConnection Connection, string Reason, LossKind Kind) : ConnectionNews(Connection);
}

/// <summary>How far a connection had got when it was over.</summary>
internal enum LossKind
{
    /// <summary>The server had not answered our secret.</summary>
    Unanswered,

    /// <summary>The server does not accept our secret.</summary>
    Refused,

    /// <summary>It was up.</summary>
    Lost,
}
