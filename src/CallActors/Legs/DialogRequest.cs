using CallActors.Commands;
using CallActors.Targets;

namespace CallActors;

/// <summary>A request of ours inside a dialog; it ends with it.</summary>
internal sealed class DialogRequest(Leg leg, string method, MessageBody? body, HeaderFields? headers) : OutgoingRequest(leg.Core, method, body)
{
    /// <inheritdoc/>
    protected override CredentialsProvider? Credentials => leg.Credentials;

    /// <inheritdoc/>
    protected override bool Write(HeaderFields? credentials, string? challenger)
    {
        leg.Open(this);
        leg.Forget(TransactionId);
        return leg.Submit(this, FrameWriter.DialogRequest(leg.DialogId, AppText.Request(Method).Headers(headers).Headers(credentials).End(Body)));
    }

    /// <inheritdoc/>
    protected override void OnSettled()
    {
        leg.Close(this);
        leg.Forget(TransactionId);
    }
}
