using System.Diagnostics.CodeAnalysis;
using System.Text;
using CallActors.Headers;
using CallActors.Sip.Headers;

namespace CallActors.Targets;

/// <summary>Where a call is placed: the Request-URI, and whatever differs for this target from the rest of a plan.</summary>
public sealed record CallTarget
{
    // A scheme that is written decides; without one the rest is read as a SIP URI.
    private static readonly string[] Schemes = ["sip:", "sips:", "tel:", "urn:"];

    private CallTarget(string uri, bool isBare = false) => (Uri, IsBareHost) = (uri, isBare);

    /// <summary>The Request-URI.</summary>
    public string Uri { get; private init; }

    /// <summary>Where to send the request, when that is not where the URI leads: a proxy or trunk. It changes no header.</summary>
    public string? NextHop
    {
        get;
        init => field = value is null ? null : Normalised(value, null, nameof(NextHop));
    }

    /// <summary>Who calls; null for whoever the call came from.</summary>
    public CallerIdentity? Caller { get; init; }

    /// <summary>Which headers the request has of the one that it was made from, and which of its own; null for those of the plan.</summary>
    public HeaderPolicy? Headers { get; init; }

    /// <summary>Who answers challenges; null for nobody.</summary>
    public CredentialsProvider? Credentials { get; init; }

    /// <summary>How long it may ring; null for as long as the plan lets it.</summary>
    public TimeSpan? RingTimeout { get; init; }

    /// <summary>Whether the call must be secured all the way: a <c>sips:</c> URI.</summary>
    public bool IsSecure => Uri.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);

    // Written as a host and nothing else: whoever was called may be put before it.
    private bool IsBareHost { get; init; }

    /// <summary>A target as <see cref="Parse"/> reads it.</summary>
    public static implicit operator CallTarget(string target) => Parse(target);

    /// <summary>
    /// Reads <c>host</c>, <c>host:port</c>, <c>user@host</c> or a URI with its scheme: <c>sip:</c>, <c>sips:</c>, <c>tel:</c> or <c>urn:</c>.
    /// </summary>
    /// <param name="target">The target.</param>
    /// <param name="calledNumber">The user to put before a bare host; a target that has one, and any URI, keeps its own.</param>
    /// <exception cref="ArgumentException">It is empty, or no such thing.</exception>
    public static CallTarget Parse(string target, string? calledNumber = null) => new(Normalised(target, calledNumber, nameof(target)), string.IsNullOrEmpty(calledNumber) && IsBare(target));

    /// <summary>As <see cref="Parse"/>, for text of others.</summary>
    public static bool TryParse(string? target, [NotNullWhen(true)] out CallTarget? result)
    {
        result = Normalise(target, null) is { } uri ? new(uri, IsBare(target!)) : null;
        return result is not null;
    }

    /// <summary>The same target under another Request-URI.</summary>
    public CallTarget WithUri(string uri) => this with { Uri = Normalised(uri, null, nameof(uri)), IsBareHost = false };

    /// <summary>The same with this number called, where the target was written as a host and nothing else.</summary>
    internal CallTarget ForCalled(string number) =>
        IsBareHost && Normalise(Uri["sip:".Length..], number) is { } uri ? this with { Uri = uri, IsBareHost = false } : this;

    /// <summary>The Request-URI.</summary>
    public override string ToString() => Uri;

    private static string Normalised(string target, string? calledNumber, string argument)
    {
        if (string.IsNullOrWhiteSpace(target)) throw new ArgumentException("A target is needed: a host, user@host or a URI.", argument);
        return Normalise(target, calledNumber) ?? throw new ArgumentException(
            IsNumber(target)
                ? $"'{target}' is a number without a host: write sip:{target}@host, tel:{target}, or pass it as the called number of a host."
                : $"'{target}' is no target: a host, host:port, user@host, or a sip:, sips:, tel: or urn: URI.",
            argument);
    }

    private static string? Normalise(string? target, string? calledNumber)
    {
        var text = target?.Trim() ?? "";
        if (text.Length == 0 || IsNumber(text)) return null;
        if (!Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
            text = calledNumber is null or "" || text.Contains('@', StringComparison.Ordinal) ? "sip:" + text : $"sip:{Escaped(calledNumber)}@{text}";
        return SipUriView.TryParse(Encoding.UTF8.GetBytes(text), out var uri) && uri.HasStrictUser ? text : null;
    }

    private static bool IsBare(string target) =>
        !target.Contains('@', StringComparison.Ordinal) && !Schemes.Any(scheme => target.TrimStart().StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    // All digits would be a host by the grammar, but is never meant as one.
    private static bool IsNumber(string text)
    {
        var digits = text.AsSpan().Trim().TrimStart('+');
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static string Escaped(string user)
    {
        var plain = Encoding.UTF8.GetBytes(user);
        var escaped = new byte[plain.Length * 3];
        return Encoding.ASCII.GetString(escaped, 0, UriEscaping.Escape(plain, UriPart.User, escaped));
    }
}
