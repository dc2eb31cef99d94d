using System.Net;
using CallActors.Server.Transports;

namespace CallActors.Server.Tests.Transports;

public sealed class LocalNetworksTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1/32")]
    [InlineData("192.168.0.17", "192.168.0.0/24")]
    [InlineData("172.16.3.4", "172.16.0.0/16")]
    [InlineData("10.1.2.3", "10.0.0.0/8")]
    [InlineData("192.168.1.1", null)]
    [InlineData("172.17.0.1", null)]
    [InlineData("203.0.113.5", null)]
    [InlineData("2001:db8::1", null)]
    public void The_local_network_follows_from_the_address(string address, string? network) =>
        Assert.Equal(network, LocalNetworks.Around(IPAddress.Parse(address))?.ToString());
}
