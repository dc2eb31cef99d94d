using CallActors.Server.Configuration;

namespace CallActors.Node.Tests;

public sealed class BannerTests
{
    [Fact]
    public void It_says_where_the_server_listens_and_how_to_connect() =>
        Assert.Equal(
            """
            CallActors 1.2.3 is ready. It leaves on SIGTERM or Ctrl+C.
              SIP           udp/127.0.0.1:5060  tcp/127.0.0.1:5060
              applications  tcp/127.0.0.1:9022
              connect with  npm install drachtio-srf, and in Node:
                const srf = new (require('drachtio-srf'))(); srf.connect({ host: '127.0.0.1', port: 9022, secret: '<your secret>' });

            """,
            Banner.Of("1.2.3", new FakeSignalling(), new ServerOptions { Admin = new() { Secret = "geheim" } }));

    [Theory]
    [InlineData("tcp/0.0.0.0:9022", "{ host: '<this machine>', port: 9022, secret: '<your secret>' }")]
    [InlineData("tcp/[::1]:9022", "{ host: '::1', port: 9022, secret: '<your secret>' }")]
    [InlineData("tls/10.0.0.1:9023", "{ host: '10.0.0.1', port: 9023, secret: '<your secret>', tls: {} }")]
    public void It_fits_the_address(string endpoint, string connection) =>
        Assert.Contains(connection, Banner.Of("1", new FakeSignalling { ControlEndpoints = [endpoint] }, new ServerOptions { Admin = new() { Secret = "geheim" } }), StringComparison.Ordinal);
}
