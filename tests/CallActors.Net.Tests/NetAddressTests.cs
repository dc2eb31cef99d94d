using System.Net;
using System.Text;

namespace CallActors.Net.Tests;

public sealed class NetAddressTests
{
    [Theory]
    [InlineData("192.0.2.1:5060", "192.0.2.1", "192.0.2.1:5060")]
    [InlineData("[2001:db8::1]:5061", "2001:db8::1", "[2001:db8::1]:5061")]
    [InlineData("[::ffff:192.0.2.1]:5060", "192.0.2.1", "192.0.2.1:5060")]
    [InlineData("[fe80::1%2]:5060", "fe80::1", "[fe80::1]:5060")]
    public void Its_text_is_what_a_sip_header_wants(string endPoint, string host, string whole)
    {
        var address = NetAddress.Of(IPEndPoint.Parse(endPoint));

        Assert.Equal(host, address.Host);
        Assert.Equal(host, Encoding.ASCII.GetString(address.HostUtf8));
        Assert.Equal(whole, address.ToString());
    }

    [Fact]
    public void Equal_addresses_are_equal_and_others_are_not()
    {
        var one = NetAddress.Of(IPAddress.Parse("192.0.2.1"), 5060);

        Assert.Equal(one, NetAddress.Of(IPAddress.Parse("::ffff:192.0.2.1"), 5060));
        Assert.Equal(one.GetHashCode(), NetAddress.Of(IPAddress.Parse("::ffff:192.0.2.1"), 5060).GetHashCode());
        Assert.NotEqual(one, NetAddress.Of(IPAddress.Parse("192.0.2.1"), 5061));
        Assert.NotEqual(one, NetAddress.Of(IPAddress.Parse("192.0.2.2"), 5060));
        Assert.False(one.Equals(null));
    }
}
