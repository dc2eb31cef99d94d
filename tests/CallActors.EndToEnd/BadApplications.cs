using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>What comes to the control port and is no application, or a broken one.</summary>
public sealed class BadApplications : EndToEndTest
{
    private const string Invite = "INVITE sip:service@127.0.0.1 SIP/2.0\r\nFrom: sip:a@localhost\r\nTo: sip:b@127.0.0.1\r\nContact: sip:a@localhost\r\nContent-Length: 0\r\n\r\n";

    [EndToEndTheory]
    [InlineData("m1|ping")]
    [InlineData("m1|route|invite")]
    [InlineData("m1|sip||\r\nOPTIONS sip:a@127.0.0.1:9 SIP/2.0\r\n\r\n")]
    public async Task Nothing_is_accepted_before_authentication(string payload)
    {
        using var client = await ControlClient.ConnectAsync(Server.Control);

        await client.SendAsync(payload);

        var reply = await client.ReceiveAsync();
        Check(reply?.Contains("|response|m1|NO|", StringComparison.Ordinal) == true, $"{reply}");
        Check(await client.IsClosedWithinAsync(3000), "And the connection is closed.");
    }

    [EndToEndFact]
    public async Task A_wrong_secret_is_refused_with_the_known_text_and_closed()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            using var client = await ControlClient.ConnectAsync(Server.Control);
            await client.SendAsync($"m1|authenticate|guess{attempt}|");
            var reply = await client.ReceiveAsync();
            Check(reply?.EndsWith("|response|m1|NO|incorrect secret", StringComparison.Ordinal) == true, $"{reply}");
            Check(await client.IsClosedWithinAsync(3000), "Closed after the reply.");
        }

        using var right = await ControlClient.AuthenticateAsync(Server.Control, "invite");
        Check((await Server.StatusAsync())["connections"] == 1, "One connection is left.");
    }

    [EndToEndTheory]
    [InlineData("m1|dance", "Unknown message type")]
    [InlineData("m1", "Invalid message format")]
    [InlineData("m1|proxy|x", "Invalid proxy request: not enough information provided")]
    [InlineData("m1|sip||\r\nSIP/2.0 200 OK\r\n\r\n", "transaction id missing")]
    public async Task A_message_that_makes_no_sense_is_refused_with_the_known_text_and_closed(string payload, string text)
    {
        using var client = await ControlClient.AuthenticateAsync(Server.Control);

        await client.SendAsync(payload);

        var reply = await client.ReceiveAsync();
        Check(reply?.EndsWith("|NO|" + text, StringComparison.Ordinal) == true, $"{reply}");
        Check(await client.IsClosedWithinAsync(3000), "Closed after the reply.");
    }

    [EndToEndTheory]
    [InlineData("m1|sip|no-such-transaction|\r\nSIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n", "|response|m1|NOK|Response not sent due to unknown transaction")]
    [InlineData("m1|sip|no-such-transaction|\r\nCANCEL sip:a@127.0.0.1 SIP/2.0\r\n\r\n", "|response|m1|NOK|unable to cancel unknown transaction id: no-such-transaction")]
    [InlineData("m1|sip|odd|\r\nINFO sip:a@127.0.0.1 SIP/2.0\r\n\r\n", "|response|m1|NOK|")]
    [InlineData("m1|sip||no-such-dialog\r\nBYE sip:placeholder SIP/2.0\r\n\r\n", "|response|m1|NOK|Server error: unable to find dialog for dialog id provided")]
    [InlineData("m1|proxy|no-such-transaction||fullResponse||serial|||sip:a@127.0.0.1\r\nINVITE sip:a@127.0.0.1 SIP/2.0\r\n\r\n", "|response|m1|NOK|Unknown transaction id: no-such-transaction")]
    [InlineData("m1|sip||\r\nINVITE sip:a@127.0.0.1:9;transport=ws SIP/2.0\r\n\r\n", "|response|m1|NOK|requested protocol/transport not available")]
    [InlineData("m1|sip||\r\nMESSAGE sip:a@127.0.0.1:9 SIP/2.0\r\nContent-Length: 2\r\n\r\nhi", "|response|m1|NOK|missing content-type")]
    public async Task A_command_that_cannot_be_done_is_refused_and_the_connection_stays(string payload, string reply)
    {
        using var client = await ControlClient.AuthenticateAsync(Server.Control);

        await client.SendAsync(payload);

        var got = await client.ReceiveAsync();
        Check(got?.Contains(reply, StringComparison.Ordinal) == true, $"{got}");
        await client.SendAsync("m2|ping");
        Check((await client.ReceiveAsync())?.EndsWith("|response|m2|OK|pong", StringComparison.Ordinal) == true, "The connection lives.");
    }

    [EndToEndTheory]
    [InlineData("#m1|ping")]
    [InlineData("abc#m1|ping")]
    [InlineData("-5#m1|ping")]
    [InlineData("2147483648#m1|ping")]
    [InlineData("99999999999999999999#m1|ping")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task A_frame_without_a_proper_length_drops_the_connection(string bytes)
    {
        using var client = await ControlClient.AuthenticateAsync(Server.Control);

        await client.SendBytesAsync(bytes);

        Check(await client.IsClosedWithinAsync(3000), "Dropped.");
    }

    [EndToEndFact]
    public async Task Frames_may_be_split_joined_and_empty()
    {
        using var client = await ControlClient.AuthenticateAsync(Server.Control);

        foreach (var one in "0#0#7#m2|ping"u8.ToArray())
            await client.SendBytesAsync(new[] { one });
        Check((await client.ReceiveAsync())?.EndsWith("|response|m2|OK|pong", StringComparison.Ordinal) == true, "Byte by byte.");
        await client.SendBytesAsync(string.Concat(Enumerable.Range(0, 500).Select(_ => "7#m3|ping")));
        for (var pong = 0; pong < 500; pong++)
            Check((await client.ReceiveAsync())?.EndsWith("|response|m3|OK|pong", StringComparison.Ordinal) == true, "Five hundred at once.");
    }

    [EndToEndFact]
    public async Task Half_open_frames_and_silent_connections_cost_little_and_harm_nobody()
    {
        await StartAppAsync("requests", "named", new { name = "good", status = 486 });
        var before = Server.Process.ResidentBytes;
        var clients = new List<ControlClient>();
        try
        {
            for (var count = 0; count < 300; count++)
            {
                var client = count % 2 == 0 ? await ControlClient.ConnectAsync(Server.Control) : await ControlClient.AuthenticateAsync(Server.Control);
                clients.Add(client);
                await client.SendBytesAsync(count % 3 == 0 ? "1000000#m1|authen" : count % 3 == 1 ? "12" : "");
            }

            await CallAsync(Scenario.Caller().Invite().May(100).Expect(486).AckRejection(), new SippOptions { Calls = 50, Rate = 50 });
            var grown = (Server.Process.ResidentBytes - before) / 1_000_000;
            Check(grown < 150, $"{grown} MB for 300 connections.");
            Check(await clients[0].IsClosedWithinAsync(15_000), "One that never authenticates is closed.");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [EndToEndFact]
    public async Task A_million_tiny_frames_are_worked_through()
    {
        await StartAppAsync("requests", "named", new { name = "good", status = 486 });
        using var client = await ControlClient.AuthenticateAsync(Server.Control);
        var empty = string.Concat(Enumerable.Repeat("0#", 20_000));

        for (var turn = 0; turn < 50; turn++)
            await client.SendBytesAsync(empty);
        await client.SendAsync("m9|ping");

        Check((await client.ReceiveAsync(20_000))?.EndsWith("|response|m9|OK|pong", StringComparison.Ordinal) == true, "And the next one is served.");
        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(486).AckRejection());
    }

    [EndToEndFact]
    public async Task An_application_may_send_a_body_that_says_it_is_shorter()
    {
        using var client = await ControlClient.AuthenticateAsync(Server.Control);
        var callee = await StartCalleeAsync(Scenario.Callee().Receive("MESSAGE", "Content-Length: 14", "body: Grüße Grüß").Reply(200));

        // The library counts UTF-16 units; only the frame's own length tells how long the body is.
        await client.SendAsync($"m1|sip||\r\nMESSAGE {callee.Uri} SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nGrüße Grüß");

        Check((await client.ReceiveAsync())?.Contains("|response|m1|OK|", StringComparison.Ordinal) == true, "Sent.");
        await SucceedAsync(callee);
    }

    [EndToEndFact]
    public async Task Headers_that_the_application_may_not_set_are_left_out_and_line_breaks_add_none()
    {
        using var client = await ControlClient.AuthenticateAsync(Server.Control);
        var callee = await StartCalleeAsync(Scenario.Callee().Receive("INVITE").Reply(404).Receive("ACK"));

        await client.SendAsync("m1|sip||\r\n" + Invite.Replace("sip:service@127.0.0.1", callee.Uri, StringComparison.Ordinal).Replace(
            "Content-Length: 0", "Via: SIP/2.0/UDP evil;branch=z9hG4bKx\r\nRoute: <sip:evil;lr>\r\nRecord-Route: <sip:evil;lr>\r\nbad name: x\r\nX-Good: y\r\nContent-Length: 99", StringComparison.Ordinal));

        Check((await client.ReceiveAsync())?.Contains("|response|m1|OK|", StringComparison.Ordinal) == true, "Sent.");
        await SucceedAsync(callee);
        var text = callee.Trace.FirstReceived("INVITE").Text;
        Check(!text.Contains("evil", StringComparison.Ordinal) && !text.Contains("bad name", StringComparison.Ordinal), "Left out.");
        Check(text.Contains("X-Good: y", StringComparison.Ordinal) && text.Contains("Content-Length: 0", StringComparison.Ordinal), "Kept, and counted anew.");
    }
}
