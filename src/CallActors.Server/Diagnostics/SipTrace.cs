using System.Buffers;
using System.Globalization;
using System.Text;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.Server.Diagnostics;

/// <summary>Writes each SIP message to the log, at info, in the shape that tools for drachtio's log read. Off, it costs one question.</summary>
/// <remarks>
/// One record is the line <c>recv 842 bytes from udp/[198.51.100.4]:5060 at 09:15:00.123111:</c> and the message below it, with bare line feeds.
/// What proves an identity (Authorization, Proxy-Authorization) is masked; control characters, which could drive a terminal, become dots.
/// </remarks>
/// <param name="logger">Where the records go.</param>
/// <param name="time">Tells the local time of a message.</param>
public sealed class SipTrace(ILogger logger, TimeProvider time)
{
    private static readonly Func<string, Exception?, string> AsItStands = static (text, _) => text;

    /// <summary>True when messages are written.</summary>
    public bool IsOn => logger.IsEnabled(LogLevel.Information);

    /// <summary>Writes a message that has arrived.</summary>
    public void Received(NetProtocol protocol, NetAddress source, ReadOnlySpan<byte> message) => Write("recv", "from", protocol, source, message);

    /// <summary>Writes a message that was sent.</summary>
    public void Sent(NetProtocol protocol, NetAddress destination, ReadOnlySpan<byte> message) => Write("send", "to", protocol, destination, message);

    private void Write(string verb, string direction, NetProtocol protocol, NetAddress address, ReadOnlySpan<byte> message)
    {
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var text = new StringBuilder(message.Length + 96);
        text.Append(CultureInfo.InvariantCulture, $"{verb} {message.Length} bytes {direction} {NameOf(protocol)}/[{address.Host}]:{address.Port} at {time.GetLocalNow():HH:mm:ss.ffffff}:\n");
        AppendMessage(text, message);
        logger.Log(LogLevel.Information, default, text.ToString(), null, AsItStands);
    }

    private static void AppendMessage(StringBuilder text, ReadOnlySpan<byte> message)
    {
        var isHeader = true;        // the start line never looks like a credential
        var isMasked = false;
        while (!message.IsEmpty)
        {
            var end = message.IndexOf((byte)'\n');
            var line = end < 0 ? message : message[..end];
            message = end < 0 ? [] : message[(end + 1)..];
            if (line is [.., (byte)'\r']) line = line[..^1];

            if (isHeader && line.IsEmpty) isHeader = false;
            var isContinuation = line is [(byte)' ' or (byte)'\t', ..];
            if (isHeader && isMasked && isContinuation) continue;
            var scheme = isHeader && !isContinuation ? CredentialScheme(line) : -1;
            isMasked = scheme >= 0;
            AppendText(text, isMasked ? line[..scheme] : line);
            if (isMasked) text.Append("***");
            text.Append('\n');
        }
    }

    /// <summary>Where the credentials begin in an Authorization or Proxy-Authorization header, after the scheme; -1 for any other line.</summary>
    private static int CredentialScheme(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0) return -1;
        var name = line[..colon].TrimEnd(" \t"u8);
        if (!Ascii.EqualsIgnoreCase(name, "Authorization"u8) && !Ascii.EqualsIgnoreCase(name, "Proxy-Authorization"u8)) return -1;
        var start = colon + 1;
        while (start < line.Length && line[start] is (byte)' ' or (byte)'\t') start++;
        var blank = line[start..].IndexOfAny((byte)' ', (byte)'\t');
        return blank < 0 ? start : start + blank + 1;
    }

    private static void AppendText(StringBuilder text, ReadOnlySpan<byte> line)
    {
        var characters = ArrayPool<char>.Shared.Rent(line.Length);
        var length = Encoding.UTF8.GetChars(line, characters);
        for (var index = 0; index < length; index++)
            if (char.IsControl(characters[index]) && characters[index] != '\t')
                characters[index] = '.';
        text.Append(characters, 0, length);
        ArrayPool<char>.Shared.Return(characters);
    }

    private static string NameOf(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Udp => "udp",
        NetProtocol.Tcp => "tcp",
        NetProtocol.Tls => "tls",
        NetProtocol.Ws => "ws",
        _ => "wss",
    };
}
