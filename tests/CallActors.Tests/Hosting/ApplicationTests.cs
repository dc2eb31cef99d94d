using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using CallActors.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallActors.Tests.Hosting;

/// <summary>What goes wrong in an application's set-up is told when it is built or started, by its name.</summary>
public sealed class ApplicationTests
{
    public interface IDirectory;

    public sealed class Quiet : CallActor;

    public sealed class Needy(IDirectory directory) : CallActor
    {
        public IDirectory Directory { get; } = directory;
    }

    [Fact]
    public void A_misspelt_method_fails_where_it_is_written()
    {
        var app = Builder().AddServer("127.0.0.1").Build();
        Assert.Contains("did you mean INVITE", Assert.Throws<ArgumentException>(() => app.Map<Quiet>("Invite")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_that_asks_for_what_is_not_there_fails_the_start()
    {
        await using var app = Builder().AddServer("127.0.0.1").Build().Invite<Needy>();
        var wrong = await Assert.ThrowsAsync<CallActorsConfigurationException>(() => app.StartAsync());
        Assert.Contains("Needy", Assert.Single(wrong.Mistakes), StringComparison.Ordinal);
        Assert.Contains("IDirectory", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_of_one_name_fail_the_build()
    {
        var builder = Builder().AddServer("127.0.0.1", 9022, name: "edge").AddServer("127.0.0.2", 9022, name: "edge").AddServer("127.0.0.3", 70_000);
        var wrong = Assert.Throws<CallActorsConfigurationException>(builder.Build);
        Assert.Collection(
            wrong.Mistakes,
            mistake => Assert.Contains("called edge", mistake, StringComparison.Ordinal),
            mistake => Assert.Contains("127.0.0.3:70000: 70000 is no port", mistake, StringComparison.Ordinal));
    }

    [Fact]
    public void No_server_at_all_fails_the_build() =>
        Assert.Contains("AddServer", Assert.Throws<CallActorsConfigurationException>(() => Builder().Build()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("CallActors:DrainTimout", "5", "CallActors:DrainTimout: there is no such option")]
    [InlineData("CallActors:DrainTimeout", "soon", "CallActors:DrainTimeout: 'soon' is no time")]
    [InlineData("CallActors:Servers:0:Port", "sip", "CallActors:Servers:0:Port: 'sip' is no whole number")]
    [InlineData("CallActors:Servers:edge:Hots", "a", "CallActors:Servers:edge:Hots: there is no such option")]
    [InlineData("CallActors:Listen:0:AllowedPeers", "10.0.0.0/33", "CallActors:Listen:0:AllowedPeers: '10.0.0.0/33'")]
    [InlineData("CallActors:HealthPort", "-1", "CallActors:HealthPort: '-1'")]
    public void What_the_configuration_says_wrongly_is_told_by_its_key(string key, string value, string mistake)
    {
        var builder = Builder().AddServer("127.0.0.1");
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        Assert.Contains(mistake, Assert.Throws<CallActorsConfigurationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_is_read()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("CallActors:Servers:0:Host", "192.0.2.1"), new("CallActors:Servers:0:Port", "9122"), new("CallActors:Servers:0:Secret", "s"), new("CallActors:Servers:0:Tags", "a, b"),
            new("CallActors:Servers:west:Host", "192.0.2.2"), new("callactors:listen:0:port", "9124"), new("CallActors:Listen:0:AllowedPeers", "192.0.2.0/24,127.0.0.1"),
            new("CALLACTORS:LEDGER:MODE", "off"), new("CALLACTORS:CALL_DISPATCHER:THROUGHPUT", "5"),
            new("CallActors:DrainTimeout", "1.5"), new("CallActors:UnansweredAfter", "00:01:00"), new("CallActors:RetryAfter", "7"), new("CallActors:HealthPort", "8080"),
        ]).Build();
        var options = new CallActorsBuilder().AddServer("192.0.2.3").Options(configuration);
        Assert.Equal(["server0", "west", "192.0.2.3:9022"], options.Servers.Select(server => server.Name));
        Assert.Equal(("192.0.2.1", 9122, "s"), (options.Servers[0].Host, options.Servers[0].Port, options.Servers[0].Secret));
        Assert.Equal<string>(["a", "b"], options.Servers[0].Tags);
        Assert.True(options.Listeners.Single().Allows(IPAddress.Parse("192.0.2.77")));
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromMinutes(1), 7, 8080), (options.DrainTimeout, options.Calls.UnansweredAfter, options.Calls.RetryAfter, options.Health!.Port));
    }

    [Fact]
    public async Task A_server_out_of_reach_is_a_state_and_the_application_runs()
    {
        var builder = Builder().AddServer("127.0.0.1", FreePort(), name: "away");
        builder.Calls.Configure(options => options with { Health = new HealthOptions(), DrainTimeout = TimeSpan.Zero });
        await using var app = builder.Build().Invite<Quiet>();
        await app.StartAsync();
        await Eventually(() => app.Servers.GetValueOrDefault("away") is ServerDown);
        Assert.False(app.Node.IsReady);

        using var http = new HttpClient { BaseAddress = app.Health };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode);
        var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("away: down", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await app.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync(new Uri("/health/live", UriKind.Relative)));
    }

    [Fact]
    public async Task A_health_port_that_is_taken_fails_the_start()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var builder = Builder().Listen(new ListenOptions { Port = 0 });
        builder.Calls.Configure(options => options with { Health = new HealthOptions { Port = ((IPEndPoint)other.LocalEndpoint).Port } });
        await using var app = builder.Build();
        await Assert.ThrowsAsync<IOException>(() => app.StartAsync());
    }

    [Fact]
    public async Task A_listener_that_stands_makes_the_application_ready()
    {
        await using var app = Builder().Listen(new ListenOptions { Name = "in", Port = 0 }).Build().Invite<Quiet>();
        await app.StartAsync();
        await Eventually(() => app.Node.IsReady);
        await app.StopAsync();
        Assert.False(app.Node.IsReady);
    }

    [Fact]
    public async Task It_fits_into_an_actor_system_that_is_there()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka("theirs", akka => akka.WithCallActors(calls =>
        {
            calls.Listen(new ListenOptions { Name = "in", Port = 0 });
            calls.Routes.Invite<Quiet>();
        }));
        using var host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal("theirs", system.Name);
        await Eventually(() => CallNode.Of(system).IsReady);
        await host.StopAsync();
        Assert.True(CallNode.Of(system).IsDraining);
        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task It_fits_into_a_host_that_is_there()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCallActors(calls => calls.Listen(new ListenOptions { Port = 0 }).Routes.Invite<Quiet>());
        using var host = builder.Build();
        await host.StartAsync();
        await Eventually(() => host.Services.GetRequiredService<CallNode>().IsReady);
        await host.StopAsync();
    }

    [Fact]
    public void No_call_begins_before_the_start()
    {
        var app = Builder().AddServer("127.0.0.1").Build();
        Assert.Contains("has not started", Assert.Throws<InvalidOperationException>(() => app.Begin<Quiet>()).Message, StringComparison.Ordinal);
    }

    private static CallApplicationBuilder Builder()
    {
        var builder = CallApplication.CreateEmptyBuilder();
        builder.Logging.ClearProviders();
        return builder;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task Eventually(Func<bool> holds)
    {
        for (var tries = 0; tries < 1000 && !holds(); tries++) await Task.Delay(10);
        Assert.True(holds());
    }
}
