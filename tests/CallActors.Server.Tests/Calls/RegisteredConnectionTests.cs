using CallActors.Server.Tests.Harness;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Calls;

/// <summary>Whoever registered over a connection is reached by it, whatever its Contact says: specification 3.3.</summary>
public sealed class RegisteredConnectionTests
{
    private const string Contact = "<sip:bob@phone.invalid;transport=ws>";
    private readonly Rig _rig = new();

    [Fact]
    public void Requests_to_the_contact_go_over_the_connection_it_registered_by()
    {
        var phone = Register(expires: 300);
        Assert.Equal(1, _rig.Server.Census.Registrations);
        _rig.App.Request($"OPTIONS sip:bob@phone.invalid SIP/2.0\r\n{Text.End("")}");
        var sent = _rig.Reply();
        var options = _rig.Request(SipMethod.Options, peer: phone);
        Assert.StartsWith("SIP/2.0/TCP", options.Header(SipHeaderId.Via), StringComparison.Ordinal);
        phone.Answer(options, 200);
        var answered = _rig.HearsResponse(200);
        Assert.Equal((sent.TransactionId, "", "tcp"), (answered.TransactionId, answered.DialogId, answered.Tokens[4]));
        _rig.Pass(340);
        Assert.Equal(0, _rig.Server.Census.Registrations);
    }

    [Fact]
    public void Unregistering_forgets_the_connection()
    {
        var phone = Register(expires: 300);
        phone.Send(phone.Ask("REGISTER", "r1", 2, contact: Contact));
        _rig.Respond(_rig.HearsRequest(SipMethod.Register), 200, $"Contact: {Contact};expires=0\r\n");
        Assert.Equal(0, _rig.Server.Census.Registrations);
    }

    [Fact]
    public void A_connection_that_has_died_answers_503()
    {
        Register(expires: 300).Leave();
        _rig.Pass(1);
        _rig.App.Request($"OPTIONS sip:bob@phone.invalid SIP/2.0\r\n{Text.End("")}");
        _rig.Reply();
        _rig.HearsResponse(503, within: 35);
    }

    [Fact]
    public void A_call_over_a_connection_is_hung_up_over_it()
    {
        var phone = new Peer(_rig.World, "10.0.0.5", overTcp: true);
        phone.Send(phone.Ask("INVITE", "t1", body: Text.Sdp, contact: "<sip:far@192.168.1.1:9;transport=tcp>"));
        var answered = _rig.Respond(_rig.HearsRequest(SipMethod.Invite), 200);
        _rig.Response(200, peer: phone);
        phone.Send(phone.Ask("ACK", "t1", toTag: Text.Of(answered.Response!.ToTag)));
        _rig.HearsRequest(SipMethod.Ack);
        _rig.App.Request(answered.DialogId, Text.Ask("BYE"), null);
        var bye = _rig.Request(SipMethod.Bye, peer: phone);
        Assert.Equal("sip:far@192.168.1.1:9;transport=tcp", bye.Uri());
        phone.Answer(bye, 200);
        _rig.HearsResponse(200);
        _rig.IsClean();
    }

    private Peer Register(int expires)
    {
        var phone = new Peer(_rig.World, "10.0.0.4", overTcp: true);
        phone.Send(phone.Ask("REGISTER", "r1", contact: Contact));
        var reply = _rig.Respond(_rig.HearsRequest(SipMethod.Register), 200, $"Contact: {Contact};expires={expires}\r\n");
        Assert.Equal("", reply.DialogId);
        _rig.Response(200, peer: phone);
        return phone;
    }
}
