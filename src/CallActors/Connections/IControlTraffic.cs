using CallActors.Control.Events;
using CallActors.Control.Replies;

namespace CallActors.Connections;

/// <summary>Who hears what a connection hears. Called on the network's thread, one call at a time for each connection; must not block and must not throw.</summary>
/// <remarks>Nothing is told of a connection before <see cref="OnUp"/> or after <see cref="OnLost"/>; what is passed is valid within the call only.</remarks>
internal interface IControlTraffic
{
    /// <summary>The server accepted our secret; frames can be written from now on. No method is asked for yet.</summary>
    void OnUp(ServerConnection connection, ServerUp up);

    /// <summary>A SIP message arrived.</summary>
    void OnSip(ServerConnection connection, in SipEvent sip);

    /// <summary>A command was answered. The connection's own commands are not told.</summary>
    void OnReply(ServerConnection connection, in ControlReply reply);

    /// <summary>A call detail event arrived.</summary>
    void OnCdr(ServerConnection connection, in CdrEvent cdr);

    /// <summary>A session that has no owner is offered.</summary>
    void OnAdopt(ServerConnection connection, in AdoptEvent adopt);

    /// <summary>The server tells its memory of a dialog.</summary>
    void OnState(ServerConnection connection, in StateEvent state);

    /// <summary>Another process of the application has lost its last connection.</summary>
    void OnGone(ServerConnection connection, in GoneEvent gone);

    /// <summary>The server asks who has a dialog.</summary>
    void OnAsk(ServerConnection connection, in AskEvent ask);

    /// <summary>A connection that was up is over; told exactly once, and every write from now on is refused.</summary>
    void OnLost(ServerConnection connection, string reason);
}
