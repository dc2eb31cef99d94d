using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>SIGTERM: no new calls, the living ones may end, then the server goes.</summary>
public sealed class Draining : EndToEndTest
{
    [EndToEndFact]
    public async Task A_server_that_is_told_to_leave_refuses_new_calls_and_waits_for_the_old()
    {
        var app = await StartAppAsync("uas", "answer");
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await app.ExpectAsync("ack");

        Server.Process.Send(ChildProcess.Signal.Terminate);
        await Task.Delay(300);
        await CallAsync(Scenario.Caller().Invite().May(100).Expect(503, "Retry-After: [0-9]").AckRejection());
        await caller.SendAsync(dialog.Request("INFO"));
        Check(await caller.ReceiveAsync(200, "INFO") is not null, "The call goes on.");
        await caller.SendAsync(dialog.Request("BYE"));
        Check(await caller.ReceiveAsync(200, "BYE") is not null, "And ends.");

        Check(await Server.Process.WaitForExitAsync(TimeSpan.FromSeconds(15)), "Then the server goes.");
        Check(Server.Process.ExitCode == 0, "In peace.");
    }

    [EndToEndFact]
    public async Task A_server_without_calls_leaves_at_once()
    {
        await StartAppAsync("uas", "answer");

        Server.Process.Send(ChildProcess.Signal.Terminate);

        Check(await Server.Process.WaitForExitAsync(TimeSpan.FromSeconds(5)), "Gone.");
        Check(Server.Process.ExitCode == 0, "In peace.");
    }

    [EndToEndFact]
    public async Task An_application_finds_the_server_again_when_it_is_back()
    {
        var app = await StartAppAsync("uas", "reject", new { status = 486 });
        var port = Server.Control.Port;
        await Server.Process.KillAsync();
        await app.ExpectAsync("reconnecting");

        await using var next = await ServerProcess.StartAsync(new ServerOptions { ControlPort = port });

        await app.ExpectAsync("connected");
    }
}
