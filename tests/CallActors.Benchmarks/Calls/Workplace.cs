namespace CallActors.Benchmarks.Calls;

/// <summary>Where things are, and whether what is needed is installed.</summary>
internal static class Workplace
{
    public static string Repository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "CallActors.sln")))
                return directory.FullName;
        throw new UsageException("CallActors.sln was not found above the program: run the benchmarks from a checkout.");
    }

    /// <summary>The server's executable in the configuration that this program was built in.</summary>
    public static string Server()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var server = Path.Combine(Repository(), "src", "CallActors.Node", "bin", configuration, "net10.0", "CallActors.Node.dll");
        return File.Exists(server) ? server : throw new UsageException($"{server} is not there: build src/CallActors.Node -c {configuration}.");
    }

    public static void Demand(params (string Program, string Package)[] needed)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin");
        var missing = needed.Where(n => !path.Any(p => File.Exists(Path.Combine(p, n.Program)))).Select(n => n.Package).Distinct().ToArray();
        if (missing.Length > 0) throw new UsageException($"Missing programs. On Debian 12: apt-get install -y --no-install-recommends {string.Join(' ', missing)}");
    }
}
