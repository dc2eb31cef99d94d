using System.Net;
using System.Net.Sockets;
using CallActors.Node.Tests.CommandLine;
using CallActors.Server.Configuration;

namespace CallActors.Node.Tests;

/// <summary>The runs that end before a server is up; those that end with a signal are tested on the process itself.</summary>
public sealed class NodeRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-serve-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly FakeSignalling _server = new();
    private ServerOptions? _options;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Errors_are_told_all_at_once_and_nothing_is_started()
    {
        var file = Path.Combine(_folder, "d.xml");
        await File.WriteAllTextAsync(file, "<drachtio><admin port='x'>127.0.0.1</admin>\n<sip><timers><t1>y</t1></timers></sip></drachtio>");

        Assert.Equal(1, await RunAsync(_server, [("DRACHTIO_LOGLEVEL", "loud")], "--file", file, "--secret", "geheim", "--colour"));
        Assert.Equal(
            $"""
            {file}:1:18: error: 'x' is not a port; write a whole number from 0 to 65535
            {file}:2:15: error: 'y' is not a number of milliseconds; write a whole number from 1 to 3600000
            DRACHTIO_LOGLEVEL: error: 'loud' cannot be used here; write notice, error, warning, info or debug
            --colour: warning: unknown option; it has no effect (see --help)
            callactors: error: the server was not started; mend the errors above

            """,
            _error.ToString());
        Assert.Null(_options);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why_without_a_stack_trace()
    {
        var server = new FakeSignalling { StartsWith = new IOException("udp 10.9.9.9:5060 cannot be bound: no interface has this address; write another --contact") };
        Assert.Equal(1, await RunAsync(server, [], "--noconfig"));
        Assert.Equal("callactors: error: udp 10.9.9.9:5060 cannot be bound: no interface has this address; write another --contact\n", _error.ToString());
        Assert.Equal(["start", "dispose"], server.Calls);
    }

    [Fact]
    public async Task A_status_port_that_is_taken_says_so()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        Assert.Equal(1, await RunAsync(_server, [], "--noconfig", "--status-port", $"{((IPEndPoint)other.LocalEndpoint).Port}"));
        Assert.Contains("cannot be bound", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["start", "dispose"], _server.Calls);
    }

    [Fact]
    public async Task A_log_file_that_cannot_be_made_says_so()
    {
        var file = Path.Combine(_folder, "d.xml");
        await File.WriteAllTextAsync(file, $"<drachtio><admin>127.0.0.1</admin><logging><file><name>{file}/log</name></file></logging></drachtio>");
        Assert.Equal(1, await RunAsync(_server, [], "--file", file));
        Assert.StartsWith("callactors: error: the log cannot be opened (", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_reaches_the_server()
    {
        var server = new FakeSignalling { StartsWith = new IOException("enough") };
        await RunAsync(server, [("DRACHTIO_SECRET", "geheim")], "--noconfig", "--contact", "sip:127.0.0.1:0;transport=udp");
        Assert.Equal(("geheim", "sip:127.0.0.1:0;transport=udp"), (_options!.Admin.Secret, _options.Contacts.Single().Text));
    }

    private Task<int> RunAsync(FakeSignalling server, (string Name, string Value)[] environment, params string[] arguments)
    {
        var run = new NodeRun(
            (_, options, _, _) =>
            {
                _options = options;
                return server;
            },
            environment.ToDictionary(variable => variable.Name, variable => variable.Value), _output, _error)
        {
            DefaultFile = Path.Combine(_folder, "absent.xml"),
        };
        return run.RunAsync(NodeRole.Server, CommandLines.Serve(arguments)!);
    }
}
