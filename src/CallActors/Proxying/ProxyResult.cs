using System.Collections.Immutable;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>What became of a request that was proxied. The caller has its final response by then.</summary>
/// <param name="Answers">The final responses of those who answered, in the order in which each answered first.</param>
/// <param name="FinalStatus">The final response's status; 408 when nobody answered, 483, 500 or 503 when the server could not proxy it.</param>
/// <param name="FinalResponse">The response that the caller was given; null when the server made it.</param>
/// <param name="Failure">Why it was not proxied; null when it was.</param>
public sealed record ProxyResult(ImmutableArray<ProxyAnswers> Answers, int FinalStatus, SipResponse? FinalResponse, string? Failure = null)
{
    /// <summary>Whether somebody accepted.</summary>
    public bool IsConnected => FinalStatus is >= 200 and < 300;

    internal static ProxyResult Failed(string reason, int status) => new([], status, null, reason);
}

/// <summary>The final responses that came from one address.</summary>
/// <param name="Address">The address, without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Responses">The responses, in order.</param>
public sealed record ProxyAnswers(string Address, int Port, ImmutableArray<SipResponse> Responses);
