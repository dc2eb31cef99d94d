using System.Runtime.Serialization;
using Akka.Actor;
using CallActors.Calls;
using CallActors.Cluster;
using CallActors.Hosting;
using CallActors.Keeping;
using CallActors.Ledger;
using CallActors.Serialization;
using CallActors.Tests.Ledger;
using CallActors.Transfers;
using CsCheck;

namespace CallActors.Tests.Serialization;

public sealed class MessageFormatTests
{
    private const string LegBytes =
        "0101" + "0173" + "0164"                            // its number, incoming, server, dialog
        + "0103763D30" + "00" + "03634068"                  // "v=0" in full, none, Call-ID
        + "026C74" + "00"                                   // tags
        + "077369703A614068" + "077369703A624068" + "0203"  // addresses, peer, hold
        + "02" + "022B2A"                                   // before the hold the first text that was in full, headers
        + "0172" + "07" + "020908";                         // run, incarnation, the server's memory

    private const string SmallBytes =
        "01" + "01000000000000000000"                       // key: shard, random
        + "04666C6F77"                                      // flow
        + "04" + "020102"                                   // version 2, state
        + "01" + LegBytes                                   // one leg
        + "01" + "046E6F6F6E" + "80C0DAA4E7BE92EF08" + "01" // one timer
        + "8081DCB5B9B592EF08"                              // began
        + "01" + "8081DCB5B9B592EF08" + "03"                // answered, last leg
        + "01" + "00" + "0162" + "00" + "0163" + "01" + "00" + "0167" + "00"; // a leg that is over

    private static CallSnapshot Small => new(
        Snapshots.Key(1), "flow", 2, new byte[] { 1, 2 },
        [
            new(1, true, "s", "d", "v=0", null, "c@h", "lt", "", "sip:a@h", "sip:b@h", 2, 3)
            {
                BeforeHold = "v=0", PeerHeaders = "+*", Run = "r", Incarnation = 7, State = CallActors.Sip.Octets.Of([9, 8]),
            },
        ],
        [new("noon", new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero), KeepsCall: true)],
        new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
    {
        AnsweredAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        LastLeg = 3,
        Past = [new(false, "b", "", "c", true, new LegEnd(EndedBy.FarEnd, "g"))],
    };

