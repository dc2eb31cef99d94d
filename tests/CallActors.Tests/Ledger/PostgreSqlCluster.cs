using System.Diagnostics;
using Npgsql;

namespace CallActors.Tests.Ledger;

/// <summary>A PostgreSQL server of this test run's own: in a temporary folder, reached by a socket in it, and gone afterwards.</summary>
public sealed class PostgreSqlCluster : IAsyncLifetime
{
    private static readonly string? Programs = Find();

    private readonly string _folder = Directory.CreateTempSubdirectory("ca-pg-").FullName;
    private int _databases;

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing => Programs is null ? "No PostgreSQL is installed here (initdb was looked for in /usr/lib/postgresql/*/bin and the path)." : null;

    /// <summary>A new, empty database.</summary>
    public string NewDatabase()
    {
        var name = $"ledger{Interlocked.Increment(ref _databases)}";
        using var connection = new NpgsqlConnection(ConnectionTo("postgres") + ";Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return ConnectionTo(name);
    }

    public async Task InitializeAsync()
    {
        if (Programs is null) return;
        var files = Path.Combine(_folder, "files");
        Directory.CreateDirectory(files);
        // The server refuses to be root.
        if (Environment.IsPrivilegedProcess) await Run("chown", "-R", "postgres", _folder);
        await Server("initdb", "-D", files, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C");
        await Start();
    }

    public Task Start() => Server("pg_ctl", "-D", Path.Combine(_folder, "files"), "-w", "-l", Path.Combine(_folder, "log"),
        "-o", $"-c listen_addresses='' -c unix_socket_directories={_folder} -c fsync=off -c max_connections=50", "start");

    /// <summary>Stops it at once, as a crash would.</summary>
    public Task Stop() => Server("pg_ctl", "-D", Path.Combine(_folder, "files"), "-w", "-m", "immediate", "stop");

    /// <summary>Nothing in it runs until <see cref="Thaw"/>: connections stay, and nobody answers.</summary>
    public Task Freeze() => Run("kill", ["-STOP", .. Processes()]);

    /// <summary>Ends what <see cref="Freeze"/> began.</summary>
    public Task Thaw() => Run("kill", ["-CONT", .. Processes()]);

    public async Task DisposeAsync()
    {
        if (Programs is null) return;
        NpgsqlConnection.ClearAllPools();
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionTo(string database) => $"Host={_folder};Database={database};Username=postgres;Password=hush;Timeout=5";

    // The server itself first, then those that it has started.
    private string[] Processes()
    {
        var server = File.ReadLines(Path.Combine(_folder, "files", "postmaster.pid")).First();
        return [server, .. File.ReadAllText($"/proc/{server}/task/{server}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static Task Server(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : Run(path, arguments);
    }

    // Its output is not read: the server inherits it, and would keep a reader waiting for ever.
    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static string? Find()
    {
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : [];
        var onPath = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return installed.Concat(onPath).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }
}

/// <summary>A fact that needs PostgreSQL, and says so where there is none.</summary>
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute() => Skip = PostgreSqlCluster.Missing;
}
