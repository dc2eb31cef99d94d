using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>deploy/local-cluster.sh as somebody who tries it meets it.</summary>
public sealed class LocalCluster
{
    [ExtensionsFact]
    public async Task A_call_outlives_the_node_that_has_it()
    {
        var folder = Directory.CreateTempSubdirectory("callactors-local-").FullName;
        var cluster = new Script(folder);
        try
        {
            var started = await cluster.RunAsync("start");
            Assert.True(started.Code == 0, started.Said);
            Assert.Contains("up. Phones register at 127.0.0.1:", started.Said, StringComparison.Ordinal);

            await using var sipp = new ChildProcess("sipp", ["-sn", "uac", "-s", "echo", "-m", "1", "-d", "12000", "-i", "127.0.0.1", "-nostdin", $"127.0.0.1:{cluster.FirstPort}"], folder: folder);
            var owner = await WhoHasACallAsync(folder);
            var killed = await cluster.RunAsync("kill", owner);
            Assert.True(killed.Code == 0, killed.Said);
            Assert.True(await sipp.WaitForExitAsync(TimeSpan.FromSeconds(60)), "SIPp did not come to its end");
            Assert.True(sipp.ExitCode == 0, $"the BYE of a call of {owner} was not answered 200:\n{string.Join('\n', sipp.LastLines.TakeLast(40))}");

            var restarted = await cluster.RunAsync("restart", owner);
            Assert.True(restarted.Code == 0, restarted.Said);
            var record = Assert.Single(Directory.EnumerateFiles(folder, "*.calls.jsonl").SelectMany(File.ReadAllLines));
            Assert.Contains("EchoNumber", record, StringComparison.Ordinal);
        }
        finally
        {
            var stopped = await cluster.RunAsync("stop");
            Directory.Delete(folder, recursive: true);
            Assert.True(stopped.Code == 0, stopped.Said);
        }
    }

    private static async Task<string> WhoHasACallAsync(string folder)
    {
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(10); await Task.Delay(50))
        {
            foreach (var node in (string[])["node1", "node2", "node3"])
            {
                var ports = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, node + ".ports")))!;
                using var client = new TcpClient();
                await client.ConnectAsync(System.Net.IPEndPoint.Parse(ports["status"]!.GetValue<string>()));
                using var reader = new StreamReader(client.GetStream());
                if (JsonNode.Parse((await reader.ReadLineAsync())!)!["calls"]!.GetValue<long>() == 1) return node;
            }
        }
        throw new InvalidOperationException("No node has the call.");
    }

    /// <summary>The script, in a folder and on ports of the test's own.</summary>
    private sealed class Script(string folder)
    {
        // Seven in a row, below those that the system hands out by itself.
        public int FirstPort { get; } = Random.Shared.Next(1200, 1900) * 10;

        public async Task<(int Code, string Said)> RunAsync(params string[] arguments)
        {
            // What it starts goes on after it: its output is a file, for a pipe would stay open.
            var log = Path.Combine(folder, "script.log");
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, Path.Combine(Tools.Repository, "deploy", "local-cluster.sh"), .. arguments])
            {
                Environment = { ["CALLACTORS_LOCAL"] = folder, ["CALLACTORS_PORTS"] = $"{FirstPort}", ["CALLACTORS_PROGRAM"] = Tools.ServerAssembly },
            })!;
            await process.WaitForExitAsync();
            return (process.ExitCode, await File.ReadAllTextAsync(log));
        }
    }
}
