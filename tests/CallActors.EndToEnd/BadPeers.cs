using System.Diagnostics;
using System.Globalization;
using System.Net;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>What the network throws at a SIP server: each time other traffic goes on, memory stays bounded and nothing is left behind.</summary>
public sealed class BadPeers : EndToEndTest
{
    private const long Megabyte = 1_000_000;

    private protected override ServerOptions Options => new() { LogLevel = "error" };

    [EndToEndFact]
    public async Task An_invite_flood_whose_rejections_nobody_acknowledges()
    {
        await StartAppAsync("uas", "load", new { status = 486 });

        await UnharmedAsync(peer => Flood(peer, 4000, 800, _ => peer.Request("INVITE", Server.Udp, body: Sdp.Alice)), 486);
    }

    [EndToEndFact]
    public async Task An_invite_flood_whose_answers_nobody_acknowledges()
    {
        await StartAppAsync("uas", "load");

        await UnharmedAsync(peer => Flood(peer, 1000, 250, _ => peer.Request("INVITE", Server.Udp, body: Sdp.Alice)), 200);
    }

    [EndToEndFact]
    public async Task An_invite_flood_that_no_application_wants()
    {
        await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });
        using var good = new UdpPeer(Server.Udp);
        using var bad = new UdpPeer(Server.Udp, IPAddress.Parse("127.0.0.2"));
        var before = Server.Process.ResidentBytes;

        var flood = Flood(bad, 30_000, 6000, _ => bad.Request("INVITE", Server.Udp));
        var (answered, slowest) = await AskAsync(good, flood);
        await flood;

        var grown = (Server.Process.ResidentBytes - before) / Megabyte;
        Check(answered >= 0.98, string.Create(CultureInfo.InvariantCulture, $"{answered:P1} of the good requests were answered; the slowest took {slowest.TotalMilliseconds:F0} ms."));
        Check(grown < 400, $"{grown} MB for 30,000 unanswered rejections.");
    }

    [EndToEndFact]
    public async Task A_flood_of_requests_that_match_nothing()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        var methods = new[] { "BYE", "CANCEL", "ACK", "PRACK", "UPDATE", "KNIT" };

        await UnharmedAsync(peer => Flood(peer, 12_000, 3000, turn => peer.Request(methods[turn % methods.Length], Server.Udp, headers: ["RAck: 1 1 INVITE"])), 486);
    }

    [EndToEndFact]
    public async Task A_flood_of_noise()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        var random = new Random(4475);

        await UnharmedAsync(
            peer => Flood(peer, 12_000, 3000, turn =>
            {
                var noise = new byte[random.Next(1, 1400)];
                random.NextBytes(noise);
                var text = RawPeer.Bytes.GetString(noise);
                return turn % 2 == 0 ? text : peer.Request("INVITE", Server.Udp)[..random.Next(10, 250)] + text;
            }), 486);
    }

    [EndToEndFact]
    public async Task Targets_that_answer_with_icmp_errors()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        var app = await StartAppAsync("requests", "plain");
        for (var request = 0; request < 200; request++)
            await app.CommandAsync("request", new { uri = $"sip:nobody@127.0.0.1:{Ports.Free()}", method = "OPTIONS" });

        await CallAsync(Scenario.Caller().Invite().May(100).Expect(486).AckRejection(), new SippOptions { Calls = 200, Rate = 100 });

        for (var request = 0; request < 200; request++)
            Check((await app.ExpectAsync("response")).Number("status") is 408 or 503, "Each ends.");
    }

    [EndToEndFact]
    public async Task Datagrams_as_large_as_udp_has_them()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        using var peer = new UdpPeer(Server.Udp);
        string[] fillings =
        [
            "X-Long: " + new string('x', 64_000),
            string.Join("\r\n", Enumerable.Repeat("Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx", 1200)),
            string.Join("\r\n", Enumerable.Repeat("a:b", 10_000)),
            string.Join("\r\n", Enumerable.Repeat("Record-Route: <sip:127.0.0.1;lr>", 1000)),
            "Contact: " + string.Concat(Enumerable.Repeat("\"", 60_001)),
            "Subject: " + string.Concat(Enumerable.Repeat("(", 60_000)),
            "Accept: " + string.Join(',', Enumerable.Repeat("text/plain", 5000)),
        ];
        foreach (var filling in fillings)
        {
            var request = peer.Request("INVITE", Server.Udp, headers: [filling]);
            await peer.SendAsync(request);
            var answer = await peer.ReceiveAsync(message => message.Status >= 200 && message.Method == "INVITE");
            Check(answer is { Status: >= 400 and < 600 }, $"{filling[..20]}: {answer?.StartLine ?? "no answer"}");
            await peer.SendAsync(RawDialog.AckRejection(request, answer!));
        }

        await peer.SendAsync(peer.Request("INVITE", Server.Udp, body: new string('v', 64_500)));
        Check(await peer.ReceiveAsync(486, "INVITE") is not null, "A whole datagram of body is a body.");
        await CallAsync(Scenario.Caller().Invite().May(100).Expect(486).AckRejection());
    }

    [EndToEndFact]
    public async Task Fields_filled_with_what_has_crashed_others()
    {
        using var application = await PlainApplication.StartAsync(Server, request => request.Method == "INVITE" ? "SIP/2.0 486 Busy Here" : "SIP/2.0 200 OK", "invite", "options");
        using var peer = new UdpPeer(Server.Udp);
        string[] fields = ["Request", "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Type", "Content-Length", "Route", "Record-Route",
            "Session-Expires", "Min-SE", "Require", "Supported", "Expires", "Authorization", "RAck", "Refer-To", "Replaces", "Reason", "Date", "Accept", "Event"];
        string[] values = ["", " ", ",", ";;,;", "\"", "<", "<>", "<sip:", "sip:[", "sip:[::", "%s%n%x", "%00", "\0", "\u00ff\u00fe", "999999999999999999999999", "-1", "0x41",
            new('A', 8000), string.Concat(Enumerable.Repeat("<sip:a@b>,", 400)), "*", "z9hG4bK", "SIP/2.0/UDP", "SIP/2.0/UDP :0;branch=", "1 INVITE", "4294967296 INVITE",
            "Digest " + new string(',', 3000), "\t\r\n \r\n x", "a@b@c", "sip:%", "sip:a@1.2.3.4.5:99999;transport=", "tag=;tag=", "<sip:x>;tag=;tag="];
        var slowest = TimeSpan.Zero;

        foreach (var field in fields)
        {
            foreach (var value in values)
            {
                await peer.SendAsync(With(peer.Request("INVITE", Server.Udp, body: Sdp.Alice), field, value));
                var start = Stopwatch.GetTimestamp();
                var valid = peer.Request("OPTIONS", Server.Udp);
                await peer.SendAsync(valid);
                var callId = new TracedMessage(true, "", valid).Header("Call-ID");
                Check(await peer.ReceiveAsync(message => message.Status == 200 && message.Header("Call-ID") == callId, 2000) is not null, $"After {field}: {value}");
                var took = Stopwatch.GetElapsedTime(start);
                slowest = took > slowest ? took : slowest;
            }
        }

        Check(slowest < TimeSpan.FromSeconds(1), $"The slowest valid request took {slowest}.");
    }

    [EndToEndFact]
    public async Task Connections_that_dribble_stay_silent_or_never_end_a_message()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        var before = Server.Process.ResidentBytes;
        var slow = new List<TcpPeer>();
        try
        {
            for (var count = 0; count < 400; count++)
                slow.Add(await TcpPeer.ConnectAsync(Server.Tcp));
            var invite = slow[0].Request("INVITE", Server.Tcp);
            for (var offset = 0; offset < 20; offset++)
            {
                foreach (var peer in slow.Where((_, index) => index % 4 != 0))
                    await peer.SendAsync(invite.Substring(offset, 1));
            }

            await CallAsync(Scenario.Caller().Invite().May(100).Expect(486).AckRejection(), new SippOptions { Tcp = true, Calls = 100, Rate = 100 });
            var grown = (Server.Process.ResidentBytes - before) / Megabyte;
            Check(grown < 150, $"{grown} MB for 400 connections.");
        }
        finally
        {
            slow.ForEach(peer => peer.Dispose());
        }
    }

    [EndToEndTheory]
    [InlineData("X-Endless: ", "x", "a header without an end")]
    [InlineData("", "a: b\r\n", "headers without an end")]
    public async Task A_message_without_an_end_is_cut_off(string start, string filling, string what)
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        using var peer = await TcpPeer.ConnectAsync(Server.Tcp);
        var before = Server.Process.ResidentBytes;
        var request = peer.Request("INVITE", Server.Tcp);
        var block = string.Concat(Enumerable.Repeat(filling, 65_536 / filling.Length));

        var refused = false;
        try
        {
            await peer.SendAsync(request[..request.IndexOf("Content-Length", StringComparison.Ordinal)] + start);
            for (var sent = 0; sent < 400 && !refused; sent++)
                await peer.SendAsync(block);
        }
        catch (System.Net.Sockets.SocketException)
        {
            refused = true;
        }

        Check(refused || await peer.IsClosedWithinAsync(3000), $"The server stops reading {what}.");
        Check((Server.Process.ResidentBytes - before) / Megabyte < 100, "And does not keep it.");
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486).AckRejection(), new SippOptions { Tcp = true });
    }

    [EndToEndFact]
    public async Task A_content_length_beyond_all_bounds_is_refused_at_once()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        using var peer = await TcpPeer.ConnectAsync(Server.Tcp);

        await peer.SendAsync(peer.Request("INVITE", Server.Tcp).Replace("Content-Length: 0", "Content-Length: 1000000000", StringComparison.Ordinal));

        var answer = await peer.ReceiveAsync(message => message.Status >= 200);
        Check(answer?.Status is 413 or 400 or 513 || peer.IsClosed, $"{answer?.StartLine ?? "silence"}");
        Check(await peer.IsClosedWithinAsync(5000), "Its framing is lost: the connection is closed.");
    }

    [EndToEndFact]
    public async Task Keep_alives_get_their_pong_between_messages()
    {
        await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });
        using var peer = await TcpPeer.ConnectAsync(Server.Tcp);

        await peer.SendAsync("\r\n\r\n");
        Check(await peer.ReadBytesAsync() == "\r\n", "RFC 5626 §4.4.1.");
        await peer.SendAsync(peer.Request("OPTIONS", Server.Tcp));
        Check(await peer.ReceiveAsync(200, "OPTIONS") is not null, "Then a message.");
        await peer.SendAsync("\r\n\r\n");
        Check(await peer.ReadBytesAsync() == "\r\n", "And again.");
    }

    [EndToEndFact]
    public async Task Fifty_messages_in_one_segment_are_fifty_messages()
    {
        await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });
        using var peer = await TcpPeer.ConnectAsync(Server.Tcp);

        await peer.SendAsync(string.Concat(Enumerable.Range(0, 50).Select(number => peer.Request("OPTIONS", Server.Tcp, sequence: number + 1))));

        for (var number = 1; number <= 50; number++)
            Check(await peer.ReceiveAsync(message => message.Status == 200 && message.Header("CSeq") == $"{number} OPTIONS") is not null, $"Number {number}.");
    }

    [EndToEndFact]
    public async Task Callers_who_vanish_right_after_their_invite()
    {
        await StartAppAsync("uas", "load", new { status = 486 });
        for (var caller = 0; caller < 200; caller++)
        {
            using var peer = await TcpPeer.ConnectAsync(Server.Tcp);
            await peer.SendAsync(peer.Request("INVITE", Server.Tcp, body: Sdp.Alice));
        }

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486).AckRejection(), new SippOptions { Tcp = true, Calls = 20, Rate = 50 });
    }

    [EndToEndFact]
    public async Task An_application_that_is_stopped_under_load_harms_nobody_else()
    {
        // A whole minute by CALLACTORS_STOP_SECONDS=60; the suite takes a shorter one.
        var seconds = int.Parse(Environment.GetEnvironmentVariable("CALLACTORS_STOP_SECONDS") ?? "5", CultureInfo.InvariantCulture);
        var stopped = await StartAppAsync("uas", "load", new { status = 486 });
        await StartAppAsync("requests", "plain", new { methods = new[] { "options" }, status = 200 });
        using var good = new UdpPeer(Server.Udp);
        using var callers = new UdpPeer(Server.Udp, IPAddress.Parse("127.0.0.2"));
        var before = Server.Process.ResidentBytes;

        stopped.Process.Send(ChildProcess.Signal.Stop);
        var load = Flood(callers, 300 * seconds, 300, _ => callers.Request("INVITE", Server.Udp, body: Sdp.Alice));
        var (answered, slowest) = await AskAsync(good, load);
        await load;
        var grown = (Server.Process.ResidentBytes - before) / Megabyte;
        stopped.Process.Send(ChildProcess.Signal.Continue);

        Check(answered >= 0.99, string.Create(CultureInfo.InvariantCulture, $"{answered:P1} answered; the slowest took {slowest.TotalMilliseconds:F0} ms."));
        Check(grown < 100 + (4 * seconds), $"{grown} MB while it was stopped.");
    }

    /// <summary>SIPp calls go on while <paramref name="attack"/> runs.</summary>
    private async Task UnharmedAsync(Func<UdpPeer, Task> attack, int status)
    {
        using var bad = new UdpPeer(Server.Udp, IPAddress.Parse("127.0.0.2"));
        var before = Server.Process.ResidentBytes;
        var calls = status == 200
            ? Scenario.Caller().Invite().May(100).Expect(200).Ack().Pause(100).Bye().Expect(200)
            : Scenario.Caller().Invite().May(100).Expect(status).AckRejection();
        var running = attack(bad);

        await CallAsync(calls, new SippOptions { Calls = 100, Rate = 25 });

        await running;
        var grown = (Server.Process.ResidentBytes - before) / Megabyte;
        Check(grown < 300, $"{grown} MB more.");
    }

    /// <summary>Sends so many messages at a rate of so many a second.</summary>
    private static Task Flood(RawPeer peer, int count, int rate, Func<int, string> next) => Task.Run(async () =>
    {
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < count; sent++)
        {
            await peer.SendAsync(next(sent));
            var ahead = (sent / (double)rate) - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (ahead > 0.01)
                await Task.Delay(TimeSpan.FromSeconds(ahead));
        }
    });

    /// <summary>Asks OPTIONS, ten a second and each once, while <paramref name="load"/> goes on: the part that was answered and the slowest answer.</summary>
    private async Task<(double Answered, TimeSpan Slowest)> AskAsync(UdpPeer good, Task load)
    {
        var (asked, answered, slowest) = (0, 0, TimeSpan.Zero);
        while (!load.IsCompleted)
        {
            var request = good.Request("OPTIONS", Server.Udp);
            var callId = new TracedMessage(true, "", request).Header("Call-ID");
            var start = Stopwatch.GetTimestamp();
            await good.SendAsync(request);
            asked++;
            if (await good.ReceiveAsync(message => message.Status == 200 && message.Header("Call-ID") == callId, 2000) is not null)
                answered++;
            var took = Stopwatch.GetElapsedTime(start);
            slowest = took > slowest ? took : slowest;
            await Task.Delay(100);
        }

        return (answered / (double)asked, slowest);
    }

    private static string With(string request, string field, string value)
    {
        if (field == "Request")
            return $"INVITE {value} SIP/2.0" + request[request.IndexOf("\r\n", StringComparison.Ordinal)..];
        var start = request.IndexOf($"\r\n{field}:", StringComparison.Ordinal);
        if (start < 0)
            return request.Replace("\r\nMax-Forwards:", $"\r\n{field}: {value}\r\nMax-Forwards:", StringComparison.Ordinal);
        var end = request.IndexOf("\r\n", start + 2, StringComparison.Ordinal);
        return $"{request[..start]}\r\n{field}: {value}{request[end..]}";
    }
}
