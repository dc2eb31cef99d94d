using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Real softphones at the node as the README starts it: they register with a password, call each other, and their audio arrives.</summary>
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
    public async Task One_calls_the_other_and_audio_arrives_at_both()
    {
        var (alice, bob) = (await PhoneAsync("alice"), await PhoneAsync("bob"));

        await alice.CommandAsync("dial", $"sip:bob@{Server.Udp}");

        Check(await alice.HasEventAsync("CALL_ESTABLISHED") && await bob.HasEventAsync("CALL_ESTABLISHED"), Tell("They are connected."));
        Check(await alice.HasEventAsync("CALL_RTPESTAB") && await bob.HasEventAsync("CALL_RTPESTAB"), Tell("Audio arrives at both."));
        await alice.CommandAsync("hangup");
        Check(await bob.HasEventAsync("CALL_CLOSED"), Tell("Bob is told of the end."));
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
    public async Task Ones_own_audio_comes_back_at_the_echo()
    {
        var alice = await PhoneAsync("alice");
        await alice.CommandAsync("dial", $"sip:echo@{Server.Udp}");
        Check(await alice.HasEventAsync("CALL_ESTABLISHED") && await alice.HasEventAsync("CALL_RTPESTAB"), Tell("It is connected, and audio arrives."));
        await alice.CommandAsync("hangup");
        Check(await alice.HasEventAsync("CALL_CLOSED"), Tell("It is over."));
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
}
