using System.Net;
using CallActors.Control.Replies;
using CallActors.Server.Configuration;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Harness;

/// <summary>One server, one application and one peer on a network that loses nothing, in virtual time.</summary>
internal sealed class Rig
{
    private readonly Func<ServerOptions, ServerOptions>? _configure;
    private int _addresses = 20;
    private int _runs;

    public Rig(Func<ServerOptions, ServerOptions>? configure = null)
    {
        _configure = configure;
        Server = World.StartServer(configure);
        Peer = new Peer(World, "10.0.0.1");
        App = Join("invite", "register", "options", "subscribe");
    }

    public World World { get; } = new(1);

    public SignallingServer Server { get; private set; }

    public Peer Peer { get; }

    public Application App { get; private set; }

    /// <summary>One more application.</summary>
    public Application Join(params string[] verbs)
    {
        var app = new Application(World, IPAddress.Parse($"10.0.0.{_addresses++}")) { Record = [] }.Join(verbs);
        Pass(0.05);
        app.Record!.Clear();
        return app;
    }

    /// <summary>A process of an application that asks for the extensions.</summary>
    public Application JoinExtended(string node, params string[] verbs)
    {
        var app = new Application(World, IPAddress.Parse($"10.0.0.{_addresses++}")) { Record = [] }.JoinExtended("desk", node, verbs);
        Pass(0.05);
        app.Record!.Clear();
        return app;
    }

    /// <summary>From now on this one is meant where no application is named.</summary>
    public Application Use(Application app) => App = app;

    /// <summary>The server ends, with all that it knew, and another one begins at the same addresses.</summary>
    public void Restart(double after = 0.2)
    {
        Server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Pass(after);
        Server = World.StartServer(_configure, ++_runs);
    }

    public void Pass(double seconds) => World.Run(TimeSpan.FromSeconds(seconds));

    /// <summary>The next thing an application hears that is so.</summary>
    public Frame Hears(Application app, Func<Frame, bool> isSo, double within = 1) => Next(app.Record!, isSo, within, "application");

    /// <summary>The next event about a request of a method.</summary>
    public Frame HearsRequest(SipMethod method, double within = 1, Application? app = null) => Hears(app ?? App, frame => frame.Request?.Method == method && !frame.IsReply, within);

    /// <summary>The next event about a response.</summary>
    public Frame HearsResponse(int status, double within = 1) => Hears(App, frame => frame.Response?.StatusCode == status && !frame.IsReply, within);

    /// <summary>The next reply to a command.</summary>
    public Frame Reply(ReplyVerdict verdict = ReplyVerdict.Ok)
    {
        var reply = Hears(App, frame => frame.IsReply);
        Assert.True(reply.Verdict == verdict, reply.ToString());
        return reply;
    }

    /// <summary>The next response that the peer hears.</summary>
    public SipResponse Response(int status, double within = 1, Peer? peer = null) =>
        (SipResponse)Next((peer ?? Peer).Heard, message => message is SipResponse response && response.StatusCode == status, within, "peer");

    /// <summary>The next request that the peer hears.</summary>
    public SipRequest Request(SipMethod method, double within = 1, Peer? peer = null) =>
        (SipRequest)Next((peer ?? Peer).Heard, message => message is SipRequest request && request.Method == method, within, "peer");

    /// <summary>An INVITE of the peer, as the application gets it.</summary>
    public Frame Offer(string callId = "c1", string headers = "", string body = Text.Sdp, string contact = "")
    {
        Peer.Send(Peer.Ask("INVITE", callId, headers: headers, body: body, contact: contact));
        return HearsRequest(SipMethod.Invite);
    }

    /// <summary>The application's answer; its reply.</summary>
    public Frame Respond(Frame asked, int status, string headers = "", ReplyVerdict verdict = ReplyVerdict.Ok, Application? app = null)
    {
        var body = status is >= 180 and < 300 && asked.Request!.Method == SipMethod.Invite ? Text.Sdp : "";
        (app ?? App).Respond(asked.TransactionId, Text.Answer(status, asked.Request!, headers, body));
        var reply = Hears(app ?? App, frame => frame.IsReply);
        Assert.True(reply.Verdict == verdict, reply.ToString());
        return reply;
    }

    /// <summary>A call from the peer, answered and acknowledged: the reply to the application's 200, and the server's tag.</summary>
    public (Frame Answered, string Tag) CallFromPeer(string callId = "c1", string headers = "", string contact = "")
    {
        var reply = Respond(Offer(callId, headers, contact: contact), 200);
        var tag = Text.Of(Response(200).ToTag);
        Peer.Send(Peer.Ask("ACK", callId, toTag: tag));
        HearsRequest(SipMethod.Ack);
        return (reply, tag);
    }

    /// <summary>An INVITE of the application, as the peer gets it; the reply to the command.</summary>
    public (Frame Sent, SipRequest Invite) Place(string headers = "")
    {
        App.Request(Text.Invite(Peer, headers));
        return (Reply(), Request(SipMethod.Invite));
    }

    /// <summary>A call to the peer, answered and acknowledged: its dialog's id, and the INVITE.</summary>
    public (string Dialog, SipRequest Invite) CallToPeer(string headers = "")
    {
        var (_, invite) = Place();
        Peer.Answer(invite, 200, headers: headers, body: Text.Sdp);
        var dialog = HearsResponse(200).DialogId;
        App.Request(dialog, Text.Ask("ACK"), null);
        Reply();
        Request(SipMethod.Ack);
        return (dialog, invite);
    }

    /// <summary>After everything has run out nothing is left, and nothing was wrong.</summary>
    public void IsClean(double after = 100)
    {
        Pass(after);
        Assert.Empty(World.Faults);
        Assert.Equal(default, Server.Census with { Timers = 0, Applications = 0, Streams = 0, Registrations = 0 });
        Assert.Equal(0, Server.Totals["faults"]);
    }

    private T Next<T>(List<T> heard, Func<T, bool> isSo, double within, string who)
    {
        var isThere = World.RunUntil(() => heard.Exists(item => isSo(item)), TimeSpan.FromSeconds(within));
        Assert.True(isThere, $"the {who} did not hear it within {within} s; it heard:\n{string.Join('\n', heard)}");
        var at = heard.FindIndex(item => isSo(item));
        var found = heard[at];
        heard.RemoveAt(at);
        return found;
    }
}
