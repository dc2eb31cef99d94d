using Microsoft.Extensions.Time.Testing;

namespace CallActors.Net.Tests;

/// <summary>The system's sockets; with a fake clock where a test wants to move the time limits.</summary>
internal class SystemRig : Rig
{
    private readonly SystemNetwork _network;

    public SystemRig(FakeTimeProvider? clock = null) => _network = new SystemNetwork(clock);

    public override INetwork Network => _network;

    public SystemNetwork System => _network;

    public override ValueTask DisposeAsync() => _network.DisposeAsync();
}

/// <summary>The system's sockets, each connection with a thread of its own.</summary>
internal sealed class OwnThreadRig : SystemRig
{
    public override StreamOptions Options(StreamOptions wanted) => wanted with { HasOwnThread = true };
}

/// <summary>TLS on the system's sockets.</summary>
internal sealed class TlsRig(FakeTimeProvider? clock = null) : SystemRig(clock)
{
    public override NetProtocol Protocol => NetProtocol.Tls;

    public override StreamOptions Options(StreamOptions wanted) => wanted with { Tls = new TlsOptions { Certificate = TestCertificates.Shared } };
}
