using BenchmarkDotNet.Attributes;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Benchmarks.Micro;

/// <summary>The machines on their own: messages are made beforehand, effects are counted and not performed.</summary>
public class Transactions
{
    private readonly InviteServerTransaction _server = new(IsReliable: false, SipTimers.Default, SendsTrying: false);
    private readonly InviteClientTransaction _client = new(IsReliable: false, SipTimers.Default);
    private readonly NonInviteServerTransaction _byeServer = new(IsReliable: false, SipTimers.Default);
    private readonly SipMessageBuilder _builder = new();
    private SipRequest _invite = null!;
    private SipRequest _bye = null!;
    private SipResponse _ringing = null!;
    private SipResponse _answer = null!;
    private SipResponse _rejection = null!;
    private SipResponse _byeAnswer = null!;
    private Dialog _dialog = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _invite = (SipRequest)SipParser.Parse(Samples.Invite).Message!;
        _bye = (SipRequest)SipParser.Parse(Samples.Bye).Message!;
        _ringing = _invite.RespondTo(180, default, "11d0a8c3"u8);
        _answer = (SipResponse)SipParser.Parse(Samples.Answer).Message!;
        _rejection = _invite.RespondTo(486, default, "11d0a8c3"u8);
        _byeAnswer = _bye.RespondTo(200);
        _dialog = Dialog.ForServer(_invite, _answer, localSequence: 1);
    }

    [Benchmark]
    public int InviteServerAnswered()
    {
        var start = _server.Start(_invite);
        var answered = _server.Handle(start.State, new Respond(_answer));
        var ended = _server.Handle(answered.State, TimerFired.Of(TransactionTimer.L));
        return start.Effects.Length + answered.Effects.Length + ended.Effects.Length;
    }

    [Benchmark]
    public int InviteServerWithTrying()
    {
        var trying = new InviteServerTransaction(IsReliable: false, SipTimers.Default).Start(_invite);
        return trying.Effects.Length;
    }

    [Benchmark]
    public int InviteServerRejected()
    {
        var start = _server.Start(_invite);
        var rejected = _server.Handle(start.State, new Respond(_rejection));
        return start.Effects.Length + rejected.Effects.Length;
    }

    [Benchmark]
    public int InviteClientAnswered()
    {
        var start = _client.Start(_invite);
        var ringing = _client.Handle(start.State, new Received(_ringing));
        var answered = _client.Handle(ringing.State, new Received(_answer));
        var ended = _client.Handle(answered.State, TimerFired.Of(TransactionTimer.M));
        return start.Effects.Length + ringing.Effects.Length + answered.Effects.Length + ended.Effects.Length;
    }

    [Benchmark]
    public int ByeServer()
    {
        var start = _byeServer.Start(_bye);
        var answered = _byeServer.Handle(start.State, new Respond(_byeAnswer));
        return start.Effects.Length + answered.Effects.Length;
    }

    [Benchmark]
    public int DialogFromAnswer() => Dialog.ForServer(_invite, _answer, localSequence: 1).Local.Length;

    [Benchmark]
    public int DialogReceivesBye() => _dialog.TryReceive(_bye, out var next) ? next.Remote.Length : 0;

    [Benchmark]
    public int DialogWritesBye() => _dialog.BeginRequest(_builder, "BYE"u8).Header(SipHeaderId.MaxForwards, 70).ToRequest().Bytes.Length;
}
