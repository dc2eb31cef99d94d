using System.Net;
using System.Text;
using CallActors.Net;
using CallActors.TestKit.Tests.Phones;

namespace CallActors.TestKit.Tests.Ladders;

public sealed class LadderTests
{
    private static readonly NetAddress s_alice = NetAddress.Of(IPAddress.Parse("10.0.1.1"), 5060);
    private static readonly NetAddress s_server = NetAddress.Of(IPAddress.Parse("10.0.0.1"), 5060);
    private static readonly NetAddress s_bob = NetAddress.Of(IPAddress.Parse("10.0.1.2"), 5060);

    private readonly VirtualTime _time = new();

    [Fact]
    public void A_ladder_shows_who_said_what_to_whom_and_when()
    {
        var ladder = new Ladder(_time);
        ladder.Name(s_server.Ip, "server", 0);
        ladder.Name(s_alice.Ip, "alice", 0);
        ladder.Name(s_bob.Ip, "bob", int.MaxValue);
        Assert.Equal("(nothing was sent)\n", ladder.ToString());

        Say(s_alice, s_server, "INVITE sip:bob@10.0.0.1 SIP/2.0", "1 INVITE", "application/sdp");
        Say(s_server, s_alice, "SIP/2.0 100 Trying", "1 INVITE");
        Say(s_server, s_bob, "INVITE sip:bob@10.0.1.2 SIP/2.0", "700 INVITE", "application/isup", MemoryFate.Lost);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Say(s_server, s_bob, "INVITE sip:bob@10.0.1.2 SIP/2.0", "700 INVITE", "application/isup", MemoryFate.Doubled);
        ladder.Remark("control connections cut");
        Say(s_bob, s_server, "SIP/2.0 486 Busy Here", "700 INVITE", protocol: NetProtocol.Tcp);
        Say(s_alice, s_bob, "ACK sip:bob@10.0.1.2 SIP/2.0", "1 ACK", fate: MemoryFate.Refused);
        ladder.Add(s_bob, s_alice, NetProtocol.Udp, "no SIP"u8, MemoryFate.Travels);
        ladder.Add(s_bob, s_alice, NetProtocol.Udp, "\r\n\r\n"u8, MemoryFate.Travels);

        Assert.Equal(
            """
                      alice                    server                   bob
               0.000  |---- INVITE 1 (sdp) --->|                        |
               0.000  |<---- 100 INVITE 1 -----|                        |
               0.000  |                        |-- INVITE 700 (body) --x|   lost
               0.500  |                        |-- INVITE 700 (body) -->|   doubled
               0.500  -- control connections cut --
               0.500  |                        |<--- 486 INVITE 700 ----|   tcp
               0.500  |--------------------- ACK 1 --------------------x|   nobody there
               0.500  |<------------------ ? 6 bytes -------------------|

            """.ReplaceLineEndings("\n"),
            ladder.ToString());
        Assert.Equal(2, ladder.Requests("INVITE").Count(message => message.From == "server"));
        Assert.Equal("0.500 bob -> server: 486 INVITE 700 (tcp)", Assert.Single(ladder.Responses(486)).ToString());

        void Say(NetAddress from, NetAddress to, string line, string cseq, string type = "", MemoryFate fate = MemoryFate.Travels, NetProtocol protocol = NetProtocol.Udp)
        {
            var body = type.Length > 0 ? "some" : "";
            var text = $"{line}\r\nVia: SIP/2.0/UDP 10.0.1.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: {cseq}\r\n"
                + (type.Length > 0 ? $"Content-Type: {type}\r\n" : "") + $"Content-Length: {body.Length}\r\n\r\n{body}";
            // On a stream a message may come in pieces.
            foreach (var part in protocol == NetProtocol.Udp ? [text] : new[] { text[..50], text[50..] }) ladder.Add(from, to, protocol, Encoding.UTF8.GetBytes(part), fate);
        }
    }

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        using var one = Play(7);
        using var same = Play(7);
        using var other = Play(8);
        Assert.Equal(one.Ladder.ToString(), same.Ladder.ToString());
        Assert.Equal(one.Ladder.Messages.Select(message => message.Text), same.Ladder.Messages.Select(message => message.Text));
        Assert.NotEqual(one.Ladder.ToString(), other.Ladder.ToString());
    }

    [Fact]
    public void A_failed_expectation_says_what_was_expected_and_what_came_and_draws_the_ladder()
    {
        using var net = new TestNet();
        _ = new Relay(net, "invite");
        var (alice, bob) = (net.Phone("alice"), net.Phone("bob"));
        var call = alice.Invites("bob");
        bob.ReceivesInvite().Rejects(486);
        var fault = Assert.Throws<LadderException>(() => call.Receives(200));
        Assert.StartsWith("alice expected 200 to INVITE 1, got 486 Busy Here.\n\n          alice", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(net.Ladder.ToString(), fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<LadderException>(() => bob.Receives("MESSAGE"));
        Assert.StartsWith("bob expected MESSAGE, but nothing came within 40 s.", fault.Message, StringComparison.Ordinal);
        bob.ReceivesNothing(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void What_is_lost_or_doubled_or_finds_nobody_is_marked()
    {
        using var net = new TestNet(new TestNetOptions { Link = LinkOptions.Perfect with { Duplication = 1 } });
        var alice = net.Phone("alice");
        alice.LosesSent("OPTIONS");
        alice.Sends("OPTIONS", "server").Receives(503);
        Assert.Contains(" OPTIONS 1 ----x|   lost\n", net.Ladder.ToString(), StringComparison.Ordinal);
        Assert.Contains("   doubled\n", net.Ladder.ToString(), StringComparison.Ordinal);
    }

    private static TestNet Play(int seed)
    {
        var net = new TestNet(new TestNetOptions { Seed = seed });
        _ = new Relay(net, "invite");
        var (alice, bob) = (net.Phone("alice"), net.Phone("bob"));
        bob.LosesSent("200 INVITE");
        var (call, incoming) = net.Connect(alice, bob);
        net.Network.Link = LinkOptions.Perfect with { Loss = 0.2, Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(10) };
        net.Ladder.Remark("from here on it rains");
        for (var i = 0; i < 3; i++)
        {
            var info = call.Sends("INFO", "still there?");
            incoming.Receives("INFO").Answers(200);
            info.Receives(200);
        }

        net.AssertEnded(call, incoming);
        return net;
    }
}
