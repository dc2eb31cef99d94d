using CallActors.Headers;
using CallActors.Targets;

namespace CallActors.Node.Pbx;

/// <summary>A number that is no name, digits with or without a plus, is called over the trunk.</summary>
/// <param name="phones">The phones, for transfers.</param>
/// <param name="trunk">Where numbers go.</param>
internal sealed class TrunkCall(PhoneBook phones, TrunkCall.Trunk trunk) : PbxCall(phones)
{
    private static readonly BridgeOptions s_options = new() { RequestHeaders = HeaderPolicy.All, RingTimeout = TimeSpan.FromMinutes(2) };

    /// <summary>The trunk's host, or host and port.</summary>
    public sealed record Trunk(string Host);

    /// <summary>Whether a number was dialled.</summary>
    public static bool IsNumber(IncomingRequest request)
    {
        var digits = Dialled.User(request).AsSpan();
        if (digits.StartsWith('+')) digits = digits[1..];
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    /// <inheritdoc/>
    protected override Task OnInvite(IncomingCall call) => call.BridgeTo(CallTarget.Parse(trunk.Host, Dialled.User(call.Invite)), s_options);
}
