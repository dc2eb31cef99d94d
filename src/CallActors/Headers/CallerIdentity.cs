using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Headers;

/// <summary>Who calls: what an incoming call says of its caller, and what a call we place shall say.</summary>
public sealed record CallerIdentity
{
    private const string Anonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

    /// <summary>The number, or any other user part, plain.</summary>
    public required string Number { get; init; }

    /// <summary>The display name, plain; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// The host of the URIs that are written. <c>localhost</c> stands for whatever address the server sends from, so nothing of the inside shows.
    /// </summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Whether a trusted network vouches for it: P-Asserted-Identity (RFC 3325).</summary>
    public bool IsAsserted { get; init; }

    /// <summary>Whether the caller asks not to be shown: a Privacy of <c>id</c>, <c>user</c> or <c>header</c> (RFC 3323, RFC 3325).</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The caller of a request: the first P-Asserted-Identity with a user, else From.</summary>
    public static CallerIdentity Of(SipRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var privacy = request.First(SipHeaderId.Privacy);
        var isPrivate = PrivacyValue.Contains(privacy, "id"u8) || PrivacyValue.Contains(privacy, "user"u8) || PrivacyValue.Contains(privacy, "header"u8);
        foreach (var value in request.Values(SipHeaderId.PAssertedIdentity))
        {
            if (SipAddress.Read(value) is { User.Length: > 0 } asserted)
                return new() { Number = asserted.User, Name = asserted.DisplayName, IsAsserted = true, IsPrivate = isPrivate };
        }
        var from = SipAddress.Read(request.First(SipHeaderId.From));
        return new() { Number = from.User, Name = from.DisplayName, IsPrivate = isPrivate };
    }

    /// <summary>The number that is called: the user of the Request-URI, or the number of a tel URI; empty when it has none.</summary>
    public static string CalledNumber(SipRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SipAddress.UserOf(request.RequestUri);
    }

    /// <summary>
    /// The headers of a request that this caller makes: From, and when asserted P-Asserted-Identity. A private caller's From is anonymous (RFC 3323 §4.1.1.3), and
    /// Privacy says so.
    /// </summary>
    /// <param name="isSecure">Whether the request goes to a <c>sips:</c> URI, so that the caller's is one too.</param>
    public ImmutableArray<HeaderLine> Headers(bool isSecure = false)
    {
        var lines = ImmutableArray.CreateBuilder<HeaderLine>(3);
        var address = Address(isSecure);
        lines.Add(new("From", IsPrivate ? Anonymous : address));
        if (IsAsserted) lines.Add(new("P-Asserted-Identity", address));
        if (IsPrivate) lines.Add(new("Privacy", "id"));
        return lines.DrainToImmutable();
    }

    private string Address(bool isSecure)
    {
        var scheme = isSecure ? UriScheme.Sips : UriScheme.Sip;
        if (!SipUri.TryCreate(scheme, Encoding.UTF8.GetBytes(Number), Encoding.UTF8.GetBytes(Host), 0, out var uri))
            throw new InvalidOperationException($"'{Host}' is no host for a caller's address.");
        return Name.Length == 0 ? $"<{uri}>" : $"{QuotedText.Quote(Name)} <{uri}>";
    }
}
