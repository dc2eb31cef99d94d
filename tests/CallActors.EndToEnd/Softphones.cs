using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Real softphones at the node as the README starts it: they register with a password, call each other, and hear each other.</summary>
public sealed class Softphones : EndToEndTest
{
    private const string Password = "wonderland";

    private readonly List<Softphone> _phones = [];

    private protected override ServerOptions Options => new() { Role = [], T1 = 500, Environment = new() { ["CALLACTORS_PASSWORD"] = Password } };

    public override async Task DisposeAsync()
    {
        foreach (var phone in _phones) await phone.DisposeAsync();
        await base.DisposeAsync();
    }

    [EndToEndFact]
    public async Task One_calls_the_other_and_both_hear_a_tone()
    {
        var (alice, bob) = (await PhoneAsync("alice"), await PhoneAsync("bob"));

        await alice.CommandAsync("dial", $"sip:bob@{Server.Udp}");

        Check(await alice.HasEventAsync("CALL_ESTABLISHED") && await bob.HasEventAsync("CALL_ESTABLISHED"), Tell("They are connected."));
        await Task.Delay(1500);
        await alice.CommandAsync("hangup");
        Check(await bob.HasEventAsync("CALL_CLOSED"), Tell("Bob is told of the end."));
        Check(await UntilAsync(() => alice.Loudest() > 1000 && bob.Loudest() > 1000), Tell($"They hear each other: {alice.Loudest()}, {bob.Loudest()}."));
    }

    [EndToEndFact]
    public async Task The_other_one_hangs_up()
    {
        var (alice, bob) = (await PhoneAsync("alice"), await PhoneAsync("bob"));
        await alice.CommandAsync("dial", $"sip:bob@{Server.Udp}");
        Check(await bob.HasEventAsync("CALL_ESTABLISHED"), Tell("They are connected."));

        await bob.CommandAsync("hangup");

        Check(await alice.HasEventAsync("CALL_CLOSED"), Tell("Alice is told of the end."));
    }

    [EndToEndFact]
    public async Task One_hears_itself_at_the_echo()
    {
        var alice = await PhoneAsync("alice");
        await alice.CommandAsync("dial", $"sip:echo@{Server.Udp}");
        Check(await alice.HasEventAsync("CALL_ESTABLISHED"), Tell("It is connected."));
        await Task.Delay(1500);
        await alice.CommandAsync("hangup");
        Check(await UntilAsync(() => alice.Loudest() > 1000), Tell($"It hears itself: {alice.Loudest()}."));
    }

    [EndToEndFact]
    public async Task Nobody_is_there()
    {
        var alice = await PhoneAsync("alice");
        await alice.CommandAsync("dial", $"sip:carol@{Server.Udp}");
        Check(await alice.HasEventAsync("CALL_CLOSED", "404"), Tell("Carol does not exist."));
    }

    private async Task<Softphone> PhoneAsync(string user)
    {
        var phone = await Softphone.StartAsync(user, Server.Udp.Port, Password);
        _phones.Add(phone);
        return phone;
    }

    private string Tell(string headline) => $"{headline}\n{string.Concat(_phones.Select(phone => phone.Describe()))}";

    private static async Task<bool> UntilAsync(Func<bool> holds)
    {
        for (var tries = 0; tries < 150 && !holds(); tries++)
            await Task.Delay(20);
        return holds();
    }
}
