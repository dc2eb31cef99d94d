using System.Collections.Immutable;
using CallActors.Ledger;
using CallActors.Serialization;
using CsCheck;

namespace CallActors.Tests.Ledger;

/// <summary>Snapshots to test with.</summary>
internal static class Snapshots
{
    // Half a surrogate pair has no UTF-8, so texts are made of whole characters.
    private static readonly Gen<string> AnyText = Gen.Char["ab \r\n\0\u00e9\u20ac\u4e2d"].Array[0, 20].Select(letters => new string(letters));
    private static readonly Gen<DateTimeOffset> AnyMoment = Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
    private static readonly Gen<TimerSnapshot> AnyTimer = Gen.Select(AnyText, AnyMoment, Gen.Bool, (name, due, keeps) => new TimerSnapshot(name, due, keeps));

    public static readonly Gen<CallKey> AnyKey = Gen.Select(Gen.UShort, Gen.Byte.Array[CallKey.RandomLength], (shard, random) => CallKey.New(shard, random));

    private static readonly Gen<LegSnapshot> AnyLeg =
        from numbers in Gen.Byte.Array[3]
        from isIncoming in Gen.Bool
        from texts in AnyText.Array[7]
        from local in Gen.Null(AnyText)
        from remote in Gen.Null(AnyText)
        from before in Gen.Null(AnyText)
        from incarnation in Gen.Int[0, int.MaxValue]
        from serverState in Gen.Byte.Array[0, 20]
        select new LegSnapshot(numbers[0], isIncoming, texts[0], texts[1], local, remote, texts[2], texts[3], texts[4], texts[5], texts[6], numbers[1], numbers[2])
        {
            BeforeHold = before,
            PeerHeaders = texts[0],
            Run = texts[1],
            Incarnation = incarnation,
            State = CallActors.Sip.Octets.Of(serverState),
        };

    private static readonly Gen<LegRecord> AnyPast =
        from texts in AnyText.Array[4]
        from isIncoming in Gen.Bool
        from ended in Gen.Int[0, 3]
        from status in Gen.Int[0, 699]
        select new LegRecord(isIncoming, texts[0], texts[1], texts[2], !isIncoming, new LegEnd((EndedBy)ended, texts[3], status));

    public static readonly Gen<CallSnapshot> Any =
        from key in AnyKey
        from flow in AnyText
        from version in Gen.Long
        from state in Gen.Byte.Array[0, 40]
        from legs in AnyLeg.Array[0, 3]
        from timers in AnyTimer.Array[0, 3]
        from started in AnyMoment
        from answered in AnyMoment
        from isAnswered in Gen.Bool
        from past in AnyPast.Array[0, 2]
        select new CallSnapshot(key, flow, version, state, [.. legs], [.. timers], started) { AnsweredAt = isAnswered ? answered : null, LastLeg = legs.Length, Past = [.. past] };

    public static readonly Gen<LedgerBatch> AnyBatch = Gen.Select(Any.Array[0, 3], AnyKey.Array[0, 3], (living, ended) => new LedgerBatch([.. living], [.. ended]));

    /// <summary>The n-th call, and always the same.</summary>
    public static CallKey Key(int n)
    {
        var random = new byte[CallKey.RandomLength];
        BitConverter.TryWriteBytes(random, n);
        return CallKey.New((ushort)(n % 256), random);
    }

    /// <summary>A call of ordinary size: two legs with their descriptions.</summary>
    public static CallSnapshot Call(int n, long version = 1) => new(
        Key(n), "front-desk", version, new byte[] { 1, 2, 3, (byte)n },
        [
            new(1, true, "sip1", "d-1", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n", "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n", "abc@host", "lt", "rt", "sip:a@host", "sip:b@host", 2, 0),
            new(2, false, "sip1", "d-2", null, "", $"{Key(n)}~b@host", "lt2", "rt2", "sip:a@host", "sip:c@host", 1, 3),
        ],
        [new("noon", new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero))],
        new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    /// <summary>Equal in everything, arrays too.</summary>
    public static bool AreEqual(object left, object right) => MessageFormats.Write(left).AsSpan().SequenceEqual(MessageFormats.Write(right));

    public static ImmutableArray<CallSnapshot> Calls(params int[] numbers) => [.. numbers.Select(n => Call(n))];
}
