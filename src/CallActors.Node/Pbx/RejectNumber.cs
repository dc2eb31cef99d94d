using System.Globalization;

namespace CallActors.Node.Pbx;

/// <summary><c>reject-603-gone-fishing</c>: says no, nicely: with that status, and that reason.</summary>
internal sealed class RejectNumber : CallActor
{
    /// <inheritdoc/>
    protected override Task OnInvite(IncomingCall call)
    {
        var rest = Dialled.Rest(call);
        var end = rest.IndexOf('-', StringComparison.Ordinal);
        var code = end < 0 ? rest : rest[..end];
        if (!int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 300 or > 699) return call.Reject(404);
        // Only what may stand in a reason phrase; whoever dials it chooses the rest.
        var reason = end < 0 ? "" : new string([.. rest[(end + 1)..].Replace('-', ' ').Where(letter => letter >= ' ' && letter != '\u007f')]);
        return call.Reject(status, reason.Length == 0 ? null : reason);
    }
}
