using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Reliable provisional responses, the answering side: specification 3.6, RFC 3262.</summary>
public sealed class ReliableProvisionalTests
{
    private const string Supported = "Supported: 100rel\r\n";
    private const string Reliable = "Require: 100rel\r\n";
    private readonly Rig _rig = new();

    [Fact]
    public void It_is_repeated_until_its_PRACK_which_the_application_answers()
    {
        var offered = _rig.Offer(headers: Supported);
        var said = _rig.Respond(offered, 183, Reliable);
        var rseq = said.Response!.Header(SipHeaderId.RSeq);
        Assert.NotEmpty(rseq);
        _rig.Pass(3.7);
        // 0, 0.5, 1.5, 3.5 s.
        Assert.Equal(4, _rig.Peer.Heard.Count(message => message is SipResponse { StatusCode: 183 }));

        var pracked = Prack(said, rseq);
        Assert.Equal(["sip", "network", AnswerTests.Size(pracked), "udp", "10.0.0.1", "5060", pracked.TransactionId, "c1;from-tag=far", ""], AnswerTests.Without(pracked, 0, 7));
        Assert.NotEqual(offered.TransactionId, pracked.TransactionId);
        _rig.Respond(pracked, 200);
        Assert.Equal(SipMethod.Prack, _rig.Response(200).CSeqMethod);
        _rig.Peer.Heard.Clear();
        _rig.Pass(5);
        Assert.Empty(_rig.Peer.Heard);
        _rig.Respond(offered, 486);
        _rig.Response(486);
        _rig.IsClean();
    }

    [Fact]
    public void Without_a_PRACK_the_call_fails_after_32_seconds()
    {
        var offered = _rig.Offer(headers: Supported);
        _rig.Respond(offered, 183, Reliable);
        _rig.Pass(31.9);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { IsFinal: true });
        Assert.Equal("Reliable Response Time-Out", Text.Of(_rig.Response(503).ReasonPhrase));
        _rig.Respond(offered, 200, verdict: ReplyVerdict.Nok);
        _rig.IsClean();
    }

    [Fact]
    public void A_caller_that_knows_nothing_of_it_gets_none()
    {
        var offered = _rig.Offer();
        Assert.Equal("Remote endpoint does not support 100rel", _rig.Respond(offered, 183, Reliable, ReplyVerdict.Nok).Text);
        _rig.Pass(1);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { StatusCode: 183 });
    }

    [Fact]
    public void Where_the_caller_insists_every_one_is_reliable_and_the_server_answers_its_PRACK()
    {
        var said = _rig.Respond(_rig.Offer(headers: Reliable), 180);
        var rseq = _rig.Response(180).Header(SipHeaderId.RSeq);
        Assert.NotEmpty(rseq);
        _rig.Peer.Send(_rig.Peer.Ask("PRACK", "c1", 2, toTag: Text.Of(said.Response!.ToTag), headers: $"RAck: {rseq} 1 INVITE\r\n"));
        Assert.Equal(SipMethod.Prack, _rig.Response(200).CSeqMethod);
        Assert.Empty(_rig.App.Record!);
    }

    [Fact]
    public void A_PRACK_for_another_response_gets_481()
    {
        var said = _rig.Respond(_rig.Offer(headers: Supported), 183, Reliable);
        _rig.Peer.Send(_rig.Peer.Ask("PRACK", "c1", 2, toTag: Text.Of(said.Response!.ToTag), headers: "RAck: 1 1 INVITE\r\n"));
        _rig.Response(481);
        Assert.Empty(_rig.App.Record!);
    }

    [Fact]
    public void An_answer_waits_for_the_PRACK_of_a_response_with_a_session()
    {
        var offered = _rig.Offer(headers: Supported);
        var said = _rig.Respond(offered, 183, Reliable);
        _rig.Respond(offered, 200);
        _rig.Pass(0.4);
        Assert.DoesNotContain(_rig.Peer.Heard, message => message is SipResponse { IsFinal: true });
        var pracked = Prack(said, said.Response!.Header(SipHeaderId.RSeq));
        Assert.Equal(SipMethod.Invite, _rig.Response(200).CSeqMethod);
        _rig.Respond(pracked, 200);
        Assert.Equal(SipMethod.Prack, _rig.Response(200).CSeqMethod);
    }

    private Frame Prack(Frame said, string rseq)
    {
        _rig.Peer.Send(_rig.Peer.Ask("PRACK", "c1", 2, toTag: Text.Of(said.Response!.ToTag), headers: $"RAck: {rseq} 1 INVITE\r\n"));
        return _rig.HearsRequest(SipMethod.Prack);
    }
}
