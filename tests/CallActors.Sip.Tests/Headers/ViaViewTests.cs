using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Tests.Headers;

public sealed class ViaViewTests
{
    private static ReadOnlySpan<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    [Theory]
    [InlineData("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw", "UDP", "192.0.2.1", 0, "z9hG4bKkdjuw", true)]
    [InlineData("SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw", "UDP", "192.0.2.2", 0, "390skdjuw", false)]
    [InlineData("SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ", "TCP", "spindle.example.com", 0, "z9hG4bK9ikj8", true)]
    [InlineData("SIP/2.0/UNKNOWN t4.example.com:5062;branch=z9hG4bK", "UNKNOWN", "t4.example.com", 5062, "z9hG4bK", false)]
    [InlineData("SIP/2.0/TLS [2001:db8::9:1] : 5061;branch=z9hG4bK-.!%66*_+`'~;rport", "TLS", "2001:db8::9:1", 5061, "z9hG4bK-.!%66*_+`'~", true)]
    [InlineData("SIP/2.0/UDP iftgw.example.com", "UDP", "iftgw.example.com", 0, "", false)]
    [InlineData("SIP/2.0/UDP 192.0.2.15;;,;,,", null, "", 0, "", false)]
    [InlineData("SIP/2.0/UDP", null, "", 0, "", false)]
    [InlineData("SIP/2.0 UDP host", null, "", 0, "", false)]
    [InlineData("SIP/2.0/UDP host:", null, "", 0, "", false)]
    [InlineData("SIP/2.0/UDP host:99999", null, "", 0, "", false)]
    [InlineData("SIP/2.0/UDP host;rport=x", null, "", 0, "", false)]
    [InlineData("SIP/2.0/UDP 2001:db8::1", null, "", 0, "", false)]
    [InlineData("", null, "", 0, "", false)]
    public void Reads_or_refuses(string text, string? transport, string host, int port, string branch, bool isUnique)
    {
        var isVia = ViaView.TryParse(Bytes(text), out var via);

        Assert.Equal(transport is not null, isVia);
        if (transport is null) return;
        Assert.Equal("SIP", Text(via.Protocol));
        Assert.Equal("2.0", Text(via.Version));
        Assert.Equal(transport, Text(via.Transport));
        Assert.Equal(host, Text(via.Host));
        Assert.Equal(port, via.Port);
        Assert.Equal(branch, Text(via.Branch));
        Assert.Equal(isUnique, via.HasUniqueBranch);
    }

    [Theory]
    [InlineData("SIP/2.0/UDP h:5060;rport", true, 0, "")]
    [InlineData("SIP/2.0/UDP h;rport=5062;received=192.0.2.1", true, 5062, "192.0.2.1")]
    [InlineData("SIP/2.0/UDP h;received=[2001:db8::1]", false, 0, "2001:db8::1")]
    [InlineData("SIP/2.0/UDP h;received=2001:db8::1", false, 0, "2001:db8::1")]
    public void Knows_what_the_receiver_added(string text, bool hasRport, int rport, string received)
    {
        Assert.True(ViaView.TryParse(Bytes(text), out var via));
        Assert.Equal(hasRport, via.HasRport);
        Assert.Equal(rport, via.Rport);
        Assert.Equal(received, Text(via.Received));
    }
}
