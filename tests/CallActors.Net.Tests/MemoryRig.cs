using Microsoft.Extensions.Time.Testing;

namespace CallActors.Net.Tests;

/// <summary>The network in memory; waiting moves the time.</summary>
internal sealed class MemoryRig : Rig
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryNetwork _network;

    public MemoryRig() => _network = new MemoryNetwork(1, _clock) { Link = new LinkOptions { SplitsStreams = true, Jitter = TimeSpan.FromMilliseconds(3) } };

    public override INetwork Network => _network;

    public override bool IsThreaded => false;

    public override void Until(Func<bool> condition, string what)
    {
        while (!condition())
        {
            Assert.True(_network.UntilNext is not null, $"Nothing is under way any more, but: {what}");
            _clock.Advance(_network.UntilNext!.Value);
        }
    }

    public override IDisposable Stall(Recorder reader)
    {
        var up = _network.Link;
        _network.Link = up with { IsDown = true };
        return new Restore(() => _network.Link = up);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Restore(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
