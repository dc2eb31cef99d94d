using System.Net;
using System.Net.Sockets;

namespace CallActors.EndToEnd.Harness;

/// <summary>Where things are: the repository, the built server, the applications, SIPp, the RFC 4475 messages.</summary>
internal static class Tools
{
    /// <summary>The folder that holds CallActors.sln.</summary>
    internal static string Repository { get; } = FindUpwards("CallActors.sln")
        ?? throw new InvalidOperationException("The tests run from inside the repository.");

    /// <summary>The executable under test, built with the same configuration as the tests.</summary>
    internal static string ServerAssembly { get; } = Path.Combine(
        Repository, "src", "CallActors.Node", "bin", Configuration, "net10.0", "CallActors.Node.dll");

    internal static string Apps { get; } = Path.Combine(Repository, "tests", "CallActors.EndToEnd", "apps");

    /// <summary>What keeps the end-to-end tests from running here, or null. tests/run.sh installs all of it.</summary>
    internal static string? Missing { get; } = FindMissing();

    /// <summary>Why no call can be made over IPv6 here, or null.</summary>
    internal static string? MissingIpv6 { get; } = FindMissingIpv6();

    /// <summary>What every server is started with beside what its test wants: <c>CALLACTORS_TEST_SERVER_OPTIONS</c>, such as <c>--no-extensions</c>.</summary>
    internal static string[] ServerOptions { get; } =
        (Environment.GetEnvironmentVariable("CALLACTORS_TEST_SERVER_OPTIONS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What keeps tests of the control protocol's extensions from running, or null.</summary>
    internal static string? MissingExtensions { get; } =
        ServerOptions.Contains("--no-extensions") ? "it is about extensions of the control protocol, and servers are started without (CALLACTORS_TEST_SERVER_OPTIONS)" : null;

    /// <summary>The 49 messages of RFC 4475, or null where they are not at hand.</summary>
    internal static string? TortureMessages { get; } = FindTortureMessages();

    private static string Configuration =>
        Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    private static string? FindMissing()
    {
        if (Environment.GetEnvironmentVariable("CALLACTORS_END_TO_END") == "required")
            return null;
        foreach (var command in (string[])["sipp", "node", "baresip"])
        {
            if (!OnPath(command))
                return $"{command} is not installed; tests/run.sh installs it";
        }

        return Directory.Exists(Path.Combine(Apps, "node_modules", "drachtio-srf"))
            ? null
            : "drachtio-srf is not installed; tests/run.sh installs it";
    }

    private static string? FindMissingIpv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return null;
        }
        catch (SocketException e)
        {
            return $"this machine has no IPv6 loopback ({e.SocketErrorCode})";
        }
    }

    private static string? FindTortureMessages()
    {
        var named = Environment.GetEnvironmentVariable("CALLACTORS_RFC4475");
        if (!string.IsNullOrEmpty(named))
            return Directory.Exists(named) ? named : null;
        return FindUpwards(Path.Combine("shared", "data", "rfc4475")) is { } root
            ? Path.Combine(root, "shared", "data", "rfc4475")
            : null;
    }

    private static bool OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    private static string? FindUpwards(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, name)))
                return folder.FullName;
        }

        return null;
    }
}
