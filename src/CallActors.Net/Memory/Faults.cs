namespace CallActors.Net.Memory;

/// <summary>Calls of receivers on a memory network: their faults go to who asked for them, else to whoever moves the time, which is a test.</summary>
internal static class Faults
{
    /// <summary>Makes a call. False when it threw and the fault was told.</summary>
    public static bool Guard<T>(Action<Exception>? onFault, T state, Action<T> call)
    {
        try
        {
            call(state);
            return true;
        }
        catch (Exception fault) when (onFault is not null)
        {
            onFault(fault);
            return false;
        }
    }
}
