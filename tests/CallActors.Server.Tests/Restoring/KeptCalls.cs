using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>Calls of one process of an application with extensions, the server's memory of which it keeps, and a server that can be started anew.</summary>
internal sealed class KeptCalls
{
    public KeptCalls(Func<ServerOptions, ServerOptions>? configure = null)
    {
        Rig = new Rig(configure);
        Rig.App.Leave();
        Rig.Pass(0.1);
        Rig.Use(Rig.JoinExtended("n1", "invite"));
    }

    public Rig Rig { get; }

    public Application App => Rig.App;

    /// <summary>A dialog as its application remembers it.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Tag">The server's tag.</param>
    /// <param name="State">What the server last said of it.</param>
    /// <param name="Key">The session's key.</param>
    public sealed record Kept(string Id, string Tag, byte[] State, string Key);

    /// <summary>A call of a peer, answered and acknowledged. The state came before the reply to the answer.</summary>
    public Kept FromPeer(Peer? peer = null, string callId = "c1", string headers = "", string contact = "")
    {
        peer ??= Rig.Peer;
        peer.Send(peer.Ask("INVITE", callId, headers: headers, body: Text.Sdp, contact: contact));
        var offered = Rig.HearsRequest(SipMethod.Invite);
        App.Session("k-" + callId, 0, offered.TransactionId, "blob"u8);
        App.Respond(offered.TransactionId, Text.Answer(200, offered.Request!, "", Text.Sdp));
        var said = Rig.Hears(App, frame => frame.IsReply || frame.Kind == ServerMessageKind.State);
        Assert.Equal(ServerMessageKind.State, said.Kind);
        var reply = Rig.Reply();
        Assert.Equal(("k-" + callId, reply.DialogId), (said.Key, said.DialogId));
        var tag = Text.Of(Rig.Response(200, peer: peer).ToTag);
        peer.Send(peer.Ask("ACK", callId, toTag: tag));
        Assert.Equal("k-" + callId, Rig.HearsRequest(SipMethod.Ack).Key);
        return new Kept(reply.DialogId, tag, said.Bytes, "k-" + callId);
    }

    /// <summary>A call to the peer, answered, kept and acknowledged in this order.</summary>
    public Kept ToPeer(Peer? peer = null, string headers = "", string transport = "")
    {
        peer ??= Rig.Peer;
        App.Request($"INVITE sip:far@{peer.HostPort}{transport} SIP/2.0\r\nFrom: sip:near@localhost\r\nContact: <sip:desk@localhost>\r\n{Text.End(Text.Sdp)}");
        Rig.Reply();
        var invite = Rig.Request(SipMethod.Invite, peer: peer);
        peer.Answer(invite, 200, headers: headers, body: Text.Sdp);
        var dialog = Rig.HearsResponse(200).DialogId;
        App.Session("k-out", 0, dialog, "blob"u8);
        var said = Rig.Hears(App, frame => frame.Kind == ServerMessageKind.State);
        App.Request(dialog, Text.Ask("ACK"), null);
        Rig.Reply();
        Rig.Request(SipMethod.Ack, peer: peer);
        return new Kept(dialog, Text.Of(invite.FromTag), said.Bytes, "k-out");
    }

    /// <summary>The server is started anew, and the application comes back as another process of its kind.</summary>
    public Application Restart()
    {
        Rig.Restart();
        return Rig.Use(Rig.JoinExtended("n1", "invite"));
    }

    /// <summary>Gives a dialog back; the state that the new server has of it came before the reply.</summary>
    public Kept Restore(Kept kept, Application? app = null, int incarnation = 0)
    {
        app ??= App;
        app.Restore(kept.Key, incarnation, kept.Id, kept.State);
        var said = Rig.Hears(app, frame => frame.IsReply || frame.Kind == ServerMessageKind.State);
        Assert.True(said.Kind == ServerMessageKind.State, said.ToString());
        Assert.Equal((kept.Key, kept.Id), (said.Key, said.DialogId));
        var reply = Rig.Hears(app, frame => frame.IsReply);
        Assert.True(reply.Verdict == ReplyVerdict.Ok, reply.ToString());
        return kept with { State = said.Bytes };
    }

    /// <summary>The session is let go, and nothing is left.</summary>
    public void IsClean(Kept kept, int incarnation = 0)
    {
        App.Session(kept.Key, incarnation, "", default);
        Rig.IsClean();
    }
}
