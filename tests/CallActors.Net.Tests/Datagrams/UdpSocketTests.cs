using System.Collections.Concurrent;
using System.Net;
using CallActors.Net.Udp;

namespace CallActors.Net.Tests.Udp;

public sealed class UdpSocketTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_datagram_arrives_with_its_source_and_the_batch_ends(string host)
    {
        var heard = new Ear();
        await using var here = UdpSocket.Open(new IPEndPoint(IPAddress.Parse(host), 0), DatagramOptions.Default, heard);
        await using var there = UdpSocket.Open(new IPEndPoint(IPAddress.Parse(host), 0), DatagramOptions.Default, new Ear());

        Assert.Equal(SendOutcome.Sent, there.Send("hello"u8, here.Local));

        Assert.True(heard.Datagrams.TryTake(out var datagram, Soon));
        Assert.Equal("hello"u8.ToArray(), datagram.Bytes);
        Assert.Equal(there.Local, datagram.Source);
        Assert.True(heard.Ends.TryTake(out _, Soon));
    }

    private sealed class Ear : IDatagramReceiver
    {
        public BlockingCollection<(byte[] Bytes, NetAddress Source)> Datagrams { get; } = [];

        public BlockingCollection<int> Ends { get; } = [];

        public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source) => Datagrams.Add((datagram.ToArray(), source));

        public void OnBatchEnd(IDatagramSocket socket) => Ends.Add(1);
    }
}
