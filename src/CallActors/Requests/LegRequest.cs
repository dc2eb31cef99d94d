using System.Globalization;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Descriptions;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A request inside a leg's dialog: INFO, MESSAGE, REFER, a re-INVITE… What its handler leaves unanswered gets the default response.</summary>
public sealed class LegRequest : ReceivedRequest
{
    private Answer? _given;

    internal LegRequest(CallRuntime runtime, Arrived arrived, Leg leg)
        : base(runtime, arrived.Connection, arrived.TransactionId, arrived.Request)
    {
        Leg = leg;
        Core = leg.Core;
        IsAgain = arrived.IsAgain;
        Offer = SdpBody.In(arrived.Request);
    }

    /// <summary>The leg whose far end sent it.</summary>
    public Leg Leg { get; }

    /// <summary>Whether it was shown to this call before, on a node or over a connection that was lost with the answer: what was done because of it may have been done already.</summary>
    public bool IsAgain { get; }

    /// <summary>The session description in it; null when there is none.</summary>
    public string? Offer { get; }

    /// <summary>What its offer means beside what was agreed: a hold, its end, a refresh, another change. Null where it changes no session.</summary>
    public RemoteHold? Meaning { get; internal set; }

    /// <summary>Its number among the changes of the session; 0 for what is none.</summary>
    internal int Exchange { get; set; }

    /// <summary>Whether it is one of the requests that change a session (RFC 3261 §14, RFC 3311).</summary>
    internal bool IsSessionChange => Message.Method == SipMethod.Invite || (Message.Method == SipMethod.Update && Offer is not null);

    /// <summary>The same request came again, because the server that had shown it was lost: whoever answers this one answers that.</summary>
    internal void ShowAgain(LegRequest again) => (Connection, TransactionId) = (again.Connection, again.TransactionId);

    /// <summary>Answers what was answered before, in the same words.</summary>
    internal void Repeat(ReadOnlySpan<byte> response)
    {
        IsAnswered = true;
        Runtime.Traffic.Submit(Connection, Leg.Core.Key, null, FrameWriter.Respond(TransactionId, response));
        Leg.Core.Touch(Connection);
    }

    /// <summary>Nobody can be told what became of it, for the connection is lost and the other side's answer with it. Its sender sends it again, and then it is a new one.</summary>
    internal void Abandon()
    {
        HandOver();
        Leg.Received?.Forget(this);
    }

    private protected override void OnFinal(ReadOnlySpan<byte> response) => Leg.Received?.Answered(this, response);

    /// <summary>Sends a response that the session decided on: what the application gave, or the session's own.</summary>
    internal void Reply(int status, string? sdp, TimeSpan? retryAfter)
    {
        if (status >= 200) IsAnswered = true;
        var (command, given) = (_given?.Command, _given?.Status == status ? _given : null);
        _given = null;
        var headers = given?.Headers;
        if (retryAfter is { } after) headers = new HeaderFields { { "Retry-After", ((int)after.TotalSeconds).ToString(CultureInfo.InvariantCulture) } };
        // A body that holds more than a description goes as it is.
        var body = given?.Body is { ContentType: not "application/sdp" } other ? other : MessageBody.OfSdp(sdp);
        // Whoever waits is told, also where the session refuses what the application accepted.
        if (!Submit(command, status, given?.Reason, body, headers)) command?.OnLost("the connection to the signalling server is lost");
    }

    private protected override bool Put(ICommand? command, int status, string? reason, MessageBody? body, HeaderFields? headers)
    {
        if (Exchange == 0) return base.Put(command, status, reason, body, headers);
        var given = _given = new Answer(command, status, reason, body, headers);
        Leg.Session.Respond(this, status, body is { ContentType: "application/sdp" } ? System.Text.Encoding.UTF8.GetString(body.Content.Span) : null);
        if (_given != given) return true;
        // The session is over, and nobody waits for a description any more.
        _given = null;
        return base.Put(command, status >= 300 ? status : 481, null, null, null);
    }

    private sealed record Answer(ICommand? Command, int Status, string? Reason, MessageBody? Body, HeaderFields? Headers);
}
