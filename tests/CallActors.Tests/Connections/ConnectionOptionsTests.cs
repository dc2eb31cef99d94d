using System.Net;
using CallActors.Connections;

namespace CallActors.Tests.Connections;

public sealed class ConnectionOptionsTests
{
    [Fact]
    public void Waits_grow_by_their_factor_to_the_cap_and_begin_anew()
    {
        var backOff = BackOffOptions.Default;
        Assert.Equal([150, 255, 433.5, 736.95], Enumerable.Range(1, 4).Select(failures => Math.Round(backOff.Delay(failures, 0).TotalMilliseconds, 2)));
        Assert.Equal(TimeSpan.FromSeconds(10), backOff.Delay(9, 0));
        Assert.Equal(TimeSpan.FromSeconds(10), backOff.Delay(int.MaxValue, 0));
        Assert.Equal(TimeSpan.FromSeconds(8), backOff.Delay(int.MaxValue, 1));
        Assert.Equal(TimeSpan.FromMilliseconds(150), backOff.Delay(0, 0));
    }

    [Fact]
    public void Whatever_chance_says_no_wait_is_above_the_cap_or_below_nothing()
    {
        var dice = new Random(4);
        for (var i = 0; i < 2000; i++)
        {
            var backOff = new BackOffOptions { Factor = 1 + dice.NextDouble() * 9, Jitter = dice.NextDouble() * 1.5 };
            Assert.InRange(backOff.Delay(dice.Next(0, 1000), dice.NextDouble()), TimeSpan.Zero, backOff.Cap);
        }
    }

    [Fact]
    public void No_record_says_its_secret()
    {
        const string Secret = "do not tell";
        var server = new SignallingServerOptions { Name = "s", Secret = Secret };
        var listen = new ListenOptions { Secret = Secret };
        Assert.DoesNotContain(Secret, $"{server} {listen} {ConnectionTerms.Of(server)} {ConnectionTerms.Of(listen)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("::1", true)]
    [InlineData("10.0.0.9", false)]
    [InlineData("::2", false)]
    public void A_listener_takes_this_machine_alone_unless_told_otherwise(string address, bool isAllowed)
    {
        Assert.Equal(isAllowed, new ListenOptions().Allows(IPAddress.Parse(address)));
        Assert.False(new ListenOptions { AllowedPeers = default }.Allows(IPAddress.Loopback));
    }

    [Theory]
    [InlineData("v0.9.10", true)]
    [InlineData("v0.8.2", true)]
    [InlineData("v0.9.10-3-gabc", true)]
    [InlineData("v0.8.1", false)]
    [InlineData("v0.8.1-rc9", false)]
    [InlineData("v0.7", false)]
    [InlineData("", true)]
    [InlineData("v", true)]
    [InlineData("vvv", true)]
    [InlineData("dev", true)]
    public void A_server_of_a_known_old_version_is_not_pinged(string version, bool answers) => Assert.Equal(answers, ServerVersion.AnswersPings(version));
}
