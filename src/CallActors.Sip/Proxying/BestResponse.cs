using CallActors.Sip.Messages;

namespace CallActors.Sip.Proxying;

/// <summary>
/// Which of the rejections goes upstream: a 6xx, then those that tell the caller how to mend the request (401, 407, 415, 420, 484), then the other
/// 4xx, 5xx, 3xx; among equals the first that came. This is drachtio's order; RFC 3261 §16.7 step 6 leaves it free within the classes and
/// puts 3xx first, which helps nobody once the redirects have been tried.
/// </summary>
public static class BestResponse
{
    /// <summary>True when <paramref name="candidate"/> goes before <paramref name="best"/>.</summary>
    public static bool IsBetter(SipResponse candidate, SipResponse? best) =>
        best is null || Rank(candidate.StatusCode) < Rank(best.StatusCode);

    private static int Rank(int status) => status switch
    {
        >= 600 => 0,
        401 or 407 or 415 or 420 or 484 => 1,
        >= 400 and < 500 => 2,
        >= 500 => 3,
        _ => 4,
    };
}
