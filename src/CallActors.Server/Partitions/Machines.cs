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
    private readonly InviteClientTransaction _branchUdp = new(IsReliable: false, WithoutC(timers), PassesTrying: true);
    private readonly InviteClientTransaction _branchStream = new(IsReliable: true, WithoutC(timers), PassesTrying: true);
    private readonly NonInviteClientTransaction _clientUdp = new(IsReliable: false, timers);
    private readonly NonInviteClientTransaction _clientStream = new(IsReliable: true, timers);
    private readonly NonInviteServerTransaction _serverUdp = new(IsReliable: false, timers);
    private readonly NonInviteServerTransaction _serverStream = new(IsReliable: true, timers);
    private readonly AnswerRetransmission _answerUdp = new(Repeats: true, timers);
    private readonly AnswerRetransmission _answerStream = new(Repeats: false, timers);

    public SipTimers Timers => timers;

    public ReliableProvisionals Provisionals { get; } = new(timers);

    public AcknowledgementMemory Acknowledgements { get; } = new(timers);

    /// <summary>The INVITE of a user, or a branch of a proxy, which shows 100 and keeps timer C itself.</summary>
    public InviteClientTransaction InviteClient(bool reliable, bool isBranch) =>
        isBranch ? reliable ? _branchStream : _branchUdp : reliable ? _inviteClientStream : _inviteClientUdp;

    public InviteServerTransaction InviteServer(bool reliable) => reliable ? _inviteServerStream : _inviteServerUdp;

    public NonInviteClientTransaction NonInviteClient(bool reliable) => reliable ? _clientStream : _clientUdp;

    public NonInviteServerTransaction NonInviteServer(bool reliable) => reliable ? _serverStream : _serverUdp;

    public AnswerRetransmission Answer(bool reliable) => reliable ? _answerStream : _answerUdp;

    private static SipTimers WithoutC(SipTimers timers) => new(timers.T1, timers.T2, timers.T4, timers.T1x64, timers.D) { C = null };
}
