using System.Collections.Immutable;
using CallActors.Server.Applications;

namespace CallActors.Server.Restoring;

/// <summary>The connections that may be asked for dialogs which the server does not know: those that were granted <c>restore</c>.</summary>
/// <remarks>Thread-safe; reading takes no lock.</remarks>
internal sealed class Restorers
{
    private ImmutableArray<ApplicationConnection> _all = [];

    /// <summary>Whether any application, asking for extensions or not, has been here since the start.</summary>
    public bool SomebodyCame { get; private set; }

    /// <summary>All of them, as of now.</summary>
    public ImmutableArray<ApplicationConnection> All => ImmutableInterlocked.InterlockedCompareExchange(ref _all, default, default);

    /// <summary>An application has proven itself.</summary>
    public void Came(ApplicationConnection application, bool restores)
    {
        if (restores) ImmutableInterlocked.Update(ref _all, static (all, one) => all.Contains(one) ? all : all.Add(one), application);
        SomebodyCame = true;
    }

    /// <summary>A connection has ended.</summary>
    public void Left(ApplicationConnection application) => ImmutableInterlocked.Update(ref _all, static (all, one) => all.Remove(one), application);
}