    /// <summary>One message for each manifest, with the bytes that it has had since it was first written to a disk.</summary>
    private static readonly (object Message, string Bytes)[] Golden =
    [
        (Small, "01" + SmallBytes),
        (new LedgerBatch([Small], [Snapshots.Key(3), Snapshots.Key(300)]), "01" + "01" + SmallBytes + "02" + "03" + "03000000000000000000" + "2C" + "2C010000000000000000"),
        (new Restored(Small, IsFromLedger: true), "01" + "01" + SmallBytes),
        (new Adopted(Snapshots.Key(1), "s", "r", 300, new byte[] { 5 }), "01" + "01" + "01000000000000000000" + "0173" + "0172" + "AC02" + "0105"),
        (new OfferTaken(Snapshots.Key(1), "s"), "01" + "01" + "01000000000000000000" + "0173"),
        (new LegWanted(Snapshots.Key(1), Snapshots.Key(3), 5, new DialogName("c@h", "t", "f")), "01" + "01" + "01000000000000000000" + "03" + "03000000000000000000" + "0A" + "03634068" + "0174" + "0166"),
        (new LegGiven(Snapshots.Key(1), 5, Small.Legs[0]), "01" + "01" + "01000000000000000000" + "0A" + "01" + LegBytes),
        (new Forwarded(Snapshots.Key(1), "s", "t", "d", "INFO"u8.ToArray(), true), "01" + "01" + "01000000000000000000" + "0173" + "0174" + "0164" + "04494E464F" + "01" + "00"),
        (new DialogSought(5, new DialogName("c@h", "t", "f")), "01" + "0A" + "03634068" + "0174" + "0166"),
        (new DialogFound(5, Snapshots.Key(1)), "01" + "0A" + "01" + "01" + "01000000000000000000"),
        (new DialogOver("s", "d"), "01" + "0173" + "0164"),
        (new WakeShard(300), "01AC02"),
        (new ShardAwake(7), "0107"),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Golden.Length)];

    [Theory, MemberData(nameof(Rows))]
    public void The_bytes_are_these_and_stay_these(int row)
    {
        var (message, bytes) = Golden[row];
        Assert.Equal(bytes, Convert.ToHexString(MessageFormats.Write(message)));
        var read = MessageFormats.Read(Convert.FromHexString(bytes), MessageFormats.ManifestOf(message));
        Assert.Equal(message.GetType(), read.GetType());
        Assert.True(Snapshots.AreEqual(message, read));
    }

    [Fact]
    public void Every_manifest_has_golden_bytes() =>
        Assert.Equal(MessageFormats.All.Select(format => format.Type).ToHashSet(), Golden.Select(row => row.Message.GetType()).ToHashSet());

    [Fact]
    public void Manifests_are_one_character_each_and_all_different()
    {
        Assert.All(MessageFormats.All, format => Assert.True(char.IsAsciiLetterOrDigit(format.Manifest)));
        Assert.Equal(MessageFormats.All.Length, MessageFormats.All.Select(format => format.Manifest).Distinct().Count());
    }

    [Fact]
    public void Whatever_a_snapshot_holds_it_reads_back() => Snapshots.Any.Sample(snapshot =>
    {
        var read = (CallSnapshot)MessageFormats.Read(MessageFormats.Write(snapshot), "s");
        return read.Key == snapshot.Key && read.Flow == snapshot.Flow && read.Version == snapshot.Version && read.StartedAt == snapshot.StartedAt
            && read.State.Span.SequenceEqual(snapshot.State.Span) && read.Legs.SequenceEqual(snapshot.Legs) && read.Timers.SequenceEqual(snapshot.Timers)
            && read.AnsweredAt == snapshot.AnsweredAt && read.LastLeg == snapshot.LastLeg && read.Past.SequenceEqual(snapshot.Past);
    });

    [Fact]
    public void Whatever_a_batch_holds_it_reads_back() => Snapshots.AnyBatch.Sample(batch =>
    {
        var read = (LedgerBatch)MessageFormats.Read(MessageFormats.Write(batch), "b");
        return read.Ended.SequenceEqual(batch.Ended) && Snapshots.AreEqual(read, batch);
    });

    [Theory, MemberData(nameof(Rows))]
    public void Cut_off_anywhere_it_fails_cleanly(int row)
    {
        var message = Golden[row].Message;
        var bytes = MessageFormats.Write(message);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<SerializationException>(() => MessageFormats.Read(bytes.AsSpan(0, length), MessageFormats.ManifestOf(message)));
        }
        Assert.Throws<SerializationException>(() => MessageFormats.Read([.. bytes, 0], MessageFormats.ManifestOf(message)));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_read_or_fail_cleanly() =>
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 60], Spoilt), Gen.Int[0, 6].Select(n => Manifests[n])).Sample((bytes, manifest) =>
        {
            try
            {
                return MessageFormats.Read(bytes, manifest) is not null;
            }
            catch (SerializationException)
            {
                return true;
            }
        });

    private static readonly string[] Manifests = ["s", "b", "w", "a", "z", "", "sb"];

    // Real bytes with a few of them changed get further than bytes by chance.
    private static Gen<byte[]> Spoilt => Gen.Select(Snapshots.AnyBatch, Gen.Int[0, 10_000].Array[1, 4], Gen.Byte, (batch, places, value) =>
    {
        var bytes = MessageFormats.Write(batch);
        foreach (var place in places) bytes[place % bytes.Length] = value;
        return bytes;
    });

    [Fact]
    public void Half_a_surrogate_pair_does_not_keep_a_call_from_being_written()
    {
        var call = Snapshots.Call(1) with { Flow = "a\ud800b" };
        Assert.Equal("a\ufffdb", ((CallSnapshot)MessageFormats.Read(MessageFormats.Write(call), "s")).Flow);
    }

    [Fact]
    public void A_version_of_tomorrow_is_refused_by_name()
    {
        var bytes = MessageFormats.Write(new WakeShard(1));
        bytes[0]++;
        Assert.Contains("version 2", Assert.Throws<SerializationException>(() => MessageFormats.Read(bytes, "w")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Akka_gives_every_type_of_ours_to_our_serializer()
    {
        var system = ActorSystem.Create("serialization", BootstrapSetup.Create().WithConfig(HoconFolder.Load(null, Akka.Configuration.Config.Empty, new Dictionary<string, string>())));
        foreach (var (message, _) in Golden)
        {
            var serializer = Assert.IsType<CallActorsSerializer>(system.Serialization.FindSerializerFor(message));
            Assert.True(Snapshots.AreEqual(message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message))));
        }
        // And what nobody wrote a format for is not written as JSON instead.
        Assert.ThrowsAny<SerializationException>(() => system.Serialization.FindSerializerFor(new Unregistered("x")).ToBinary(new Unregistered("x")));
        await system.Terminate();
    }

    /// <summary>What implements ICallMessage goes between nodes, unless it says that it does not.</summary>
    [Fact]
    public void Every_message_for_a_call_has_a_format()
    {
        var formats = MessageFormats.All.Select(format => format.Type).ToHashSet();
        var missing = typeof(ICallMessage).Assembly.GetTypes()
            .Where(type => typeof(ICallMessage).IsAssignableFrom(type) && !type.IsAbstract && !typeof(INoSerializationVerificationNeeded).IsAssignableFrom(type))
            .Where(type => !formats.Contains(type))
            .Select(type => type.FullName);
        Assert.Empty(missing);
    }

    private sealed record Unregistered(string Text);
}
