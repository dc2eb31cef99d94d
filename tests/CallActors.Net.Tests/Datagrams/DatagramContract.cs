using System.Net.Sockets;

namespace CallActors.Net.Tests.Datagrams;

/// <summary>What every datagram socket of every network does.</summary>
public abstract class DatagramContract
{
    private protected abstract Rig NewRig();

    [Fact]
    public async Task A_datagram_arrives_with_its_source_and_the_batch_ends()
    {
        await using var rig = NewRig();
        var ear = new Ear(rig.Signal);
        await using var here = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, ear);
        await using var there = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));

        Assert.Equal(SendOutcome.Sent, there.Send("hello"u8, here.Local));
        rig.Until(() => ear is { BatchEnds: 1, Unfinished: 0 }, "the batch's end");

        Assert.Equal("hello"u8.ToArray(), ear.Datagrams[0].Bytes);
        Assert.Equal(there.Local, ear.Datagrams[0].Source);
    }

    [Fact]
    public async Task A_peer_is_the_same_object_each_time()
    {
        await using var rig = NewRig();
        var ear = new Ear(rig.Signal);
        await using var here = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, ear);
        await using var there = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        there.Send([1], here.Local);
        there.Send([2], here.Local);
        rig.Until(() => ear.Datagrams.Count == 2, "both");

        Assert.Same(ear.Datagrams[0].Source, ear.Datagrams[1].Source);
    }

    [Fact]
    public async Task The_largest_and_the_empty_datagram_arrive_and_a_larger_one_is_refused()
    {
        await using var rig = NewRig();
        var ear = new Ear(rig.Signal);
        await using var here = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, ear);
        await using var there = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        var largest = new byte[65_507];
        new Random(1).NextBytes(largest);

        Assert.Equal(SendOutcome.TooLarge, there.Send(new byte[66_000], here.Local));
        Assert.Equal(SendOutcome.Sent, there.Send(largest, here.Local));
        rig.Until(() => ear.Datagrams.Count == 1, "the largest");
        Assert.Equal(SendOutcome.Sent, there.Send([], here.Local));
        rig.Until(() => ear.Datagrams.Count == 2, "the empty one");

        Assert.Equal(largest, ear.Datagrams[0].Bytes);
        Assert.Empty(ear.Datagrams[1].Bytes);
    }

    [Fact]
    public async Task Echoes_go_to_and_fro_and_every_batch_ends()
    {
        await using var rig = NewRig();
        var (near, far) = (new Ear(rig.Signal), new Ear(rig.Signal) { OnHeard = (socket, bytes, source) => socket.Send(bytes, source) });
        await using var here = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, near);
        await using var there = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, far);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(SendOutcome.Sent, here.Send([(byte)i], there.Local));
        }

        rig.Until(() => near is { Datagrams.Count: 200, Unfinished: 0 } && far.Unfinished == 0, "all echoes");
        Assert.InRange(near.BatchEnds, 1, 200);
        Assert.Single(near.Threads);
    }

    [Fact]
    public async Task A_receiver_that_throws_is_reported_and_hears_the_next_datagram()
    {
        await using var rig = NewRig();
        var faults = new List<Exception>();
        var ear = new Ear(rig.Signal) { OnHeard = (_, bytes, _) => throw new InvalidOperationException($"ours {bytes[0]}") };
        var options = DatagramOptions.Default with { OnFault = fault => rig.Signal.Record(() => faults.Add(fault)) };
        await using var here = rig.Network.OpenDatagram(rig.Anywhere, options, ear);
        await using var there = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        there.Send([1], here.Local);
        there.Send([2], here.Local);

        rig.Until(() => faults.Count == 2, "both faults");
        Assert.Equal(["ours 1", "ours 2"], faults.Select(fault => fault.Message).Order());
    }

    [Fact]
    public async Task Where_nobody_listens_a_send_is_refused_soon_and_others_are_not()
    {
        await using var rig = NewRig();
        var ear = new Ear(rig.Signal);
        await using var here = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, ear);
        await using var there = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        var gone = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        var nobody = gone.Local;
        await gone.DisposeAsync();

        rig.Until(() => there.Send([0], nobody) == SendOutcome.Refused, "a refusal");
        for (var i = 0; i < 100; i++)
        {
            there.Send([0], nobody);
            Assert.Equal(SendOutcome.Sent, there.Send([(byte)i], here.Local));
            Assert.Equal(SendOutcome.Sent, here.Send([(byte)i], there.Local));
        }

        rig.Until(() => ear.Datagrams.Count == 100, "all that went elsewhere");
    }

    [Fact]
    public async Task A_closed_socket_says_so_and_its_address_is_free()
    {
        await using var rig = NewRig();
        var first = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        var refusal = Assert.Throws<SocketException>(() => rig.Network.OpenDatagram(first.Local.ToEndPoint(), DatagramOptions.Default, new Ear(rig.Signal)));
        Assert.Equal(SocketError.AddressAlreadyInUse, refusal.SocketErrorCode);

        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.Equal(SendOutcome.Closed, first.Send([1], first.Local));
        await using var second = rig.Network.OpenDatagram(first.Local.ToEndPoint(), DatagramOptions.Default, new Ear(rig.Signal));
        Assert.Equal(first.Local, second.Local);
    }

    [Fact]
    public async Task An_address_of_the_other_family_is_unreachable()
    {
        await using var rig = NewRig();
        await using var socket = rig.Network.OpenDatagram(rig.Anywhere, DatagramOptions.Default, new Ear(rig.Signal));
        var other = NetAddress.Of(System.Net.IPEndPoint.Parse(socket.Local.IsIpv6 ? "127.0.0.1:9" : "[::1]:9"));

        Assert.Equal(SendOutcome.Unreachable, socket.Send([1], other));
    }
}
