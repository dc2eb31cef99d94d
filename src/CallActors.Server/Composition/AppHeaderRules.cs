using System.Collections.Immutable;
using System.Text;
using CallActors.Control;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>What an application may say in a header and how it is written: specification 3.2.1.</summary>
internal sealed class AppHeaderRules(ImmutableHashSet<string> preservedNames)
{
    private static ReadOnlySpan<byte> LocalHost => "@localhost"u8;

    /// <summary>
    /// Writes the application's headers that <paramref name="skip"/> does not keep back. A well-known header with an invalid
    /// value stops it: the name is in <paramref name="bad"/>.
    /// </summary>
    public bool TryWrite(SipMessageBuilder builder, AppMessage message, SipTransport.Identity identity, Func<SipHeaderId, bool> skip, out SipHeaderId bad)
    {
        Span<byte> name = stackalloc byte[128];
        foreach (var header in message.Headers)
        {
            var id = SipHeaderNames.Find(header.Name);
            if (IsServersOwn(id) || skip(id)) continue;
            if (id == SipHeaderId.Unknown)
            {
                builder.Header(NameOf(header.Name, name), header.Value);
                continue;
            }

            if (!HeaderSyntax.IsValid(id, header.Value))
            {
                bad = id;
                return false;
            }

            if (id is SipHeaderId.From or SipHeaderId.To or SipHeaderId.Contact or SipHeaderId.PAssertedIdentity)
            {
                builder.BeginHeader(id);
                AppendSubstituted(builder, header.Value, identity);
                builder.EndHeader();
            }
            else
            {
                builder.Header(id, header.Value);
            }
        }

        bad = SipHeaderId.Unknown;
        return true;
    }

    /// <summary>The headers that only the server writes.</summary>
    public static bool IsServersOwn(SipHeaderId id) =>
        id is SipHeaderId.Via or SipHeaderId.Route or SipHeaderId.RecordRoute or SipHeaderId.RSeq or SipHeaderId.ContentLength;

    /// <summary>Appends one or more addresses; a URI <c>user@localhost[:port]</c> gets the host and port of the transport that is used.</summary>
    public static void AppendSubstituted(SipMessageBuilder builder, ReadOnlySpan<byte> value, SipTransport.Identity identity)
    {
        if (value.IndexOf(LocalHost) < 0)
        {
            builder.Append(value);
            return;
        }

        var moved = new byte[value.Length + identity.HostPort.Length];
        var isFirst = true;
        foreach (var address in new SipListReader(value))
        {
            if (!isFirst) builder.Append(", "u8);
            isFirst = false;
            var length = NamesLocalHost(address) ? UriRewriting.WithHostPort(address, identity.HostPort.Span, moved) : 0;
            builder.Append(length > 0 ? moved.AsSpan(0, length) : address);
        }
    }

    // The client library lower-cases names, so unknown ones get their capitals back: x- names and configured ones stay as given.
    private ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> name, Span<byte> scratch)
    {
        if (name.Length > scratch.Length || name is [(byte)'x' or (byte)'X', (byte)'-', ..]) return name;
        if (!preservedNames.IsEmpty && preservedNames.Contains(Encoding.ASCII.GetString(name))) return name;
        var capital = true;
        for (var i = 0; i < name.Length; i++)
        {
            scratch[i] = capital && name[i] is >= (byte)'a' and <= (byte)'z' ? (byte)(name[i] - 32) : name[i];
            capital = name[i] == '-';
        }

        return scratch[..name.Length];
    }

    private static bool NamesLocalHost(ReadOnlySpan<byte> value) =>
        NameAddrView.TryParse(value, out var address) && address.TryUri(out var uri) && !uri.UserInfo.IsEmpty && Ascii.EqualsIgnoreCase(uri.Host, LocalHost[1..]);
}
