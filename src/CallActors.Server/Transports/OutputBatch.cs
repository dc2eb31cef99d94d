using CallActors.Net;

namespace CallActors.Server.Transports;

/// <summary>
/// The stream connections written to while one batch of input was handled; each is flushed once, when the batch ends.
/// </summary>
internal static class OutputBatch
{
    [ThreadStatic]
    private static List<IStreamConnection>? t_dirty;

    /// <summary>Remembers that <paramref name="connection"/> holds unflushed bytes.</summary>
    public static void Add(IStreamConnection connection)
    {
        var dirty = t_dirty ??= new List<IStreamConnection>(8);
        if (dirty.Count > 0 && ReferenceEquals(dirty[^1], connection)) return;
        if (!dirty.Contains(connection)) dirty.Add(connection);
    }

    /// <summary>Flushes what this thread has written since the last call.</summary>
    public static void Flush()
    {
        var dirty = t_dirty;
        if (dirty is null || dirty.Count == 0) return;

        // A flush may run a peer's code that writes again on this thread, so the list may grow under our feet.
        for (var i = 0; i < dirty.Count; i++) dirty[i].Flush();
        dirty.Clear();
    }
}
