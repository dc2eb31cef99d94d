using CallActors.Headers;
using CallActors.Ringing;

namespace CallActors.Node.Samples;

/// <summary>A number that several people answer, one after the other: each is rung for ten seconds, and whoever had the last call is asked last.</summary>
/// <param name="team">Who takes part.</param>
internal sealed class HuntGroup(HuntGroup.Team team) : CallActor
{
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task OnInvite(IncomingCall call)
    {
        // The caller hears one ringing, however often we begin anew.
        await call.Ring();
        var plan = RingPlan.Serial([.. team.InTurn().Select(member => RingPlan.Of(member).For(s_each))]);
        var bridge = await call.BridgeTo(plan, new BridgeOptions { PassProgress = false, RequestHeaders = HeaderPolicy.All });
        if (bridge.B is { } answered) team.HadCall(answered.Target.Uri);
        else await call.Reject(480, "Nobody Is There", new HeaderFields { { "Retry-After", "60" } });
    }

    /// <summary>The members' addresses. One for all calls, which run beside each other: so it locks.</summary>
    public sealed class Team(params string[] members)
    {
        private readonly List<string> _members = [.. members];

        /// <summary>Everybody, whoever waits longest first.</summary>
        public string[] InTurn()
        {
            lock (_members) return [.. _members];
        }

        /// <summary>A member has taken a call.</summary>
        public void HadCall(string member)
        {
            lock (_members)
            {
                if (_members.Remove(member)) _members.Add(member);
            }
        }
    }
}
