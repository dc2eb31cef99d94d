using CallActors.Control.Events;
using CallActors.Sip.Messages;

namespace CallActors.Server.Applications;

/// <summary>Call detail events to whoever registered for them, each to one application in turn: specification 5.1. Off unless configured.</summary>
internal sealed class CallRecords(RouteTable<ApplicationConnection> routes, bool isOn)
{
    /// <summary>A call is tried.</summary>
    public void Attempt(SipMessage invite, bool isSent) => Next("cdr:attempt")?.CdrAttempt(invite, isSent);

    /// <summary>A call is answered.</summary>
    public void Start(SipMessage answer, CdrRole role, bool isSent) => Next("cdr:start")?.CdrStart(answer, role, isSent);

    /// <summary>A call is over, or never came to be.</summary>
    public void Stop(SipMessage end, CdrReason reason, bool isSent) => Next("cdr:stop")?.CdrStop(end, reason, isSent);

    private ApplicationConnection? Next(string verb) => isOn ? routes.Next(verb, 0, static (application, _) => application.IsOpen) : null;
}
