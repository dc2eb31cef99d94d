using System.Globalization;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>A call that a phone makes.</summary>
public sealed class PlacedCall : PhoneDialog
{
    private readonly string _uri;

    internal PlacedCall(Phone phone, string uri, PhoneBody body, (string, string?)[]? headers)
        : base(phone, phone.NewName("call"), phone.NewName("tag"))
    {
        _uri = uri;
        Invite = Send(body, headers, 1);
    }

    private PlacedCall(PlacedCall call, Dialog fork)
        : base(call.Phone, call.CallId, call.LocalTag)
    {
        (_uri, Invite, State) = (call._uri, call.Invite, fork);
    }

    /// <summary>The INVITE that began it; after a challenge the one with credentials.</summary>
    public SentInvite Invite { get; private set; }

    /// <summary>The response to it that was expected last.</summary>
    public SipResponse? Response => Invite.Response;

    /// <summary>The body of that response.</summary>
    public PhoneBody Body => Invite.Body;

    /// <summary>A field of that response; null when it has none.</summary>
    public string? Header(string name) => Invite.Header(name);

    /// <summary>Expects the next response to the INVITE, 100 left out unless it is expected.</summary>
    public PlacedCall Receives(int status)
    {
        Invite.Take(status);
        return this;
    }

    /// <summary>Expects that the INVITE is never answered.</summary>
    public PlacedCall TimesOut()
    {
        Invite.TimeOut();
        return this;
    }

    /// <inheritdoc cref="SentInvite.Acks"/>
    public PlacedCall Acks(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Invite.Acks(body, headers);
        return this;
    }

    /// <inheritdoc cref="SentInvite.Cancels"/>
    public PlacedCall Cancels(string? reason = null)
    {
        Invite.Cancels(reason);
        return this;
    }

    /// <inheritdoc cref="SentInvite.Pracks"/>
    public PlacedCall Pracks(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Invite.Pracks(body, headers);
        return this;
    }

    /// <inheritdoc cref="SentRequest.AnswersChallenge"/>
    public PlacedCall AnswersChallenge(string password, string? user = null)
    {
        Invite.AnswersChallenge(password, user);
        return this;
    }

    /// <summary>The dialog of the response that was expected last, where it comes from another fork than the call's own.</summary>
    public PlacedCall Fork()
    {
        if (Response is not { } response || response.ToTag.IsEmpty) throw Phone.Net.Fault($"{Phone.Name} has heard of no fork.");
        return new PlacedCall(this, StateOf(Invite.Request, response));
    }

    private SentInvite Send(PhoneBody body, (string, string?)[]? headers, int sequence)
    {
        var request = Phone.Begin("INVITE", _uri)
            .Field("From", $"{Phone.From};tag={LocalTag}")
            .Field("To", $"<{_uri}>")
            .Field("Call-ID", CallId)
            .Field("CSeq", string.Create(CultureInfo.InvariantCulture, $"{sequence} INVITE"))
            .Field("Contact", $"<{Phone.Uri}>")
            .Finish(body, headers);
        return (SentInvite)new SentInvite(this, request, Phone.ToServer, more => Invite = Send(body, [.. headers ?? [], .. more], sequence + 1)).Start();
    }
}
