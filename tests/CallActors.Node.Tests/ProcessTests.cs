using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CallActors.Node.Tests;

/// <summary>The program as an operator meets it: a process, its streams, its signals, its exit code.</summary>
public sealed partial class ProcessTests
{
    [Fact]
    public async Task A_server_says_where_it_listens_answers_there_and_leaves_when_told()
    {
        await using var server = await ServerProcess.ServeAsync();
        Assert.Equal(server.Udp.Port, server.Tcp.Port);
        await server.SaidAsync($"port: {server.Control.Port}");
        Assert.Matches($"SIP +udp/{server.Udp}  tcp/{server.Tcp}\n", server.Output);

        using var caller = new RawCaller(server.Udp);
        caller.Send("OPTIONS", "c1");
        Assert.StartsWith("SIP/2.0 503 ", caller.Receive(), StringComparison.Ordinal);
        using (var application = new RawApplication(server.Control)) application.Register(ServerProcess.Secret);

        server.Signal("TERM");
        Assert.Equal(0, await server.EndAsync());
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} SIGTERM: ", server.Error);
        Assert.DoesNotContain(ServerProcess.Secret, server.Output + server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_message_is_in_the_log_in_the_shape_that_tools_read()
    {
        await using var server = await ServerProcess.ServeAsync();
        using var caller = new RawCaller(server.Udp);
        var request = caller.Send("OPTIONS", "c2");
        var response = caller.Receive();
        var log = await server.LoggedAsync("SIP/2.0 503 ");

        var records = Record().Matches(log);
        Assert.Equal(["recv", "send"], records.Select(match => match.Groups["verb"].Value));
        Assert.Equal([$"{request.Length}", $"{response.Length}"], records.Select(match => match.Groups["bytes"].Value));
        Assert.All(records, record => Assert.Equal($"{caller.Port}", record.Groups["port"].Value));
        Assert.Contains(":\nOPTIONS sip:service@", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_error_no_message_is_in_the_log_and_sighup_brings_them_back()
    {
        var file = Path.Combine(Path.GetTempPath(), $"callactors-{Guid.NewGuid():N}.xml");
        await File.WriteAllTextAsync(file, "<drachtio><admin>127.0.0.1</admin><logging><loglevel>error</loglevel></logging></drachtio>");
        try
        {
            await using var server = await ServerProcess.ServeAsync(["--file", file], useFile: true);
            using var caller = new RawCaller(server.Udp);
            caller.Send("OPTIONS", "c3");
            caller.Receive();

            await File.WriteAllTextAsync(file, "<drachtio><admin port='x'>127.0.0.1</admin><logging><loglevel>info</loglevel></logging></drachtio>");
            server.Signal("HUP");
            await server.LoggedAsync($"nothing was changed: {file}:1:18: error: 'x' is not a port");

            await File.WriteAllTextAsync(file, "<drachtio><admin>127.0.0.1</admin><logging><loglevel>info</loglevel></logging></drachtio>");
            server.Signal("HUP");
            await server.LoggedAsync("the log level is Info now");
            caller.Send("OPTIONS", "c4");
            var log = await server.LoggedAsync("SIP/2.0 503 ");
            Assert.DoesNotContain("Call-ID: c3", log, StringComparison.Ordinal);
            Assert.Contains("Call-ID: c4", log, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Told_to_leave_it_refuses_new_calls_and_lets_the_living_end()
    {
        await using var server = await ServerProcess.ServeAsync();
        using var application = new RawApplication(server.Control).Register(ServerProcess.Secret);
        using var caller = new RawCaller(server.Udp);
        caller.Send("INVITE", "c5");
        var offered = application.Receive();

        server.Signal("TERM");
        await server.LoggedAsync("SIGTERM: ");
        using var late = new RawCaller(server.Udp);
        late.Send("INVITE", "c6");
        var refusal = late.ReceiveFinal();
        Assert.StartsWith("SIP/2.0 503 ", refusal, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 10\r\n", refusal, StringComparison.OrdinalIgnoreCase);

        // Layout (a) of a network event: id|sip|network|bytes|protocol|host|port|time|transaction id|…
        var transaction = offered.Split('|')[8];
        application.Send($"3|sip|{transaction}|\r\nSIP/2.0 486 Busy Here\r\n\r\n");
        Assert.StartsWith("SIP/2.0 486 ", caller.ReceiveFinal(), StringComparison.Ordinal);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var server = await ServerProcess.ServeAsync(["--drain-timeout", "600"]);
        using var application = new RawApplication(server.Control).Register(ServerProcess.Secret);
        using var caller = new RawCaller(server.Udp);
        caller.Send("INVITE", "c7");
        application.Receive();
        server.Signal("INT");
        await server.LoggedAsync("SIGINT: ");
        server.Signal("INT");
        Assert.Equal(1, await server.EndAsync());
    }

    [Fact]
    public async Task What_it_holds_can_be_asked_for()
    {
        await using var server = await ServerProcess.ServeAsync();
        using var application = new RawApplication(server.Control).Register(ServerProcess.Secret);
        using var caller = new RawCaller(server.Udp);
        caller.Send("INVITE", "c8");
        application.Receive();

        using var client = new TcpClient();
        await client.ConnectAsync(server.Status);
        using var status = await JsonDocument.ParseAsync(client.GetStream());
        Assert.Equal(1, status.RootElement.GetProperty("connections").GetInt64());
        Assert.Equal(1, status.RootElement.GetProperty("pending").GetInt64());
        Assert.Equal(1, status.RootElement.GetProperty("totals").GetProperty("requestsReceived").GetInt64());
    }

    [Fact]
    public async Task A_port_in_use_ends_the_start_with_a_line_that_names_it()
    {
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var taken = other.Client.LocalEndPoint!.ToString()!;
        var (code, output, error) = await ServerProcess.RunAsync("serve", "--noconfig", "--port", "0", "--contact", $"sip:{taken};transport=udp");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("callactors: error: ", error, StringComparison.Ordinal);
        Assert.Contains(taken, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_control_port_in_use_ends_the_start_with_a_line_that_names_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, _, error) = await ServerProcess.RunAsync("serve", "--noconfig", "--port", $"{taken}", "--contact", "sip:127.0.0.1:0;transport=udp");
        Assert.Equal(1, code);
        Assert.Contains($"127.0.0.1:{taken}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_on_the_command_line_ends_the_start_with_its_remedy()
    {
        var (code, output, error) = await ServerProcess.RunAsync("serve", "--noconfig", "--loglevel", "loud");
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            "--loglevel: error: 'loud' cannot be used here; write notice, error, warning, info or debug\ncallactors: error: the server was not started; mend the errors above\n",
            error);
    }

    [Fact]
    public async Task The_environment_alone_configures_a_server()
    {
        await using var server = await ServerProcess.ServeAsync(environment: [("DRACHTIO_LOGLEVEL", "notice"), ("DRACHTIO_USER_AGENT_OPTIONS_AUTO_RESPOND", "probe")]);
        using var caller = new RawCaller(server.Udp);
        caller.Send("OPTIONS", "c9");
        caller.Receive();
        server.Signal("TERM");
        Assert.Equal(0, await server.EndAsync());
        Assert.Equal("", server.Error);
    }

    [Fact]
    public async Task Help_and_version_end_with_zero()
    {
        var (code, output, error) = await ServerProcess.RunAsync("serve", "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("--contact", output, StringComparison.Ordinal);
        Assert.Equal(0, (await ServerProcess.RunAsync("--version")).Code);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} (?<verb>recv|send) (?<bytes>\d+) bytes (?:from|to) udp/\[127\.0\.0\.1\]:(?<port>\d+) at \d\d:\d\d:\d\d\.\d{6}:$", RegexOptions.Multiline)]
    private static partial Regex Record();
}
