using CallActors.Sip.Dialogs;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Partitions;

/// <summary>The machines: values without a call's state, so one of each kind serves all calls.</summary>
internal sealed class Machines(SipTimers timers)
{
    private readonly InviteClientTransaction _inviteClientUdp = new(IsReliable: false, timers);
    private readonly InviteClientTransaction _inviteClientStream = new(IsReliable: true, timers);
    private readonly InviteServerTransaction _inviteServerUdp = new(IsReliable: false, timers);
    private readonly InviteServerTransaction _inviteServerStream = new(IsReliable: true, timers);
    private readonly NonInviteClientTransaction _clientUdp = new(IsReliable: false, timers);
    private readonly NonInviteClientTransaction _clientStream = new(IsReliable: true, timers);
    private readonly NonInviteServerTransaction _serverUdp = new(IsReliable: false, timers);
    private readonly NonInviteServerTransaction _serverStream = new(IsReliable: true, timers);
    private readonly AnswerRetransmission _answerUdp = new(Repeats: true, timers);
    private readonly AnswerRetransmission _answerStream = new(Repeats: false, timers);

    public SipTimers Timers => timers;

    public ReliableProvisionals Provisionals { get; } = new(timers);

    public AcknowledgementMemory Acknowledgements { get; } = new(timers);

    public InviteClientTransaction InviteClient(bool reliable) => reliable ? _inviteClientStream : _inviteClientUdp;

    public InviteServerTransaction InviteServer(bool reliable) => reliable ? _inviteServerStream : _inviteServerUdp;

    public NonInviteClientTransaction NonInviteClient(bool reliable) => reliable ? _clientStream : _clientUdp;

    public NonInviteServerTransaction NonInviteServer(bool reliable) => reliable ? _serverStream : _serverUdp;

    public AnswerRetransmission Answer(bool reliable) => reliable ? _answerStream : _answerUdp;
}
