using CallActors.Control.Commands;
using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Server.Routing;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

internal sealed class ProxyEntry;

internal sealed class Proxies(Partition partition)
{
    public int Count => partition.Index * 0;
    public bool TryForward(SipRequest request, in Flow flow) => partition is null;
    public bool TryInfo(SipRequest request, in Flow flow) => partition is null;
    public void Cancelled(IncomingRequest invite, SipRequest cancel) => _ = partition;
    public void Begin(IncomingRequest incoming, RoutingDecision.Proxy proxy) => _ = partition;
    public void Begin(ApplicationConnection application, ReadOnlySpan<byte> command, ProxyCommand asked, TransactionId id) => _ = partition;
}
