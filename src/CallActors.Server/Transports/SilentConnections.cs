using System.Runtime.CompilerServices;
using CallActors.Net;

namespace CallActors.Server.Transports;

/// <summary>
/// Closes a stream connection on which so many requests in a row have timed out, so that the next one opens another
/// (<c>DRACHTIO_TPORT_MAX_CONSECUTIVE_TIMEOUTS</c>, specification 3.4).
/// </summary>
/// <param name="limit">How many; 0 for never, and then nothing is counted.</param>
/// <remarks>Thread-safe: a connection carries the requests of every partition.</remarks>
internal sealed class SilentConnections(int limit)
{
    private readonly ConditionalWeakTable<IStreamConnection, StrongBox<int>> _inARow = [];

    /// <summary>A request that went over it got no answer in time.</summary>
    public void TimedOut(IStreamConnection? connection)
    {
        if (limit == 0 || connection is not { IsOpen: true }) return;
        var inARow = Interlocked.Increment(ref _inARow.GetOrCreateValue(connection).Value);
        if (inARow >= limit) connection.Close($"{inARow} requests in a row timed out");
    }

    /// <summary>A response came over it.</summary>
    public void Answered(IStreamConnection? connection)
    {
        if (limit > 0 && connection is not null && _inARow.TryGetValue(connection, out var inARow)) Volatile.Write(ref inARow.Value, 0);
    }
}
