using System.Net;
using System.Text;

namespace CallActors.EndToEnd.Harness;

/// <summary>A call that a <see cref="RawPeer"/> placed and had answered: composes what follows in the dialog.</summary>
internal sealed class RawDialog(RawPeer peer, string invite, TracedMessage answer)
{
    private readonly TracedMessage _invite = new(true, "", invite);
    private int _sequence = 1;

    private string Target => answer.Header("Contact")!.Trim('<', '>').Split('>')[0];

    /// <summary>Calls the server and returns the call once it is answered and acknowledged.</summary>
    internal static async Task<RawDialog?> EstablishAsync(RawPeer peer, IPEndPoint server)
    {
        var invite = peer.Request("INVITE", server, body: Sdp.Alice);
        await peer.SendAsync(invite);
        if (await peer.ReceiveAsync(200, "INVITE") is not { } answer)
            return null;
        var dialog = new RawDialog(peer, invite, answer);
        await peer.SendAsync(dialog.Ack(1));
        return dialog;
    }

    /// <summary>The ACK for a rejection (RFC 3261 §17.1.1.3).</summary>
    internal static string AckRejection(string invite, TracedMessage rejection)
    {
        var request = new TracedMessage(true, "", invite);
        return Compose("ACK", request.StartLine.Split(' ')[1], request.Header("Via")!, request, rejection.Header("To")!, 1, null, []);
    }

    internal string Ack(int sequence) => InDialog("ACK", sequence, null, []);

    /// <summary>The next request; its number is one higher than the last, unless given.</summary>
    internal string Request(string method, string? body = null, string[]? headers = null, int sequence = 0) =>
        InDialog(method, sequence == 0 ? ++_sequence : sequence, body, headers ?? []);

    private static string Compose(string method, string uri, string via, TracedMessage request, string to, int sequence, string? body, string[] headers)
    {
        var text = new StringBuilder();
        text.Append($"{method} {uri} SIP/2.0\r\nVia: {via}\r\nFrom: {request.Header("From")}\r\nTo: {to}\r\nCall-ID: {request.Header("Call-ID")}\r\n")
            .Append($"CSeq: {sequence} {method}\r\nMax-Forwards: 70\r\n");
        foreach (var header in headers)
            text.Append(header).Append("\r\n");
        if (body is not null)
            text.Append("Content-Type: application/sdp\r\n");
        return text.Append($"Content-Length: {body?.Length ?? 0}\r\n\r\n{body}").ToString();
    }

    private string InDialog(string method, int sequence, string? body, string[] headers)
    {
        string[] all = method is "INVITE" or "UPDATE" && !headers.Any(header => header.StartsWith("Contact", StringComparison.Ordinal))
            ? [.. headers, $"Contact: {peer.Contact}"]
            : headers;
        var via = $"SIP/2.0/{peer.Transport} {peer.Local};branch=z9hG4bK{peer.Unique("")}";
        return Compose(method, Target, via, _invite, answer.Header("To")!, sequence, body, all);
    }
}
