namespace CallActors.Net;

/// <summary>Tells a fault to whoever asked for faults.</summary>
internal static class Report
{
    /// <summary>Tells it. A listener that throws itself has had its chance: nothing that runs on may end because of it.</summary>
    public static void To(Action<Exception>? listener, Exception fault)
    {
        try
        {
            listener?.Invoke(fault);
        }
        catch (Exception)
        {
            // For example because a process without descriptors cannot open its log.
        }
    }
}
