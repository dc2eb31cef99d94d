using CallActors.Control;
using CallActors.Server.Applications;
using CallActors.Server.Partitions;

namespace CallActors.Server.Restoring;

/// <summary>Dialogs that applications give back, as far as it concerns all partitions: control protocol §8.5.</summary>
internal static class Restoration
{
    /// <summary>An application has proven itself: it may know what is asked for, and the first one ends the silence after a start.</summary>
    public static void Came(ServerContext context, IReadOnlyList<Partition> partitions, ApplicationConnection application)
    {
        var restores = application.Features.HasFlag(ExtensionFeatures.Restore);
        if (!restores && context.Restorers.SomebodyCame) return;
        context.Restorers.Came(application, restores);
        foreach (var partition in partitions)
        {
            using (partition.EnterScope()) partition.Asking.Came(application, restores);
        }
    }

    /// <summary>A connection has ended.</summary>
    public static void Left(ServerContext context, IReadOnlyList<Partition> partitions, ApplicationConnection application)
    {
        if (!application.Features.HasFlag(ExtensionFeatures.Restore)) return;
        context.Restorers.Left(application);
        foreach (var partition in partitions)
        {
            using (partition.EnterScope()) partition.Asking.Left(application);
        }
    }
}
