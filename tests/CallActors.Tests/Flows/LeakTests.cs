using System.Globalization;
using CallActors.Headers;
using CallActors.TestKit;
using Xunit.Abstractions;

namespace CallActors.Tests.Flows;

/// <summary>Many calls of every kind, and nothing of them afterwards: row N29.</summary>
/// <remarks>CALLACTORS_LEAK_CALLS says how many; 100000 is the full row.</remarks>
[Collection(Alone.Name)]
public sealed class LeakTests(ITestOutputHelper output)
{
    private const int Usual = 2000;

    // Every kind twice, all alive at the same time.
    private static readonly string[] s_kinds =
    [
        "answered", "rejected", "ringing", "bridged", "bridged-cancelled", "bridged-busy", "throws", "throws-later", "silent", "silent-cancelled", "no-sdp", "no-relay", "begun",
    ];

    [Fact]
    public void N29_many_calls_of_every_kind_leave_nothing()
    {
        var calls = int.TryParse(Environment.GetEnvironmentVariable("CALLACTORS_LEAK_CALLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : Usual;
        var script = new Script { Invited = Invited, Started = Started };
        using var net = new TestNet();
        var node = script.On(net, options => options with { Calls = options.Calls with { UnansweredAfter = TimeSpan.FromSeconds(20) } });
        // Before anything is measured, what is compiled and cached at the first time is.
        for (var i = 0; i < 10; i++) Play(net, node);
        var empty = Idle(net, node, script);
        var (sizes, done, start) = (new List<long>(), 0, TimeProvider.System.GetTimestamp());
        foreach (var mark in new[] { calls / 4, calls / 2, calls })
        {
            for (var batch = 0; done < mark; done += s_kinds.Length)
            {
                Play(net, node);
                if (++batch % 100 == 0) Idle(net, node, script);
            }

            sizes.Add(Idle(net, node, script));
        }

        output.WriteLine($"{done} calls in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s, {net.Now.TotalHours:0.0} h of their time; memory {empty / 1024} KB before, "
            + $"{string.Join(", ", sizes.Select(size => $"{size / 1024} KB"))} after a quarter, half and all");
        // Nothing runs beside this one; a call that stays is some kilobytes, a forgotten entry some hundred bytes.
        Assert.True(sizes[^1] - sizes[0] < (4 << 20) + 100L * calls / 4, $"{empty}: {string.Join(", ", sizes)}");
    }

    /// <summary>Nothing lives, and the test itself forgets what has been.</summary>
    private static long Idle(TestNet net, TestNode node, Script script)
    {
        node.AssertNothingLeft();
        Assert.Equal(node.Records.Count, script.Ended.Count);
        net.ForgetThePast();
        script.Forget();
        return GC.GetTotalMemory(true);
    }

    private static void Play(TestNet net, TestNode node)
    {
        var (alice, bob) = (net.Phone("alice"), net.Phone("bob"));
        var calls = new Dictionary<string, PlacedCall>();
        foreach (var kind in s_kinds)
        {
            if (kind != "begun") calls[kind] = alice.Invites(kind, headers: [("X-Kind", kind)]);
        }

        node.Begin<Scripted>();
        var offered = new Dictionary<string, OfferedCall>();
        for (var i = 0; i < 5; i++)
        {
            var invite = bob.ReceivesInvite();
            offered[invite.Header("X-Kind")!] = invite;
        }

        calls["answered"].Receives(200).Acks();
        calls["rejected"].Receives(486);
        calls["ringing"].Receives(180).Cancels().Receives(487);
        offered["bridged"].Rings().Answers();
        calls["bridged"].Receives(180).Receives(200).Acks();
        offered["bridged"].ReceivesAck();
        offered["bridged-cancelled"].Rings();
        calls["bridged-cancelled"].Receives(180).Cancels().Receives(487);
        offered["bridged-cancelled"].ReceivesCancel();
        offered["bridged-busy"].Rejects(486);
        calls["bridged-busy"].Receives(486);
        calls["throws"].Receives(500);
        calls["throws-later"].Receives(200).Acks().ReceivesBye();
        calls["silent-cancelled"].Cancels().Receives(487);
        calls["no-sdp"].Receives(500);
        offered["no-relay"].Answers();
        calls["no-relay"].Receives(500);
        offered["no-relay"].ReceivesAck().ReceivesBye();
        offered["begun"].Answers().ReceivesAck();
        calls["answered"].HangsUp();
        calls["bridged"].HangsUp();
        offered["bridged"].ReceivesBye();
        offered["begun"].HangsUp();
        calls["silent"].Receives(500);
        net.RunUntil(() => node.Calls == 0);
    }

    private static async Task Invited(Scripted flow, IncomingCall call)
    {
        var kind = call.Invite.Header("X-Kind")!;
        var bridging = new BridgeOptions { RequestHeaders = HeaderPolicy.All };
        switch (kind)
        {
            case "answered": await call.Answer(call.Offer); break;
            case "rejected": await call.Reject(486); break;
            case "ringing":
                await call.Ring();
                await Task.Delay(TimeSpan.FromHours(1), flow.Clock, call.Cancelled);
                break;
            case "throws": throw new InvalidDataException(kind);
            case "throws-later":
                await call.Answer(call.Offer);
                await call.Acknowledged;
                await Task.Delay(TimeSpan.FromSeconds(1), flow.Clock);
                throw new InvalidDataException(kind);
            case "silent" or "silent-cancelled": await new TaskCompletionSource().Task; break;
            case "no-sdp": await call.Answer(static _ => Task.FromException<string?>(new InvalidDataException("no media"))); break;
            case "no-relay": await flow.ConnectsTo("bob", call, bridging with { Answer = static _ => Task.FromException<string?>(new InvalidDataException("no relay")) }); break;
            default: await flow.ConnectsTo("bob", call, bridging); break;
        }
    }

    private static Task<InviteOutcome> Started(Scripted flow) =>
        flow.Calls("bob", new CallOptions { Sdp = "v=0\r\no=- 1 1 IN IP4 10.0.2.1\r\ns=-\r\nc=IN IP4 10.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", Headers = new HeaderFields { { "X-Kind", "begun" } } }).Outcome;
}
