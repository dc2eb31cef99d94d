using CallActors.Net;
using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

public sealed class ContactOptionsTests
{
    [Theory]
    [InlineData("sip:*", "*", null, "Udp,Tcp")]
    [InlineData("sip:*;transport=udp,tcp", "*", null, "Udp,Tcp")]
    [InlineData("sip:127.0.0.1:5070;transport=udp", "127.0.0.1", 5070, "Udp")]
    [InlineData("sip:127.0.0.1:0;transport=tcp", "127.0.0.1", 0, "Tcp")]
    [InlineData("SIP:host.example;transport=UDP", "host.example", null, "Udp")]
    [InlineData("sips:10.0.0.1;transport=wss,tls", "10.0.0.1", null, "Wss,Tls")]
    [InlineData("sip:[2001:db8::1]:5060;transport=tcp", "2001:db8::1", 5060, "Tcp")]
    [InlineData("sip:[::]", "::", null, "Udp,Tcp")]
    [InlineData("  sip:10.0.0.1;maddr=x;transport=udp,udp  ", "10.0.0.1", null, "Udp")]
    public void A_contact_names_a_host_a_port_and_transports(string text, string host, int? port, string transports)
    {
        Assert.True(ContactOptions.TryParse(text, out var contact, out var fault), fault);
        Assert.Equal(host, contact.Host);
        Assert.Equal(port, contact.Port);
        Assert.Equal(transports.Split(',').Select(Enum.Parse<NetProtocol>), contact.Transports);
        Assert.Equal(text.StartsWith("sips", StringComparison.Ordinal), contact.IsSips);
    }

    [Fact]
    public void A_contact_may_have_a_user()
    {
        Assert.True(ContactOptions.TryParse("sip:gateway@10.0.0.1", out var contact, out _));
        Assert.Equal("gateway", contact.User);
        Assert.Equal("10.0.0.1", contact.Host);
    }

    [Theory]
    [InlineData("", "begin with sip:")]
    [InlineData("10.0.0.1:5060", "begin with sip:")]
    [InlineData("tel:123", "begin with sip:")]
    [InlineData("sip:", "names no host")]
    [InlineData("sip::5060", "names no host")]
    [InlineData("sip:10.0.0.1:", "not a port")]
    [InlineData("sip:10.0.0.1:65536", "'65536' is not a port")]
    [InlineData("sip:10.0.0.1:-1", "not a port")]
    [InlineData("sip:2001:db8::1", "brackets")]
    [InlineData("sip:[10.0.0.1]", "no IPv6 address")]
    [InlineData("sip:[2001:db8::1", "no IPv6 address")]
    [InlineData("sip:10.0.0.1;transport=sctp", "'sctp' is not a transport")]
    [InlineData("sip:10.0.0.1;transport=", "'' is not a transport")]
    [InlineData("sip:10.0.0.1;transport=0", "'0' is not a transport")]
    [InlineData("sip:10.0 .0.1", "blank")]
    public void A_wrong_contact_says_what_is_wrong(string text, string fault)
    {
        Assert.False(ContactOptions.TryParse(text, out _, out var said));
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NetProtocol.Udp, 5060)]
    [InlineData(NetProtocol.Tcp, 5060)]
    [InlineData(NetProtocol.Tls, 5061)]
    [InlineData(NetProtocol.Ws, 5080)]
    [InlineData(NetProtocol.Wss, 5081)]
    public void Each_transport_has_a_port_of_its_own(NetProtocol protocol, int port)
    {
        Assert.Equal(port, ContactOptions.Default.PortOf(protocol));
        Assert.Equal(7000, (ContactOptions.Default with { Port = 7000 }).PortOf(protocol));
    }
}
