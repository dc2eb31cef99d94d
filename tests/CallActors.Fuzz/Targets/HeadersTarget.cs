using CallActors.Sip.Digest;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Fuzz.Targets;

/// <summary>
/// The typed headers on every line of the input, well formed or not; on accepted messages they agree with what the parser found.
/// </summary>
public sealed class HeadersTarget : IFuzzTarget
{
    private int _seen;

    /// <inheritdoc/>
    public string Name => "headers";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds => Corpus.Messages;

    /// <inheritdoc/>
    public int Passes => 20;

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<byte> input)
    {
        _seen = 0;
        var rest = input;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf("\r\n"u8);
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon > 0) Read(SipHeaderNames.Find(line[..colon].TrimEnd(" \t"u8)), line[(colon + 1)..].Trim(" \t"u8));
            // The first line's URI, and anything else between blanks.
            if (line.IndexOf((byte)' ') is >= 0 and var blank && line[(blank + 1)..] is var word) Uri(word[..(word.IndexOf((byte)' ') is >= 0 and var next ? next : word.Length)]);
        }
    }

    /// <inheritdoc/>
    public void Check(ReadOnlySpan<byte> input)
    {
        if (SipParser.Parse(input).Message is not { } message) return;
        if (!SipParser.Parse(input).Error.Equals(default)) return;

        if (NameAddrView.TryParse(message.First(SipHeaderId.From), out var from))
            ContractBrokenException.Unless(from.Tag.SequenceEqual(message.FromTag), "two readings of From's tag");
        if (NameAddrView.TryParse(message.First(SipHeaderId.To), out var to))
            ContractBrokenException.Unless(to.Tag.SequenceEqual(message.ToTag), "two readings of To's tag");
        foreach (var value in message.Values(SipHeaderId.Via))
        {
            ContractBrokenException.Unless(ViaView.TryParse(value, out var via), "a topmost Via that the typed header refuses");
            ContractBrokenException.Unless(via.Branch.SequenceEqual(message.Branch), "two readings of the branch");
            break;
        }

        ContractBrokenException.Unless(
            CSeqView.TryParse(message.First(SipHeaderId.CSeq), out var cseq) && cseq.Number == message.CSeq, "two readings of CSeq");
    }

    private void Read(SipHeaderId id, ReadOnlySpan<byte> value)
    {
        if (HeaderSyntax.IsValid(id, value)) _seen++;
        if (ViaView.TryParse(value, out var via)) _seen += via.Branch.Length + via.Host.Length + via.Port + via.Maddr.Length + via.Received.Length + via.Transport.Length;
        if (NameAddrView.TryParse(value, out var address)) Address(address);
        if (ContactView.TryParse(value, out var contact)) _seen += (int)(contact.Expires ?? 0) + (contact.Preference ?? 0);
        if (RouteView.TryParse(value, out var route) && route.TryUri(out var hop)) _seen += hop.Host.Length;
        if (ReferTo.TryParse(value, out _)) _seen++;
        if (Replaces.TryParse(value, out _)) _seen++;
        if (RetryAfter.TryParse(value, out _)) _seen++;
        if (SessionExpires.TryParse(value, out _)) _seen++;
        if (SubscriptionState.TryParse(value, out _)) _seen++;
        if (SipDate.TryParse(value, out _)) _seen++;
        if (RAckView.TryParse(value, out _)) _seen++;
        foreach (var element in new SipListReader(value)) _seen += element.Length;
        if (Challenge.TryParse(value, out var challenge)) _seen += challenge.Realm.Length + challenge.Nonce.Length + (challenge.IsSupported ? 1 : 0);
        if (Credentials.TryParse(value, out var credentials)) _seen += credentials.User.Length + credentials.Response.Length + (credentials.IsComplete ? 1 : 0);
        Uri(value);
    }

    private void Address(NameAddrView address)
    {
        _seen += address.Tag.Length + address.DisplayName.Length + QuotedText.ToText(address.DisplayName).Length;
        foreach (var parameter in address.Parameters) _seen += parameter.Name.Length + parameter.Value.Length;
        Uri(address.Uri);
    }

    private void Uri(ReadOnlySpan<byte> text)
    {
        if (!SipUriView.TryParse(text, out var uri)) return;
        _seen += uri.User.Length + uri.Password.Length + uri.Host.Length + uri.HostPort.Length + uri.Port + uri.Transport.Length + uri.Maddr.Length + uri.SchemeName.Length +
            uri.WithoutHeaders.Length + (uri.IsIpLiteral ? 1 : 0) + (uri.Lr ? 1 : 0) + (uri.HasStrictUser ? 1 : 0) + UriEquality.HashOf(uri);
        foreach (var parameter in uri.Parameters) _seen += parameter.Value.Length;
        foreach (var header in uri.Headers) _seen += header.Value.Length;
        ContractBrokenException.Unless(UriEquality.Same(uri, uri), "a URI that is not itself");
    }
}
