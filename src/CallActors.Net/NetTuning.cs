using System.Globalization;

namespace CallActors.Net;

/// <summary>What the runtime's sockets must be told before the first one is made.</summary>
/// <remarks>
/// With inline completions the thread that sees a stream become readable also reads it and runs its receiver. Without them each message
/// is handed to the thread pool, which costs three to five times the CPU at moderate rates; see docs/decisions/0002-stream-io.md.
/// It holds for the whole process: code that continues after awaiting a socket must not block.
/// </remarks>
public static class NetTuning
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string ThreadCount = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Tells them, unless the environment says something else already. The first thing that a host's Main does.</summary>
    public static void Apply()
    {
        SetDefault(InlineCompletions, "1");

        // Inline completions would start one socket thread a processor. Fewer wake less often and each finds more to do.
        SetDefault(ThreadCount, Math.Max(1, Environment.ProcessorCount / 4).ToString(CultureInfo.InvariantCulture));
    }

    private static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null) Environment.SetEnvironmentVariable(name, value);
    }
}
