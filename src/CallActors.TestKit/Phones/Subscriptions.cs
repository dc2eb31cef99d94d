using System.Globalization;
using System.Text;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>A subscription that a phone asks for (RFC 6665): NOTIFYs come in its dialog, also ahead of the response.</summary>
public sealed class PlacedSubscription : PhoneDialog
{
    internal PlacedSubscription(Phone phone, string uri, string package, int expires, (string, string?)[]? headers)
        : base(phone, phone.NewName("call"), phone.NewName("tag")) => Subscribe = Send(uri, package, expires, headers, 1);

    /// <summary>The SUBSCRIBE that began it; after a challenge the one with credentials.</summary>
    public SentRequest Subscribe { get; private set; }

    /// <summary>Expects the next response to the SUBSCRIBE.</summary>
    public PlacedSubscription Receives(int status)
    {
        Subscribe.Take(status);
        return this;
    }

    /// <inheritdoc cref="SentRequest.AnswersChallenge"/>
    public PlacedSubscription AnswersChallenge(string password, string? user = null)
    {
        Subscribe.AnswersChallenge(password, user);
        return this;
    }

    /// <summary>Expects a NOTIFY and answers it with 200.</summary>
    public ReceivedRequest ReceivesNotify() => Next("NOTIFY").Answers(200);

    /// <summary>Subscribes once more within the dialog; 0 seconds ends the subscription.</summary>
    public SentRequest Renews(int expires) => Send("SUBSCRIBE", null, [("Event", Subscribe.Request.TextOf("Event")), ("Expires", Text(expires))]);

    internal override void Take(ReceivedRequest received)
    {
        if (State is null && received.Request.Method == SipMethod.Notify) State = Dialog.ForSubscriber(Subscribe.Request, received.Request);
        base.Take(received);
    }

    private SentRequest Send(string uri, string package, int expires, (string, string?)[]? headers, int sequence)
    {
        var request = Phone.Begin("SUBSCRIBE", uri)
            .Field("From", $"{Phone.From};tag={LocalTag}")
            .Field("To", $"<{uri}>")
            .Field("Call-ID", CallId)
            .Field("CSeq", $"{Text(sequence)} SUBSCRIBE")
            .Field("Contact", $"<{Phone.Uri}>")
            .Field("Event", package)
            .Field("Expires", Text(expires))
            .Finish(null, headers);
        return new SentRequest(Phone, request, Phone.ToServer, more => Subscribe = Send(uri, package, expires, [.. headers ?? [], .. more], sequence + 1), this).Start();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A subscription that a phone was asked for.</summary>
public sealed class OfferedSubscription : PhoneDialog
{
    private const uint FirstSequence = 100;

    internal OfferedSubscription(ReceivedRequest subscribe)
        : base(subscribe.Phone, Encoding.ASCII.GetString(subscribe.Request.CallId), subscribe.Phone.NewName("tag"))
    {
        Subscribe = subscribe;
        subscribe.Dialog = this;
    }

    /// <summary>The SUBSCRIBE.</summary>
    public ReceivedRequest Subscribe { get; }

    /// <summary>Answers the SUBSCRIBE.</summary>
    public OfferedSubscription Answers(int status = 202, (string Name, string? Value)[]? headers = null)
    {
        Subscribe.Respond(status, null, [("Expires", Subscribe.Header("Expires")), .. headers ?? []]);
        return this;
    }

    /// <summary>Tells the state of what is subscribed to; its response is to be expected from what this gives.</summary>
    /// <param name="state">The value of Subscription-State.</param>
    /// <param name="body">What is told.</param>
    public SentRequest Notifies(string state, PhoneBody? body = null) => Notifies(Subscribe.Header("Event") ?? "presence", state, body);

    internal override void Answered(SipRequest request, SipResponse response)
    {
        if (request != Subscribe.Request) base.Answered(request, response);
        else if (response.IsSuccess) State ??= Dialog.ForServer(request, response, FirstSequence);
    }
}
