using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Two processes of one application on the unmodified library, and what of the first one's calls becomes the second one's.</summary>
public sealed class AdoptionByTags : EndToEndTest
{
    private protected override ServerOptions Options => new() { More = ["--adopt-by-tags"] };

    [EndToEndFact]
    public async Task The_calls_of_one_that_is_killed_are_the_others()
    {
        var first = await StartAppAsync("uas", "answer", new { tags = new[] { "desk" } });
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await first.ExpectAsync("ack");
        var second = await StartAppAsync("requests", "plain", new { tags = new[] { "desk" }, methods = new[] { "info", "bye" }, status = 200 });

        await first.Process.KillAsync();
        await Task.Delay(200);
        await caller.SendAsync(dialog.Request("INFO"));
        Check((await second.ExpectAsync("request")).Text("method") == "INFO", "The other gets what comes in the dialog.");
        Check(await caller.ReceiveAsync(200, "INFO") is not null, "And answers it.");
        await caller.SendAsync(dialog.Request("BYE"));

        Check((await second.ExpectAsync("request")).Text("method") == "BYE", "The other gets the BYE.");
        Check(await caller.ReceiveAsync(200, "BYE") is not null, "And answers it.");
        Check(await caller.ReceiveAsync("BYE", 300) is null, "The server ends nothing.");
    }

    [EndToEndFact]
    public async Task One_with_other_tags_gets_nothing()
    {
        var first = await StartAppAsync("uas", "answer", new { tags = new[] { "desk" } });
        using var caller = new UdpPeer(Server.Udp);
        var dialog = (await RawDialog.EstablishAsync(caller, Server.Udp))!;
        await first.ExpectAsync("ack");
        var other = await StartAppAsync("requests", "plain", new { tags = new[] { "sales" }, methods = new[] { "bye" }, status = 200 });

        await first.Process.KillAsync();
        await Task.Delay(200);
        await caller.SendAsync(dialog.Request("BYE"));

        Check(await caller.ReceiveAsync(481, "BYE") is not null, "As without adoption.");
        Check(other.Count("request") == 0, "The other has heard nothing.");
    }
}
