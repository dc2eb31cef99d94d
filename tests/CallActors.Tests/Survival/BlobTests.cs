using CallActors.Keeping;
using CallActors.Ledger;

namespace CallActors.Tests.Survival;

/// <summary>What a server gives back is bytes from outside: none of them may throw, in whatever way they are wrong.</summary>
public sealed class BlobTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(9_000)]
    public void Wrong_bytes_are_no_call_and_no_failure(int description)
    {
        var random = new Random(5);
        var sdp = "v=0\r\n" + string.Concat(Enumerable.Range(0, description / 20).Select(line => $"a=candidate:{line} {random.Next(10, 99)}\r\n"));
        var leg = new LegSnapshot(1, true, "server", "dialog", sdp, sdp + "x", "call-id", "tag", "other", "sip:a@b", "sip:c@d", 2, 1) { BeforeHold = sdp, PeerHeaders = CallActors.Headers.HeaderPolicy.All.Except("X-A").ToText(), Run = "run" };
        var snapshot = new CallSnapshot(CallKey.New(3), "flow", 4, new byte[] { 1, 2, 3 }, [leg, leg with { Id = 2, Peer = 1 }], [new TimerSnapshot("t", DateTimeOffset.UnixEpoch, true)], DateTimeOffset.UnixEpoch);
        var whole = SessionBlob.Write(snapshot).ToArray();
        Assert.Equal(snapshot.Key, SessionBlob.Read(whole)!.Key);
        Assert.Equal(description > 6_000, whole[0] == (byte)'z');
        for (var length = 0; length < whole.Length; length++) Assert.Null(SessionBlob.Read(whole.AsSpan(0, length)));
        for (var round = 0; round < 20_000; round++)
        {
            var wrong = whole.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) wrong[random.Next(wrong.Length)] = (byte)random.Next(256);
            if (SessionBlob.Read(wrong) is not { } read) continue;
            foreach (var one in read.Legs) _ = CallActors.Headers.HeaderPolicy.Read(one.PeerHeaders);
        }
    }
}
