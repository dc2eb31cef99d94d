namespace CallActors.Net;

/// <summary>A place where stream connections are accepted. Disposing it ends the accepting; accepted connections live on.</summary>
public interface IStreamListener : IAsyncDisposable
{
    /// <summary>The address it is bound to, with the port that the system chose when none was asked for.</summary>
    NetAddress Local { get; }
}
