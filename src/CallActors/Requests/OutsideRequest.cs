using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors.Requests;

/// <summary>A request of ours outside dialogs, such as REGISTER or OPTIONS, or a SUBSCRIBE that makes one.</summary>
internal sealed class OutsideRequest(
    CallCore core, ServerConnection? connection, string method, CallTarget target, MessageBody? body, HeaderFields? headers, SendOptions options, string callId)
    : OutgoingRequest(core, method, body)
{
    private string? _nextHop = target.NextHop;

    /// <inheritdoc/>
    protected override CredentialsProvider? Credentials => target.Credentials;

    /// <summary>The connection that it goes over.</summary>
    public ServerConnection? Connection => connection;

    /// <summary>Gives up waiting after a time.</summary>
    public void LimitTo(TimeSpan time) => Core.After(time, () => Settle(new RequestOutcome.TimedOut(time)));

    /// <inheritdoc/>
    protected override bool Write(HeaderFields? credentials, string? challenger)
    {
        if (connection is not { IsUp: true }) return false;
        Forget();
        _nextHop = Pinning.NextHop(_nextHop, target.Uri, challenger);
        var text = AppText.Request(Method, target.Uri);
        if (headers?["Call-ID"] is null) text.Header("Call-ID"u8, callId);
        // With credentials it is the same request once more: RFC 3261 §8.1.3.5.
        if (Sent is { } before) text.Header("From"u8, before.First(SipHeaderId.From)).Header("CSeq"u8, $"{before.CSeq + 1} {Method}");
        else if (options.From is { } from) text.Header("From"u8, from);
        if (Method == "REGISTER" && options.From is { } self && headers?["To"] is null) text.Header("To"u8, WithoutTag(self));
        var frame = FrameWriter.NewRequest(text.Headers(headers).Headers(credentials).End(Body), Encoding.UTF8.GetBytes(_nextHop ?? ""));
        if (!Core.Runtime.Traffic.Submit(connection, Core.Key, this, frame)) return false;
        Core.Touch(connection);
        return true;
    }

    /// <inheritdoc/>
    protected override void OnSettled() => Forget();

    private void Forget()
    {
        if (connection is not null) Core.Runtime.Traffic.TablesOf(connection).RemoveTransaction(TransactionId);
    }

    private static string WithoutTag(string address) =>
        NameAddrView.TryParse(Encoding.UTF8.GetBytes(address), out var view) ? $"<{Encoding.UTF8.GetString(view.Uri)}>" : address;
}
