using System.Collections.Immutable;
using System.Text;
using CallActors.Server.Configuration;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>The spammer rules of specification 4.2.6: words in the User-Agent, or in the user part of From or To.</summary>
internal static class Spammers
{
    /// <summary>Whether a new request is one of those that the operator wants turned away.</summary>
    public static bool Match(SpammerOptions? rules, SipRequest request) =>
        rules is not null
        && (ContainsAny(request.First(SipHeaderId.UserAgent), rules.UserAgent)
            || ContainsAny(UserOf(request.First(SipHeaderId.From)), rules.From)
            || ContainsAny(UserOf(request.First(SipHeaderId.To)), rules.To));

    private static bool ContainsAny(ReadOnlySpan<byte> text, ImmutableArray<string> words)
    {
        Span<byte> scratch = stackalloc byte[256];
        foreach (var word in words)
        {
            if (Encoding.UTF8.TryGetBytes(word, scratch, out var length) && text.IndexOf(scratch[..length]) >= 0) return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> UserOf(ReadOnlySpan<byte> nameAddr) =>
        NameAddrView.TryParse(nameAddr, out var address) && address.TryUri(out var uri) ? uri.User : default;
}
