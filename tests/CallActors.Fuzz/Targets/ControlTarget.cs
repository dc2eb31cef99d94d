using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;

namespace CallActors.Fuzz.Targets;

/// <summary>The control protocol of both ends: however the bytes arrive, the frames are the same, and any payload can be read.</summary>
public sealed class ControlTarget : IFuzzTarget
{
    private readonly List<ControlFrame> _whole = [];
    private readonly List<ControlFrame> _pieces = [];
    private int _seen;

    /// <inheritdoc/>
    public string Name => "control";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds => Corpus.Frames;

    /// <inheritdoc/>
    public int Passes => 4;

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<byte> input)
    {
        _whole.Clear();
        _seen = 0;
        var framer = new ControlFramer(1 << 20);
        var consumed = 0;
        Take(ref framer, input, ref consumed, _whole);
        consumed = 0;
        foreach (var frame in _whole)
        {
            if (frame.Status == ControlFrameStatus.Frame) Read(frame.Payload(input[consumed..]));
            consumed += frame.Consumed;
        }

        // A payload of any bytes, too, not only of such as had a good count.
        var hash = input.IndexOf((byte)'#');
        Read(input[(hash + 1)..]);
    }

    /// <inheritdoc/>
    public void Check(ReadOnlySpan<byte> input)
    {
        _pieces.Clear();
        var framer = new ControlFramer(1 << 20);
        var consumed = 0;
        var random = new FuzzRandom((ulong)input.Length, input.IsEmpty ? 0 : input[input.Length / 2]);
        var isOpen = true;
        for (var arrived = 0; isOpen && arrived < input.Length;)
        {
            arrived = Math.Min(input.Length, arrived + 1 + random.Next(1 + (input.Length / 4)));
            isOpen = Take(ref framer, input[..arrived], ref consumed, _pieces);
        }

        ContractBrokenException.Unless(_whole.SequenceEqual(_pieces), "other frames when the bytes arrive in pieces");
    }

    private static bool Take(ref ControlFramer framer, ReadOnlySpan<byte> arrived, ref int consumed, List<ControlFrame> frames)
    {
        while (true)
        {
            var frame = framer.Next(arrived[consumed..]);
            if (frame.Status == ControlFrameStatus.NeedMore) return true;
            frames.Add(frame);
            if (frame.Status == ControlFrameStatus.Broken) return false;
            ContractBrokenException.Unless(frame.Consumed > 0 && consumed + frame.Consumed <= arrived.Length, "a frame beyond the buffer, or of nothing");
            consumed += frame.Consumed;
        }
    }

    private void ReadExtensions(ControlMessage message)
    {
        foreach (var token in new TokenList(message.MetaLine, (byte)'|'))
        {
            if (!Extensions.TryParse(token, out var extensions)) continue;
            ContractBrokenException.Unless(extensions.App.IsEmpty || Extensions.IsName(extensions.App), "an application's name that is none");
            ContractBrokenException.Unless(extensions.Node.IsEmpty || Extensions.IsNode(extensions.Node), "a process's name that is none");
            ContractBrokenException.Unless(extensions.Server.IsEmpty || Extensions.IsName(extensions.Server), "a server's name that is none");
            _seen += (int)extensions.Features;
        }

        var session = new SessionCommand(message);
        var claim = new ClaimCommand(message);
        var restore = new RestoreCommand(message);
        ContractBrokenException.Unless(session.Incarnation >= 0 && claim.Incarnation >= 0 && restore.Incarnation >= 0, "a negative incarnation");
        var names = 0;
        foreach (var name in session.Names) names += name.IsEmpty ? -1 : 1;
        _seen += session.Key.Length + names + session.Blob.Length + (session.IsRelease ? 1 : 0) + claim.Key.Length + restore.DialogId.Length + restore.State.Length;
        var command = ControlCommand.Parse(message.MetaLine, authenticated: true);
        ContractBrokenException.Unless(
            command.Kind != CommandKind.Session || command.Verdict != CommandVerdict.Accept || (SessionKey.IsKey(session.Key) && names <= SessionKey.MaxNames),
            "a session beyond its bounds");
        _seen += new UnknownCommand(message).AskId.Length + new StrayCommand(message).TransactionId.Length + new DialogRequestCommand(message).For.Length;

        var adopt = new AdoptEvent(message);
        foreach (var name in adopt.Names) _seen += name.Length;
        var state = new StateEvent(message);
        var gone = new GoneEvent(message);
        var ask = new AskEvent(message);
        var happened = new SipEvent(message);
        var reply = new ControlReply(message);
        foreach (var name in reply.Names) _seen += name.Length;
        _seen += adopt.Key.Length + adopt.Incarnation + adopt.Blob.Length + state.DialogId.Length + state.State.Length + gone.Node.Length + (int)gone.How
            + ask.CallId.Length + ask.LocalTag.Length + ask.RemoteTag.Length + happened.Key.Length + (happened.IsAgain ? 1 : 0)
            + reply.Incarnation + (int)reply.Extensions.Features;
    }

    private void Read(ReadOnlySpan<byte> payload)
    {
        var message = new ControlMessage(payload);
        for (var index = -1; index <= Math.Min(message.TokenCount, 40); index++) _seen += message.Token(index).Length + message.TokensFrom(index).Length;

        foreach (var isAuthenticated in new[] { false, true })
        {
            var command = ControlCommand.Parse(payload, isAuthenticated);
            _seen += command.Text.Length + command.Detail.Length + (int)command.Kind;
        }

        var sip = new AppMessage(message.Sip);
        _seen += sip.Method.Length + sip.Uri.Length + sip.Status + sip.Reason.Length + sip.Body.Length;
        foreach (var header in sip.Headers)
            ContractBrokenException.Unless(header.Value.IndexOfAny((byte)'\r', (byte)'\n') < 0, "a line break in a header of an application");
        sip.TryFindBadLine(out _);

        ReadExtensions(message);
        var reply = new ControlReply(message);
        _seen += (int)reply.Verdict + (int)reply.Content + reply.Text.Length + reply.Transit.Port + reply.Transit.Time.Seconds;
        var happened = new SipEvent(message);
        _seen += happened.Transit.Port + happened.Transit.Address.Length + happened.LocalPort + happened.DialogId.Length + (int)ServerMessage.KindOf(message);
        var record = new CdrEvent(message);
        _seen += record.Time.Seconds + (int)record.Source + (int)(record.Role ?? 0) + (int)(record.Reason ?? 0);
    }
}
