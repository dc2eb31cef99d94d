using CallActors.Net;
using CallActors.Server.Diagnostics;
using CallActors.Server.Partitions;
using CallActors.Sip.Messages;

namespace CallActors.Server.Transports;

/// <summary>The one way out for SIP messages: picks socket or stream, counts, and traces.</summary>
internal sealed class SipOutput(SipStreams streams, ServerCounters counters, SipTrace trace)
{
    /// <summary>
    /// Sends now, or as soon as a stream connection to the peer is open. What cannot be sent is told to the observer,
    /// at once or later and then on another thread; a datagram that the system has no room for counts as lost on the way.
    /// </summary>
    public void Send(SipMessage message, in Flow flow, ISendObserver? observer)
    {
        if (message is SipRequest) counters.RequestSent();
        else counters.ResponseSent();
        if (trace.IsOn) trace.Sent(flow.Transport.Protocol, flow.Peer, message.Bytes);

        if (flow.Transport.Socket is { } socket)
        {
            var outcome = socket.Send(message.Bytes, flow.Peer);
            if (outcome is not (SendOutcome.Sent or SendOutcome.Congested)) observer?.SendFailed(Reason(outcome));
        }
        else if (flow.Connection is { IsOpen: true } connection)
        {
            SipStreams.Write(connection, message.Bytes, observer);
        }
        else
        {
            streams.Send(flow.Transport, flow.Peer, message.Memory, observer);
        }
    }

    private static string Reason(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Refused => "Connection refused",
        SendOutcome.Unreachable => "No transport",
        SendOutcome.TooLarge => "Message too large",
        _ => "Transport closed",
    };
}
