using System.Globalization;
using System.Net;
using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Server.Tests.Harness;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Extensions;

/// <summary>Processes that come, go, fall silent, answer or forget to, in any order, amid calls: nothing is left behind and nobody is left without an answer.</summary>
public sealed class TurmoilTests
{
    private readonly Rig _rig = new();
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, string> _tags = [];
    private Random _chance = new(0);
    private int _calls;
    private int _names;

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Whatever_happens_to_the_processes_every_call_ends_and_nothing_is_left(int seed)
    {
        _chance = new Random(seed);
        _rig.App.Leave();
        for (var node = 0; node < 3; node++) Come();
        for (var step = 0; step < 400; step++)
        {
            Do(_chance.Next(100), step);
            _rig.Pass(_chance.NextDouble() * 0.4);
            AnswerAsPeer();
        }

        Assert.True(_tags.Count > 20, "too few calls were answered for this to mean anything");
        Assert.True(_nodes.Sum(node => node.Claims) > 10, "too few sessions changed hands for this to mean anything");
        foreach (var node in _nodes) node.App.Leave();
        for (var second = 0; second < 500; second++)
        {
            _rig.Pass(1);
            AnswerAsPeer();
        }

        _rig.IsClean(40);
    }

    private void Do(int what, int step)
    {
        switch (what)
        {
            case < 25: _rig.Peer.Send(_rig.Peer.Ask("INVITE", $"t{++_calls}", body: Text.Sdp)); break;
            case < 45 when _tags.Count > 0: InDialog("INFO", step); break;
            case < 55 when _tags.Count > 0: InDialog("UPDATE", step); break;
            case < 60 when _calls > 0:
                var call = $"t{_chance.Next(_calls) + 1}";
                _rig.Peer.Send(_rig.Peer.Ask("CANCEL", call, branch: $"z9hG4bK{call}1INVITE"));
                break;
            case < 70 when _tags.Count > 0: InDialog("INVITE", step); break;
            case < 78 when _tags.Count > 0: InDialog("BYE", step); break;
            case < 84: Come(); break;
            case < 88 when _nodes.Count > 1: Go(node => node.App.Leave()); break;
            case < 91 when _nodes.Count > 1: Go(node => node.App.Beats = false); break;
            case < 95 when _nodes.Count > 0: _nodes[_chance.Next(_nodes.Count)].Speaks(); break;
            default: break;
        }
    }

    private void Come()
    {
        if (_nodes.Count(node => node.App.Ended is null) < 5) _nodes.Add(new Node(_rig.World, _chance, ++_names));
    }

    private void Go(Action<Node> how)
    {
        Node[] living = [.. _nodes.Where(node => node.App.Ended is null)];
        if (living.Length > 1) how(living[_chance.Next(living.Length)]);
    }

    private void InDialog(string method, int step)
    {
        var (call, tag) = _tags.ElementAt(_chance.Next(_tags.Count));
        _rig.Peer.Send(_rig.Peer.Ask(method, call, 10 + step, toTag: tag, body: method == "INVITE" ? Text.Sdp : ""));
    }

    // The peer is one that does everything right, at once.
    private void AnswerAsPeer()
    {
        foreach (var message in _rig.Peer.Heard.ToArray())
        {
            switch (message)
            {
                case SipRequest { Method: not SipMethod.Ack } request: _rig.Peer.Answer(request, 200, tag: "far"); break;
                case SipResponse { IsSuccess: true } answer when answer.Header(SipHeaderId.CSeq).EndsWith("INVITE", StringComparison.Ordinal):
                    var call = Text.Of(answer.CallId);
                    _tags[call] = Text.Of(answer.ToTag);
                    _rig.Peer.Send(_rig.Peer.Ask("ACK", call, (int)answer.CSeq, branch: $"z9hG4bKack{call}{answer.CSeq}", toTag: _tags[call]));
                    break;
                case SipResponse { IsFinal: true, IsSuccess: false } rejection when rejection.Header(SipHeaderId.CSeq).EndsWith("INVITE", StringComparison.Ordinal):
                    var rejected = Text.Of(rejection.CallId);
                    _rig.Peer.Send(_rig.Peer.Ask("ACK", rejected, (int)rejection.CSeq, branch: $"z9hG4bK{rejected}{rejection.CSeq}INVITE", toTag: Text.Of(rejection.ToTag)));
                    break;
            }
        }

        _rig.Peer.Heard.Clear();
    }

    /// <summary>A process that answers most of what it is shown, and claims most of what it is offered.</summary>
    private sealed class Node
    {
        private readonly Random _chance;
        private readonly Dictionary<string, (int Incarnation, string Dialog)> _sessions = [];

        public Node(World world, Random chance, int name)
        {
            _chance = chance;
            App = new Application(world, IPAddress.Parse($"10.0.{2 + (name / 200)}.{1 + (name % 200)}")) { Told = Hear }
                .JoinExtended("desk", $"n{name.ToString(CultureInfo.InvariantCulture)}", "invite");
        }

        public Application App { get; }

        public int Claims { get; private set; }

        public void Speaks()
        {
            if (_sessions.Count == 0 || App.Ended is not null) return;
            var (_, dialog) = _sessions.ElementAt(_chance.Next(_sessions.Count)).Value;
            if (dialog.Length > 0) App.Request(dialog, Text.Ask(_chance.Next(3) == 0 ? "BYE" : "INFO"), null);
        }

        private void Hear(Frame frame)
        {
            if (frame.Kind == ServerMessageKind.Adopt && _chance.Next(10) > 0) Claim(frame);
            if (frame.Request is not { } request || frame.IsServerRequest || request.Method == SipMethod.Ack) return;
            if (request.Method == SipMethod.Cancel || _chance.Next(10) < 2) return;
            if (frame.IsNewRequest) Answer(frame, request);
            else App.Respond(frame.TransactionId, Text.Answer(200, request, body: request.Method == SipMethod.Invite ? Text.Sdp : ""), _ => Ended(frame, request));
        }

        private void Answer(Frame frame, SipRequest request)
        {
            if (_chance.Next(4) == 0) App.Respond(frame.TransactionId, Text.Answer(180, request));
            if (_chance.Next(4) == 0) return;
            var key = $"k-{Text.Of(request.CallId)}-{_chance.Next(1000)}";
            App.Session(key, 0, frame.TransactionId, "memory"u8);
            App.Respond(frame.TransactionId, Text.Answer(200, request, body: Text.Sdp), reply =>
            {
                if (reply.Verdict == ReplyVerdict.Ok) _sessions[key] = (0, reply.DialogId);
            });
        }

        private void Claim(Frame offer) => App.Claim(offer.Key, offer.Incarnation, reply =>
        {
            if (reply.Verdict != ReplyVerdict.Ok) return;
            Claims++;
            _sessions[offer.Key] = (reply.Incarnation, reply.Tokens[5]);
            if (reply.Tokens[5].Length == 0) LetGo(offer.Key);
        });

        private void Ended(Frame frame, SipRequest request)
        {
            if (request.Method == SipMethod.Bye && frame.Key.Length > 0) LetGo(frame.Key);
        }

        private void LetGo(string key)
        {
            if (_sessions.Remove(key, out var known)) App.Session(key, known.Incarnation, "", default);
        }
    }
}
