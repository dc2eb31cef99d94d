using System.Text.Json;
using CallActors.Node.Pbx;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Tests;

public sealed class CallRecordFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"callactors-records-{Guid.NewGuid():N}.jsonl");
    private readonly TestNet _net = new();
    private CallRecordFile _file;

    public CallRecordFileTests() => _file = new CallRecordFile(_path);

    public void Dispose()
    {
        _net.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task A_call_over_the_trunk_leaves_one_line_with_both_legs_and_who_ended_them()
    {
        var phones = new PhoneBook(_net.Time);
        var trunk = _net.Phone("trunk");
        var node = _net.Serves(
            routes => PbxApplication.AddRoutes(routes, phones, gate: null, hasTrunk: true),
            services => services.AddSingleton(phones).AddSingleton(new TrunkCall.Trunk($"{trunk.Address}")).AddSingleton<ICallRecordSink>(_file));
        var alice = await _net.Phone("alice").Invites("+493012");
        var callee = await trunk.ReceivesInvite().Answers();
        Assert.Equal($"sip:+493012@{trunk.Address}", callee.Invite.RequestUri);
        await alice.Receives(200).Acks();
        await callee.ReceivesAck();
        Assert.Empty(await File.ReadAllTextAsync(_path));
        await alice.HangsUp();
        await callee.ReceivesBye();
        node.AssertNothingLeft();

        var record = Assert.Single(Lines());
        Assert.Equal(("CallActors.Node.Pbx.TrunkCall", $"{Assert.Single(node.Records).Key}"), (record.GetProperty("flow").GetString(), record.GetProperty("key").GetString()));
        Assert.True(record.GetProperty("started").GetDateTimeOffset() <= record.GetProperty("answered").GetDateTimeOffset());
        Assert.True(record.GetProperty("answered").GetDateTimeOffset() <= record.GetProperty("ended").GetDateTimeOffset());
        var legs = record.GetProperty("legs").EnumerateArray().ToArray();
        Assert.Equal(["in FarEnd True", "out Us True"], legs.Select(leg => $"{leg.GetProperty("direction")} {leg.GetProperty("endedBy")} {leg.GetProperty("answered")}"));
        Assert.Equal(alice.Header("Call-ID"), legs[0].GetProperty("callId").GetString());
    }

    [Fact]
    public async Task A_name_is_no_number_and_a_refused_call_has_its_status()
    {
        var phones = new PhoneBook(_net.Time);
        var trunk = _net.Phone("trunk");
        _net.Serves(
            routes => PbxApplication.AddRoutes(routes, phones, gate: null, hasTrunk: true),
            services => services.AddSingleton(phones).AddSingleton(new TrunkCall.Trunk($"{trunk.Address}")).AddSingleton<ICallRecordSink>(_file));
        await _net.Phone("alice").Invites("4930a").Receives(404);
        var record = Assert.Single(Lines());
        Assert.False(record.TryGetProperty("answered", out _));
        Assert.Equal(404, record.GetProperty("legs")[0].GetProperty("status").GetInt32());
    }

    [Fact]
    public void What_a_crash_left_of_a_line_does_not_spoil_the_next_and_a_file_that_was_cut_short_is_begun_anew()
    {
        _file.Dispose();
        File.WriteAllText(_path, "{\"key\":\"half");
        _file = new CallRecordFile(_path);
        _file.Write(Record());
        _file.Write(Record());
        Assert.Equal(["{\"key\":\"half", "{", "{"], File.ReadAllLines(_path).Select((line, at) => at == 0 ? line : line[..1]));

        File.WriteAllText(_path, "");
        _file.Write(Record());
        Assert.Single(Lines());
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named_with_the_option()
    {
        var failure = Assert.Throws<IOException>(() => new CallRecordFile("/nowhere/at/all"));
        Assert.Contains("--call-records", failure.Message, StringComparison.Ordinal);
    }

    private static CallRecord Record() => new(default, "Echo", DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch, [], HasFailed: true);

    private JsonElement[] Lines() => [.. File.ReadAllLines(_path).Select(line => JsonDocument.Parse(line).RootElement)];
}
