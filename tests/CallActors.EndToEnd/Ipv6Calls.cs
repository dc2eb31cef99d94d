using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>A server on [::1]: its address stands in brackets wherever it is written, and calls go as over IPv4.</summary>
public sealed class Ipv6Calls : EndToEndTest
{
    private protected override ServerOptions Options => new() { Host = "[::1]" };

    [Ipv6Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_answered_and_the_caller_hangs_up(bool tcp)
    {
        var app = await StartAppAsync("uas", "answer");
        var server = tcp ? Server.Tcp : Server.Udp;

        await CallAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200, $"Contact: sip:\\[::1\\]:{server.Port}{(tcp ? ";transport=tcp" : ">")}", "body: o=application").Ack().Pause(60).Bye().Expect(200, "CSeq: BYE"),
            new SippOptions { Tcp = tcp, Address = "::1" });

        Check((await app.ExpectAsync("invite")).Text("receivedOn") == $"::1:{server.Port}", "It is told where the call came in.");
        await app.ExpectAsync("ack");
        Check((await app.ExpectAsync("destroy")).Text("reason") == "normal release", "The BYE ends the dialog.");
    }

    [Ipv6Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_answered_and_the_application_hangs_up(bool tcp)
    {
        var app = await StartAppAsync("uas", "answer");
        var caller = await StartCallerAsync(
            Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Receive("BYE", "Via: \\[::1\\]").Reply(200), new SippOptions { Tcp = tcp, Address = "::1" });

        await app.ExpectAsync("ack");
        await app.CommandAsync("dialog.hangup");
        await SucceedAsync(caller);
        await app.ExpectAsync("hungup");
    }
}
