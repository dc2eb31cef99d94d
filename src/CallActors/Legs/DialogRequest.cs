using System.Globalization;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Control;
using CallActors.Keeping;
using CallActors.Sip;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>A request of ours inside a dialog; it ends with it.</summary>
/// <remarks>
/// One whose answer was lost with the server is sent once more when the next run of that has the dialog, with the branch and the number that it had: who has got it over UDP sees a retransmission and
/// repeats its answer (RFC 3261 §17.2.3), so nothing is done twice. Over a stream nobody remembers what was answered (Timer J is 0), so there it is lost, and whoever sent it decides. BYE and re-INVITE are
/// none of these: the leg and its session say them again by themselves.
/// </remarks>
internal sealed class DialogRequest(Leg leg, string method, MessageBody? body, HeaderFields? headers, LegRequest? because = null) : OutgoingRequest(leg.Core, method, body)
{
    private const int BranchLength = 7 + 16;

    private HeaderFields? _credentials;
    private Octets _branch;
    private string _run = "";
    private string? _lost;

    /// <inheritdoc/>
    public override bool WantsSent => base.WantsSent || !_branch.IsEmpty;

    /// <inheritdoc/>
    protected override CredentialsProvider? Credentials => leg.Credentials;

    /// <inheritdoc/>
    public override void OnLost(string reason)
    {
        if (!IsOver && !_branch.IsEmpty && Sent?.First(SipHeaderId.Via).StartsWith("SIP/2.0/UDP"u8) != false && leg.Ownership is { IsWritten: true, Stage: not OwnershipStage.Over }) _lost = reason;
        else base.OnLost(reason);
    }

    /// <summary>The dialog is ours again after a loss.</summary>
    public void OnBack(ServerConnection connection)
    {
        if (_lost is not { } reason) return;
        _lost = null;
        // A server that lives has the answer, and may have shown it to nobody: there it would be a second request.
        if (connection.Run == _run || !connection.Grants(ExtensionFeatures.Restore) || !Submit(Sent?.CSeq)) base.OnLost(reason);
    }

    /// <inheritdoc/>
    protected override bool Write(HeaderFields? credentials, string? challenger)
    {
        // The number is another each time.
        (_credentials, Sent) = (credentials, null);
        _branch = Method is not ("BYE" or "INVITE") && leg.Connection?.Grants(ExtensionFeatures.Restore) == true ? NewBranch() : default;
        leg.Open(this);
        leg.Forget(TransactionId);
        return Submit(null);
    }

    /// <inheritdoc/>
    protected override void OnSettled()
    {
        leg.Close(this);
        leg.Forget(TransactionId);
    }

    private bool Submit(uint? sequence)
    {
        var text = AppText.Request(Method).Headers(headers).Headers(_credentials).End(Body);
        if (!leg.Submit(this, FrameWriter.DialogRequest(leg.DialogId, text, Because(), _branch, sequence))) return false;
        _run = leg.Connection!.Run;
        return true;
    }

    // Only the server that received the one knows it when it sends the other.
    private Octets Because() =>
        because is { Message.Method: not SipMethod.Invite } && because.Connection == leg.Connection && because.Connection.Grants(ExtensionFeatures.Session) ? because.TransactionId : default;

    // The magic cookie and 64 random bits (RFC 3261 §8.1.1.7).
    private static Octets NewBranch()
    {
        Span<byte> text = stackalloc byte[BranchLength];
        "z9hG4bK"u8.CopyTo(text);
        Random.Shared.NextInt64(long.MinValue, long.MaxValue).TryFormat(text[7..], out _, "x16", CultureInfo.InvariantCulture);
        return Octets.Of(text);
    }
}
