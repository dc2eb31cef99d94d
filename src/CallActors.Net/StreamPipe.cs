using CallActors.Net.Pipes;

namespace CallActors.Net;

/// <summary>A stream connection within the process: two joined ends, no socket, no thread and no timer of its own.</summary>
/// <remarks>
/// A flush delivers at once, on the thread that flushes, to the receiver of the other end. Each direction has one deliverer at a time: whoever
/// flushes meanwhile, the receiver itself included, leaves its bytes to that one and returns, so that two ends may answer each other for ever
/// without the stack growing. What a receiver throws ends the connection and is told to <see cref="StreamOptions.OnFault"/>, never to the flusher.
/// Of the options the two bounds and OnFault hold; nobody is idle here for too long.
/// </remarks>
public static class StreamPipe
{
    /// <summary>Makes a connection. What either receiver writes before both are named is delivered before this returns, if it was flushed.</summary>
    /// <param name="near">Names the receiver of the end that is returned.</param>
    /// <param name="far">Names the receiver of the other end; asked first, as a listener is.</param>
    /// <param name="options">The bounds of both directions.</param>
    /// <param name="later">
    /// Runs what must not run within the call that causes it: the end of the connection, when nobody is delivering. Null for the thread pool.
    /// </param>
    /// <returns>The near end; the far one is its receiver's affair.</returns>
    public static IStreamConnection Create(
        Func<IStreamConnection, IStreamReceiver> near,
        Func<IStreamConnection, IStreamReceiver> far,
        StreamOptions? options = null,
        Action<Action>? later = null)
    {
        ArgumentNullException.ThrowIfNull(near);
        ArgumentNullException.ThrowIfNull(far);
        options ??= StreamOptions.Default;
        later ??= static run => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), run, preferLocal: false);
        var (here, there) = PipeEnd.Join(options, later);
        there.Name(far);
        here.Name(near);
        there.Start();
        here.Start();
        return here;
    }
}
