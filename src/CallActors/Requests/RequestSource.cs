using System.Buffers.Text;
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
    [ThreadStatic]
    private static string? t_address;

    [ThreadStatic]
    private static string? t_receivedOn;

    /// <summary>The sender as a SIP URI.</summary>
    internal string Uri => $"sip:{(Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address)}:{Port}{(Transport is "udp" or "unknown" ? "" : ";transport=" + Transport)}";

    internal static RequestSource Of(in SipEvent sip) => Of(sip.Transit, sip.IsNewRequest ? EndpointOf(sip) : "");

    internal static RequestSource Of(MessageTransit transit, string receivedOn = "") =>
        new(Again(ref t_address, transit.Address), transit.Port, Name(transit.Transport), receivedOn);

    private static string EndpointOf(in SipEvent sip)
    {
        var host = sip.LocalHost;
        Span<byte> text = host.Length <= 64 ? stackalloc byte[host.Length + 12] : new byte[host.Length + 12];
        host.CopyTo(text);
        text[host.Length] = (byte)':';
        Utf8Formatter.TryFormat(sip.LocalPort, text[(host.Length + 1)..], out var digits);
        return Again(ref t_receivedOn, text[..(host.Length + 1 + digits)]);
    }

    // Mostly what the last request said: few senders, and one or two endpoints.
    private static string Again(ref string? last, ReadOnlySpan<byte> text) => last is not null && Ascii.Equals(text, last) ? last : last = Encoding.ASCII.GetString(text);

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
