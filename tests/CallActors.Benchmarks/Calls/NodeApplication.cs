using System.Diagnostics;

namespace CallActors.Benchmarks.Calls;

/// <summary>The drachtio-srf application of apps/, with its packages installed as its lock file says.</summary>
internal static class NodeApplication
{
    public static string Script()
    {
        var apps = Path.Combine(Workplace.Repository(), "tests", "CallActors.Benchmarks", "apps");
        if (!Directory.Exists(Path.Combine(apps, "node_modules", "drachtio-srf")))
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = apps })!;
            npm.WaitForExit();
            if (npm.ExitCode != 0) throw new UsageException($"`npm ci` failed in {apps}: the contender srf needs drachtio-srf from npm.");
        }

        return Path.Combine(apps, "uas.js");
    }
}
