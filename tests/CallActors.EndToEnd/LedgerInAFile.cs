using System.Data.Common;
using System.Diagnostics;
using CallActors.EndToEnd.Harness;
using Microsoft.Data.Sqlite;

namespace CallActors.EndToEnd;

/// <summary>The ledger in a SQLite file.</summary>
public sealed class LedgerInAFile : LedgerUnderCalls
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-ledger-").FullName;

    private protected override string Ledger => $"sqlite:{Path.Combine(_folder, "ledger.db")}";

    [EndToEndFact]
    public Task The_disk_stands_still_for_ten_seconds() => PassesAsync(16, async () =>
    {
        // Whoever writes keeps all others from it.
        using (var other = Open())
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            await Task.Delay(TimeSpan.FromSeconds(10));
            await SaysOnceAsync("has taken more than 5 s over one row");
            await UntilAsync(status => status["ledgerQueued"] > Queued, "facts wait");
            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }

        await SaysOnceAsync("database answers again");
        Check((await Server.StatusAsync()).Total("ledgerFailures") == 0, "Nothing has failed.");
    });

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected override DbConnection Open() => new SqliteConnection($"Data Source={Path.Combine(_folder, "ledger.db")};Pooling=False");
}

/// <summary>The ledger on a disk of its own, of a few megabytes: a file system that the node alone sees, so that no rights are asked for.</summary>
public sealed class LedgerOnASmallDisk : LedgerUnderCalls
{
    private const string Disk = "8m";

    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-disk-").FullName;

    private protected override string Ledger => $"sqlite:{Path.Combine(_folder, "ledger.db")}";

    private protected override string[] Starter => Mounting(_folder);

    // The folder as the node sees it.
    private string Inside => $"/proc/{Server.Process.Id}/root{_folder}";

    [SmallDiskFact]
    public Task The_disk_is_full_and_has_room_again() => PassesAsync(14, async () =>
    {
        var filler = Path.Combine(Inside, "filler");
        Fill(filler);
        await SaysOnceAsync("The ledger cannot be written");
        await UntilAsync(status => status.Total("ledgerFailures") > 1 && status["ledgerQueued"] > Queued, "it is tried again, and facts wait");
        File.Delete(filler);
        await SaysOnceAsync("The ledger is whole again");
        await SaysOnceAsync("The ledger cannot be written");
    });

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // SQLite resolves the way inside by its name, which leads nowhere: it is given a copy.
    private protected override DbConnection Open()
    {
        var copy = Path.Combine(_folder, "copy.db");
        foreach (var part in (string[])["", "-wal", "-shm"])
            File.Delete(copy + part);
        foreach (var part in (string[])["", "-wal"])
        {
            if (File.Exists(Path.Combine(Inside, "ledger.db" + part))) File.Copy(Path.Combine(Inside, "ledger.db" + part), copy + part);
        }

        return new SqliteConnection($"Data Source={copy};Pooling=False");
    }

    /// <summary>Starts what follows with a file system of its own at a folder.</summary>
    internal static string[] Mounting(string folder) =>
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size={Disk} callactors '{folder}' && exec \"$@\"", "sh"];

    // To the last byte that it takes.
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[65536]; block.Length > 0;)
        {
            try
            {
                file.Write(block);
            }
            catch (IOException)
            {
                block = new byte[block.Length / 2];
            }
        }
    }
}

/// <summary>A test that needs a small disk; skipped where a process may not make one for itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly string? s_missing = FindMissing();

    public SmallDiskFactAttribute() => Skip = Tools.Missing ?? s_missing;

    private static string? FindMissing()
    {
        var command = LedgerOnASmallDisk.Mounting(Path.GetTempPath());
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], [.. command[1..], "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "a process may not mount a file system for itself here (unshare --user --mount)";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unshare is not installed";
        }
    }
}
