using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Sip.Dialogs;

/// <summary>How requests within a dialog are addressed and written (RFC 3261 §12.2.1.1).</summary>
public static class DialogRequests
{
    /// <summary>
    /// The URI whose host the request is sent to: the first route, or the remote target when there is none. With a strict first route it is
    /// the Request-URI at the same time.
    /// </summary>
    public static ReadOnlySpan<byte> NextHop(this Dialog dialog) =>
        dialog.Routes.FirstUri is { IsEmpty: false } route ? route : dialog.RemoteTarget;

    /// <summary>Begins the request line: the remote target, or the first route where that one is strict.</summary>
    /// <param name="dialog">The dialog to send in.</param>
    /// <param name="builder">Where to write.</param>
    /// <param name="method">The method's name.</param>
    public static SipMessageBuilder BeginRequest(this Dialog dialog, SipMessageBuilder builder, ReadOnlySpan<byte> method) =>
        builder.Request(method, dialog.Routes.IsStrict ? RequestUriOf(dialog.Routes.FirstUri) : dialog.RemoteTarget);

    /// <summary>Writes Route, From, To, Call-ID and CSeq. Via, Max-Forwards and Contact are the transport's and the user's.</summary>
    /// <param name="dialog">The dialog to send in.</param>
    /// <param name="builder">Where to write, the request line begun.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="sequence">
    /// The request's number: <see cref="Dialog.LocalSequence"/> after <see cref="Dialog.Advance()"/>, for ACK that of its INVITE.
    /// </param>
    public static SipMessageBuilder WriteHeaders(this Dialog dialog, SipMessageBuilder builder, ReadOnlySpan<byte> method, uint sequence)
    {
        WriteRoutes(dialog, builder);
        builder.Header(SipHeaderId.From, dialog.Local);
        builder.Header(SipHeaderId.To, dialog.Remote);
        builder.Header(SipHeaderId.CallId, dialog.CallId);
        return builder.BeginHeader(SipHeaderId.CSeq).Append((int)sequence).Append(" "u8).Append(method).EndHeader();
    }

    private static void WriteRoutes(Dialog dialog, SipMessageBuilder builder)
    {
        var routes = dialog.Routes;
        if (routes.IsEmpty) return;
        if (!routes.IsStrict)
        {
            builder.Header(SipHeaderId.Route, routes.Value);
            return;
        }

        // The strict router takes itself out of the Request-URI and puts the last route there, so the target must be that last one.
        builder.BeginHeader(SipHeaderId.Route);
        var rest = routes.Rest;
        if (!rest.IsEmpty) builder.Append(rest.Value).Append(", "u8);
        builder.Append("<"u8).Append(dialog.RemoteTarget).Append(">"u8).EndHeader();
    }

    // What no Request-URI may carry is left out: headers, and the method parameter (RFC 3261 §19.1.1 table 1).
    private static ReadOnlySpan<byte> RequestUriOf(ReadOnlySpan<byte> route)
    {
        if (!SipUriView.TryParse(route, out var uri)) return route;
        var bare = uri.WithoutHeaders;
        if (!uri.Parameters.Contains("method"u8)) return bare;
        var kept = new List<byte>(bare.Length);
        kept.AddRange(bare[..^uri.Parameters.Text.Length]);
        foreach (var parameter in uri.Parameters)
        {
            if (Ascii.EqualsIgnoreCase(parameter.Name, "method"u8)) continue;
            kept.Add((byte)';');
            kept.AddRange(parameter.Name);
            if (!parameter.HasValue) continue;
            kept.Add((byte)'=');
            kept.AddRange(parameter.Value);
        }
        return kept.ToArray();
    }
}
