using System.Text;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Routing;

/// <summary>The query string of a web callback, in the order of specification 2.5.</summary>
internal static class RoutingQuery
{
    /// <summary>The configured URL with <c>/?</c> and the arguments.</summary>
    public static string Of(string url, SipRequest request, in Flow flow)
    {
        var text = new StringBuilder(url).Append("/?");
        var isSip = SipUriView.TryParse(request.RequestUri, out var uri);
        Append(text, "method", request.MethodName);
        Append(text, "domain", isSip ? uri.Host : default);
        Append(text, "protocol", SipProtocols.Token(flow.Transport.Protocol));
        Append(text, "source_address", flow.Peer.HostUtf8);
        Append(text, "fromUser", UserOf(request.First(SipHeaderId.From)));
        Append(text, "toUser", UserOf(request.First(SipHeaderId.To)));
        Append(text, "uriUser", isSip ? uri.User : default);
        Append(text, "contentType", request.First(SipHeaderId.ContentType));
        Append(text, "uri", request.RequestUri);
        if (isSip)
        {
            foreach (var parameter in uri.Parameters) Append(text, Encoding.UTF8.GetString(parameter.Name), parameter.HasValue ? parameter.Value : default);
        }

        return text.ToString(0, text.Length - 1);
    }

    private static ReadOnlySpan<byte> UserOf(ReadOnlySpan<byte> nameAddr) =>
        NameAddrView.TryParse(nameAddr, out var address) && address.TryUri(out var uri) ? uri.User : default;

    // Unreserved characters stand, everything else is %hh in lower case.
    private static void Append(StringBuilder text, string name, ReadOnlySpan<byte> value)
    {
        text.Append(name).Append('=');
        foreach (var octet in value)
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~') text.Append((char)octet);
            else text.Append('%').Append(octet.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        }

        text.Append('&');
    }
}
