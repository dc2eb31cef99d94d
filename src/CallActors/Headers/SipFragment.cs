using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Headers;

/// <summary>
/// How far a referred call has come, as the body of a NOTIFY tells it: a status line of <c>message/sipfrag</c> (RFC 3515 §2.4.5, RFC 3420).
/// </summary>
/// <param name="Status">100 to 699.</param>
/// <param name="Reason">The reason phrase.</param>
public readonly record struct SipFragment(int Status, string Reason)
{
    /// <summary>The Content-Type of such a body.</summary>
    public const string ContentType = "message/sipfrag;version=2.0";

    /// <summary>Whether the referred call has its outcome, so that this NOTIFY ends the subscription.</summary>
    public bool IsFinal => Status >= 200;

    /// <summary>The Subscription-State of the NOTIFY (RFC 3515 §2.4.7): active until the outcome is known, then <c>noresource</c>.</summary>
    public string SubscriptionState(TimeSpan remaining) => IsFinal ? "terminated;reason=noresource" : $"active;expires={(long)Math.Max(remaining.TotalSeconds, 0)}";

    /// <summary>The fragment of this status with its standard phrase.</summary>
    public static SipFragment Of(int status) => new(status, Encoding.UTF8.GetString(SipReasonPhrases.Of(status)));

    /// <summary>Reads a body: its first line; whatever follows is passed over.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out SipFragment fragment)
    {
        fragment = default;
        var end = body.IndexOfAny((byte)'\r', (byte)'\n');
        var line = Encoding.UTF8.GetString(end < 0 ? body : body[..end]).Trim();
        if (!line.StartsWith("SIP/2.0 ", StringComparison.OrdinalIgnoreCase)) return false;
        var rest = line[8..].TrimStart();
        if (rest.Length < 3 || !int.TryParse(rest.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var status)) return false;
        if (status is < 100 or > 699 || (rest.Length > 3 && rest[3] != ' ')) return false;
        fragment = new(status, rest[3..].Trim());
        return true;
    }

    /// <summary>The body.</summary>
    public override string ToString() => $"SIP/2.0 {Status} {Reason}\r\n";
}
