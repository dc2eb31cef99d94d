using System.Net;
using System.Net.Sockets;

namespace CallActors.Chaos.Topology;

/// <summary>Where the program under test is, and ports for it.</summary>
internal static class Programs
{
    // Below the ports that the system hands out itself: one that was left for a moment must still be there afterwards.
    private const int LowestPort = 20_000, HighestPort = 30_000;
    private static readonly HashSet<int> s_given = [];

    /// <summary>The folder that holds CallActors.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The node, built with the same configuration as we, in a copy: whoever builds meanwhile changes nothing of a long run.</summary>
    public static string Node { get; } = Path.Combine(Copy(), "CallActors.Node.dll");

    /// <summary>A port of 127.0.0.1 that nobody uses, for UDP and TCP.</summary>
    public static int FreePort()
    {
        lock (s_given)
        {
            while (true)
            {
                var port = Random.Shared.Next(LowestPort, HighestPort);
                if (!s_given.Contains(port) && IsFree(port, SocketType.Dgram, ProtocolType.Udp) && IsFree(port, SocketType.Stream, ProtocolType.Tcp) && s_given.Add(port)) return port;
            }
        }
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Copy()
    {
        var built = Path.Combine(Repository, "src", "CallActors.Node", "bin", Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!, "net10.0");
        var copy = Directory.CreateTempSubdirectory("ca-chaos-program-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(copy, recursive: true);
        foreach (var file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CallActors.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("This runs from inside the repository.");
    }
}
