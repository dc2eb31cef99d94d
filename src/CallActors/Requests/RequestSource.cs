using System.Text;
using CallActors.Control;
using CallActors.Control.Events;

namespace CallActors;

/// <summary>Where a request came from.</summary>
/// <param name="Address">The sender's address, without brackets.</param>
/// <param name="Port">The sender's port.</param>
/// <param name="Transport">How it came: udp, tcp, tls, ws, wss; unknown when the server does not say.</param>
/// <param name="ReceivedOn">The server's local <c>host:port</c>; empty inside dialogs.</param>
public sealed record RequestSource(string Address, int Port, string Transport, string ReceivedOn)
{
    /// <summary>The sender as a SIP URI.</summary>
    internal string Uri => $"sip:{(Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address)}:{Port}{(Transport is "udp" or "unknown" ? "" : ";transport=" + Transport)}";

    internal static RequestSource Of(in SipEvent sip) =>
        Of(sip.Transit, sip.IsNewRequest ? $"{Encoding.ASCII.GetString(sip.LocalHost)}:{sip.LocalPort}" : "");

    internal static RequestSource Of(MessageTransit transit, string receivedOn = "") =>
        new(Encoding.ASCII.GetString(transit.Address), transit.Port, Name(transit.Transport), receivedOn);

    private static string Name(MessageTransport transport) => transport switch
    {
        MessageTransport.Udp => "udp",
        MessageTransport.Tcp => "tcp",
        MessageTransport.Tls => "tls",
        MessageTransport.Ws => "ws",
        MessageTransport.Wss => "wss",
        _ => "unknown",
    };
}
