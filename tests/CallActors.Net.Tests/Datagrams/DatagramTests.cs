using System.Net;

namespace CallActors.Net.Tests.Datagrams;

public sealed class UdpDatagramTests : DatagramContract
{
    private protected override Rig NewRig() => new SystemRig();
}

public sealed class UdpIpv6DatagramTests : DatagramContract
{
    private protected override Rig NewRig() => new SystemRig { Anywhere = new IPEndPoint(IPAddress.IPv6Loopback, 0) };
}

public sealed class MemoryDatagramTests : DatagramContract
{
    private protected override Rig NewRig() => new MemoryRig();
}
