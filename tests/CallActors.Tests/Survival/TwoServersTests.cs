using System.Net;
using CallActors.Connections;
using CallActors.Server;
using CallActors.Server.Configuration;
using CallActors.TestKit;
using CallActors.Tests.Flows;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallActors.Tests.Survival;

/// <summary>Calls whose two legs are on two signalling servers.</summary>
public sealed class TwoServersTests : IDisposable
{
    private static readonly IPAddress s_other = IPAddress.Parse("10.0.0.9");

    private readonly TestNet _net = new();
    private readonly JointNodes _joint = new();
    private readonly SignallingServer _other;

    public TwoServersTests()
    {
        Assert.True(ContactOptions.TryParse($"sip:{s_other}:5060;transport=udp,tcp", out var contact, out _));
        var options = new ServerOptions
        {
            Contacts = [contact],
            Admin = new AdminOptions { Address = s_other.ToString(), TcpPort = _net.Control.Port, Secret = _net.Options.Secret },
            Limits = new LimitOptions { Partitions = 1 },
        };
        _other = new SignallingServer(options, _net.Network.At(s_other), _net.Time, NullLoggerFactory.Instance, 7);
        _net.Settle(_other.StartAsync());
    }

    public void Dispose()
    {
        foreach (var node in _net.Nodes.Values) _net.Settle(node.DisposeAsync().AsTask());
        _net.Settle(_other.DisposeAsync().AsTask());
        _net.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_goes_on_after_two_losses(bool areJoint)
    {
        var one = Serve("one", areJoint);
        var (alice, bob) = (_net.Phone("alice"), _net.Phone("bob"));
        var a = alice.Invites("bob");
        var b = bob.ReceivesInvite().Answers().ReceivesAck();
        a.Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        var two = Serve("two", areJoint);
        Die(one, 1);
        _net.Run(TimeSpan.FromSeconds(1));
        Talks(a, b);
        _net.Run(TimeSpan.FromSeconds(1));
        var three = Serve("three", areJoint);
        Die(two, 2);
        _net.Run(TimeSpan.FromSeconds(1));
        Talks(a, b);
        var bye = a.Sends("BYE");
        b.ReceivesBye();
        bye.Receives(200);
        _net.RunUntil(() => three.Calls == 0);
        Assert.Single(three.Records);
        Assert.Empty(one.Records);
        Assert.Empty(two.Records);
    }

    [Fact]
    public void Of_two_that_are_offered_a_half_each_one_has_the_whole_call()
    {
        var (one, two) = (Serve("one", false), Serve("two", false));
        var three = Serve("three", false);
        // So the servers know their applications in different orders, and choose differently.
        _net.Network.Cut(s_other, two.Address);
        _net.Run(TimeSpan.FromSeconds(3));
        // And each is nearer to the one that offers to it.
        Far(_net.Control.Ip, three.Address);
        Far(s_other, two.Address);
        var (alice, bob) = (_net.Phone("alice"), _net.Phone("bob"));
        var talks = new List<(PlacedCall A, OfferedCall B)>();
        for (var i = 0; i < 12; i++)
        {
            var a = alice.Invites("bob");
            var b = bob.ReceivesInvite().Answers().ReceivesAck();
            a.Receives(200).Acks();
            talks.Add((a, b));
        }

        _net.Run(TimeSpan.FromSeconds(1));
        Assert.NotEqual(0, one.Calls);
        Die(one, 1);
        _net.Run(TimeSpan.FromSeconds(12));
        foreach (var (a, b) in talks)
        {
            Talks(a, b);
            var bye = a.Sends("BYE");
            b.ReceivesBye();
            bye.Receives(200);
        }

        _net.RunUntil(() => two.Calls + three.Calls == 0);
        Assert.Equal(talks.Count, two.Records.Count + three.Records.Count);
    }

    [Fact]
    public void What_comes_after_a_call_to_another_node_waits_until_its_own_dialog_is_claimed()
    {
        var (one, two) = (Serve("one", true), Serve("two", true));
        var a = _net.Phone("alice").Invites("bob");
        var b = _net.Phone("bob").ReceivesInvite().Answers().ReceivesAck();
        a.Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        _joint.Holds = static _ => true;
        _joint.Moves(0, 1, one);
        _net.RunUntil(() => one.Calls == 0, TimeSpan.FromSeconds(1));
        // The servers are asked one after the other, and the flow answers this by itself.
        var infos = (PhoneDialog[])[a, b];
        var sent = infos.Select(side => side.Sends("INFO", "own")).ToArray();
        _net.Run(TimeSpan.FromMilliseconds(100));
        _joint.Release();
        foreach (var info in sent) info.Receives(200);
        Talks(a, b);
        var bye = a.Sends("BYE");
        b.ReceivesBye();
        bye.Receives(200);
        _net.RunUntil(() => two.Calls == 0);
    }

    private void Far(IPAddress server, IPAddress node)
    {
        var link = _net.Options.Link with { Delay = TimeSpan.FromMilliseconds(20) };
        _net.Network.SetLink(server, node, link);
        _net.Network.SetLink(node, server, link);
    }

    private static void Talks(PhoneDialog a, PhoneDialog b)
    {
        var info = a.Sends("INFO", "x");
        b.Receives("INFO").Answers(200);
        info.Receives(200);
        info = b.Sends("INFO", "y");
        a.Receives("INFO").Answers(200);
        info.Receives(200);
    }

    private void Die(TestNode node, int heir)
    {
        for (ushort shard = 0; shard < 3; shard++) _joint.GivesTo(shard, heir);
        node.Dies();
        _net.Network.Cut(s_other, node.Address);
    }

    private TestNode Serve(string name, bool isJoint)
    {
        if (isJoint) _joint.Join(_net.Node(name));
        var node = _net.Serves(app => app.Invite<Crossing>(), null, options => options with
        {
            Servers = [.. options.Servers, options.Servers[0] with { Name = "other", Host = s_other.ToString() }],
        }, name);
        _net.RunUntil(() => node.States.Count == 2 && node.States.Values.All(state => state is ServerUp));
        return node;
    }

    private sealed class Crossing : CallActor
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            var b = Dial("sip:bob@bob", new CallOptions { Sdp = call.Offer, Server = call.Server == "server" ? "other" : "server" });
            if (await b.Outcome is not InviteOutcome.Answered) return;
            await call.Answer(b.RemoteSdp);
            Core.Link(call, b, CallActors.Headers.HeaderPolicy.All);
        }

        protected override Task OnInfo(Leg leg, LegRequest request) => request.Body == "own" ? Task.CompletedTask : base.OnInfo(leg, request);
    }
}
