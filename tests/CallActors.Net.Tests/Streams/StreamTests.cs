using System.Net;

namespace CallActors.Net.Tests.Streams;

public sealed class TcpStreamTests : StreamContract
{
    private protected override Rig NewRig() => new SystemRig();
}

public sealed class TcpIpv6StreamTests : StreamContract
{
    private protected override Rig NewRig() => new SystemRig { Anywhere = new IPEndPoint(IPAddress.IPv6Loopback, 0) };
}

public sealed class OwnThreadStreamTests : StreamContract
{
    private protected override Rig NewRig() => new OwnThreadRig();
}

public sealed class TlsStreamTests : StreamContract
{
    private protected override Rig NewRig() => new TlsRig();
}

public sealed class MemoryStreamTests : StreamContract
{
    private protected override Rig NewRig() => new MemoryRig();
}
