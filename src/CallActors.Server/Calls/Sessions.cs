using CallActors.Control;
using CallActors.Server.Partitions;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

internal sealed class SessionClock;

internal sealed class Sessions(Partition partition)
{
    public const string Expired = "Session timer expired";
    public SessionClock? ForAnswer(IncomingRequest incoming, AppMessage message) => partition is null ? new SessionClock() : null;
    public static void Write(SipMessageBuilder builder, SessionClock clock, SipRequest request) { }
    public void Arm(IncomingRequest incoming, SessionClock clock) => _ = partition;
    public void Answered(DialogEntry dialog, SipRequest request, SipResponse response) => _ = partition;
    public int Received(DialogEntry dialog, IncomingRequest incoming) => partition is null ? 1 : 0;
}
