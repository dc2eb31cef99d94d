using System.Text;
using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

/// <summary>Reads configuration that stands in the test itself.</summary>
internal static class Sources
{
    public static ServerOptions File(string xml, out Findings findings)
    {
        findings = new Findings();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(xml));
        return ConfigurationFile.Read(stream, "drachtio.conf.xml", new ServerOptions(), findings);
    }

    /// <summary>A file that holds the elements besides a plain &lt;admin&gt;, and has nothing wrong with it.</summary>
    public static ServerOptions Clean(string elements)
    {
        var options = File($"<drachtio><admin>127.0.0.1</admin>{elements}</drachtio>", out var findings);
        Assert.Empty(findings.All);
        return options;
    }

    /// <summary>What is wrong with a file that holds the elements besides a plain &lt;admin&gt; on its first line.</summary>
    public static string[] Findings(string elements)
    {
        File($"<drachtio><admin>127.0.0.1</admin>\n{elements}\n</drachtio>", out var findings);
        return [.. findings.All.Select(finding => finding.ToString())];
    }

    public static ServerOptions Environment(out Findings findings, params (string Name, string Value)[] variables)
    {
        findings = new Findings();
        return EnvironmentVariables.Read(variables.ToDictionary(variable => variable.Name, variable => variable.Value), new ServerOptions(), findings);
    }
}
