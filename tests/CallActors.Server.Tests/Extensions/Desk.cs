using System.Text;
using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>A server, one peer, and processes of one application that asks for the extensions; the first of them is the rig's application.</summary>
internal sealed class Desk
{
    public static readonly string[] Verbs = ["invite", "options", "message"];

    public Desk(Func<ServerOptions, ServerOptions>? configure = null)
    {
        Rig = new Rig(configure);
        Rig.App.Leave();
        Rig.Pass(0.1);
        One = Rig.Use(Rig.JoinExtended("n1", Verbs));
    }

    public Rig Rig { get; }

    public Application One { get; }

    public Peer Peer => Rig.Peer;

    /// <summary>Another process of the application.</summary>
    public Application Join(string node = "n2") => Rig.JoinExtended(node, Verbs);

    /// <summary>A process of another application.</summary>
    public Application Stranger()
    {
        var app = new Application(Rig.World, System.Net.IPAddress.Parse("10.0.1.1")) { Record = [] }.JoinExtended("other", "n1", Verbs);
        Rig.Pass(0.05);
        app.Record!.Clear();
        return app;
    }

    /// <summary>A call from the peer that the first process has answered, with a session: its dialog, and the server's tag.</summary>
    public (string Dialog, string Tag) KeptCall(string callId = "c1", string key = "k1", string blob = "blob")
    {
        var offered = Rig.Offer(callId);
        One.Session(key, 0, offered.TransactionId, Encoding.UTF8.GetBytes(blob));
        var dialog = Rig.Respond(offered, 200).DialogId;
        var tag = Text.Of(Rig.Response(200).ToTag);
        Peer.Send(Peer.Ask("ACK", callId, toTag: tag));
        Assert.Equal(key, Rig.HearsRequest(SipMethod.Ack).Key);
        return (dialog, tag);
    }

    /// <summary>The next offer of a session.</summary>
    public Frame Adopt(Application app, double within = 1) => Rig.Hears(app, frame => frame.Kind == ServerMessageKind.Adopt, within);

    /// <summary>Takes a session over; the reply.</summary>
    public Frame Claim(Application app, string key = "k1", int incarnation = 0, ReplyVerdict verdict = ReplyVerdict.Ok)
    {
        app.Claim(key, incarnation);
        var reply = Rig.Hears(app, frame => frame.IsReply);
        Assert.True(reply.Verdict == verdict, reply.ToString());
        return reply;
    }

    /// <summary>What a command is answered with.</summary>
    public Frame Reply(Application app) => Rig.Hears(app, frame => frame.IsReply);

    /// <summary>A request of the peer in its dialog.</summary>
    public void Sends(string method, string tag, int cseq, string callId = "c1", string body = "", string headers = "") =>
        Peer.Send(Peer.Ask(method, callId, cseq, toTag: tag, body: body, headers: headers));

    /// <summary>The peer has not been sent a response with this status, or a request of that method.</summary>
    public void HeardNo(Func<SipMessage, bool> unwanted) => Assert.DoesNotContain(Peer.Heard, message => unwanted(message));

    /// <summary>The peer hangs up and the application says yes; its session is let go.</summary>
    public void HangUp(Application app, string tag, int cseq, string key = "k1", int incarnation = 0, string callId = "c1")
    {
        Sends("BYE", tag, cseq, callId);
        Rig.Respond(Rig.HearsRequest(SipMethod.Bye, app: app), 200, app: app);
        Rig.Response(200);
        app.Session(key, incarnation, "", default);
        Rig.Pass(0.1);
    }
}
