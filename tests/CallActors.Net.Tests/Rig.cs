using System.Net;

namespace CallActors.Net.Tests;

/// <summary>A network under test, and the way to wait on it.</summary>
internal abstract class Rig : IAsyncDisposable
{
    /// <summary>What tests look at while they wait.</summary>
    public Signal Signal { get; } = new();

    public abstract INetwork Network { get; }

    public virtual NetProtocol Protocol => NetProtocol.Tcp;

    /// <summary>Where the tests bind.</summary>
    public IPEndPoint Anywhere { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Whether several threads may use it.</summary>
    public virtual bool IsThreaded => true;

    /// <summary>The options of one end, as this network needs them.</summary>
    public virtual StreamOptions Options(StreamOptions wanted) => wanted;

    public virtual void Until(Func<bool> condition, string what) => Signal.Until(condition, what);

    /// <summary>Makes bytes for <paramref name="reader"/> pile up until disposed.</summary>
    public virtual IDisposable Stall(Recorder reader) => reader.Hold();

    public abstract ValueTask DisposeAsync();
}
