using System.Diagnostics;

namespace CallActors.Node.Tests.Deploy;

/// <summary>The units of systemd, asked by systemd itself where it is installed, and by the program.</summary>
public sealed class UnitFileTests
{
    private static readonly Dictionary<string, string> s_examples = new()
    {
        ["callactors-server.service"] = "",
        ["callactors-node@.service"] = "CALLACTORS_SERVER=10.0.0.10:9022,10.0.0.11:9022",
    };

    public static TheoryData<string> Units => [.. s_examples.Keys];

    [Theory, MemberData(nameof(Units))]
    public void The_program_understands_what_it_is_told(string unit)
    {
        var lines = File.ReadAllLines(PathOf(unit));
        // The variables of the unit, and those that its comments show for the files beside it.
        var environment = lines.Select(line => line.StartsWith("Environment=", StringComparison.Ordinal) ? line["Environment=".Length..] : line.TrimStart('#', ' '))
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(line => line.StartsWith("CALLACTORS_", StringComparison.Ordinal) || line.StartsWith("DRACHTIO_", StringComparison.Ordinal))
            .Where(line => line.Contains('='))
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Replace("%i", "1", StringComparison.Ordinal));
        if (s_examples[unit].Length > 0) Assert.Contains(s_examples[unit].Split('=')[1], environment[s_examples[unit].Split('=')[0]], StringComparison.Ordinal);
        Assert.Empty(DeployedFile.Findings(Command(lines).Skip(2), environment));
        Assert.Contains("Restart=always", lines);
    }

    [SystemdTheory, MemberData(nameof(Units))]
    public async Task Systemd_finds_nothing_wrong(string unit)
    {
        var folder = Directory.CreateTempSubdirectory("callactors-units-").FullName;
        try
        {
            // It asks for the executable too, which may be elsewhere where the tests run.
            var copy = Path.Combine(folder, unit);
            await File.WriteAllTextAsync(copy, File.ReadAllText(PathOf(unit)).Replace("/usr/bin/dotnet", Environment.ProcessPath, StringComparison.Ordinal));
            Assert.Equal((0, ""), await VerifyAsync(copy));
            await File.AppendAllTextAsync(copy, "\n[Service]\nRestart=sometimes\n");
            Assert.Contains("sometimes", (await VerifyAsync(copy)).Said, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string PathOf(string unit) => Path.Combine(DeployedFile.Root, "deploy", "systemd", unit);

    private static string[] Command(string[] lines) => lines.Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');

    private static async Task<(int Code, string Said)> VerifyAsync(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", path]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private sealed class SystemdTheoryAttribute : TheoryAttribute
    {
        public SystemdTheoryAttribute() =>
            Skip = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "systemd-analyze"))) ? null : "systemd-analyze is not installed";
    }
}
