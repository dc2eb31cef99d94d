using System.Net;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>Our Contact: the automatic one, and the correction of an application's (specification 3.2.2, 3.2.3).</summary>
internal static class ContactRules
{
    /// <summary>Writes the automatic Contact of a transport.</summary>
    public static void WriteOwn(SipMessageBuilder builder, SipTransport.Identity identity, bool plainScheme = false) =>
        builder.BeginHeader(SipHeaderId.Contact)
            .Append("<"u8).Append((plainScheme ? identity.PlainContactUri : identity.ContactUri).Span).Append(">"u8)
            .EndHeader();

    /// <summary>
    /// Writes an application's Contact. An IPv4 host, or <c>localhost</c>, that is not the address really used becomes that address,
    /// with port and transport; a DNS name or IPv6 host stays as it is.
    /// </summary>
    public static void WriteCorrected(SipMessageBuilder builder, ReadOnlySpan<byte> value, SipTransport transport, SipTransport.Identity identity)
    {
        builder.BeginHeader(SipHeaderId.Contact);
        if (!ContactView.TryParse(value, out var contact) || contact.IsStar || !contact.Address.TryUri(out var uri) || !uri.IsSip)
        {
            AppHeaderRules.AppendSubstituted(builder, value, identity);
            builder.EndHeader();
            return;
        }

        var isLocalHost = uri.Host.SequenceEqual("localhost"u8);
        var corrects = isLocalHost || (IPAddress.TryParse(uri.Host, out var ip) && !uri.IsIpv6 && !IsUsed(ip, uri.Port, transport, identity));
        if (!corrects)
        {
            WriteNameAddr(builder, contact.Address, uri.Text, contact.Address.Parameters.Text);
            builder.EndHeader();
            return;
        }

        AppendDisplayName(builder, contact.Address);
        builder.Append("<"u8).Append(uri.SchemeName).Append(":"u8);
        if (!uri.User.IsEmpty) builder.Append(uri.UserInfo).Append("@"u8);
        builder.Append(identity.HostPort.Span).Append(identity.Transport.Span);
        foreach (var parameter in uri.Parameters)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(parameter.Name, "transport"u8)) continue;
            builder.Append(";"u8).Append(parameter.Name);
            if (parameter.HasValue) builder.Append("="u8).Append(parameter.Value);
        }

        builder.Append(">"u8).Append(contact.Address.Parameters.Text).EndHeader();
    }

    /// <summary>Appends <c>"name" &lt;uri&gt;params</c>, always with brackets, so that parameters stay whose they are.</summary>
    public static void WriteNameAddr(SipMessageBuilder builder, in NameAddrView address, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> parameters)
    {
        AppendDisplayName(builder, address);
        builder.Append("<"u8).Append(uri).Append(">"u8).Append(parameters);
    }

    private static void AppendDisplayName(SipMessageBuilder builder, in NameAddrView address)
    {
        if (address.DisplayName.IsEmpty) return;
        if (address.IsQuoted) builder.Append("\""u8).Append(address.DisplayName).Append("\" "u8);
        else builder.Append(address.DisplayName).Append(" "u8);
    }

    private static bool IsUsed(IPAddress ip, int port, SipTransport transport, SipTransport.Identity identity)
    {
        var actualPort = port == 0 ? SipProtocols.DefaultPort(transport.Protocol) : port;
        if (actualPort != identity.Port) return false;
        return ip.Equals(transport.Local.Ip) || (IPAddress.TryParse(identity.HostText, out var advertised) && ip.Equals(advertised));
    }
}
