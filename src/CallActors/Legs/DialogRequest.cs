using CallActors.Commands;
using CallActors.Control;
using CallActors.Sip;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>A request of ours inside a dialog; it ends with it.</summary>
internal sealed class DialogRequest(Leg leg, string method, MessageBody? body, HeaderFields? headers, LegRequest? because = null) : OutgoingRequest(leg.Core, method, body)
{
    /// <inheritdoc/>
    protected override CredentialsProvider? Credentials => leg.Credentials;

    /// <inheritdoc/>
    protected override bool Write(HeaderFields? credentials, string? challenger)
    {
        leg.Open(this);
        leg.Forget(TransactionId);
        return leg.Submit(this, FrameWriter.DialogRequest(leg.DialogId, AppText.Request(Method).Headers(headers).Headers(credentials).End(Body), Because()));
    }

    // Only the server that received the one knows it when it sends the other.
    private Octets Because() =>
        because is { Message.Method: not SipMethod.Invite } && because.Connection == leg.Connection && because.Connection.Grants(ExtensionFeatures.Session) ? because.TransactionId : default;

    /// <inheritdoc/>
    protected override void OnSettled()
    {
        leg.Close(this);
        leg.Forget(TransactionId);
    }
}
