using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

/// <summary>The sample that is shipped: it is read without a word, and it says what holds without it.</summary>
public sealed class SampleFileTests
{
    [Fact]
    public void The_sample_holds_the_defaults_and_nothing_unknown()
    {
        var findings = new Findings();
        var sample = ConfigurationFile.Read(Path.Combine(Root(), "deploy", "drachtio.conf.xml"), new ServerOptions(), findings);
        var defaults = new ServerOptions { Log = new() { Console = true } };

        Assert.Empty(findings.All);
        Assert.Equal(defaults.Admin, sample.Admin);
        Assert.Equal((defaults.Limits, defaults.Drain, defaults.Timers, defaults.Tls, defaults.Log), (sample.Limits, sample.Drain, sample.Timers, sample.Tls, sample.Log));
        Assert.Equal((defaults.UdpBufferSize, defaults.ListenBacklog, defaults.DefaultRefresher), (sample.UdpBufferSize, sample.ListenBacklog, sample.DefaultRefresher));
        var contact = Assert.Single(sample.Contacts);
        Assert.True(contact.IsWildcard);
        Assert.All(contact.Transports, transport => Assert.Equal(ContactOptions.Default.PortOf(transport), contact.PortOf(transport)));
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "CallActors.sln"))) return folder;
        }
        throw new InvalidOperationException("This test reads deploy/ and runs from inside the source tree.");
    }
}
