using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>A request that a phone was sent, to be answered by the script. The steps are in <see cref="RequestSteps"/>.</summary>
public class ReceivedRequest : IScripted
{
    private string? _tag;

    internal ReceivedRequest(ServerTransaction transaction, PhoneDialog? dialog) => (Transaction, Dialog) = (transaction, dialog);

    /// <summary>Who received it.</summary>
    public Phone Phone => Transaction.Phone;

    /// <summary>As it was received.</summary>
    public SipRequest Request => Transaction.Request;

    /// <summary>The dialog it belongs to; null outside one.</summary>
    public PhoneDialog? Dialog { get; internal set; }

    /// <summary>Its method.</summary>
    public string Method => Encoding.ASCII.GetString(Request.MethodName);

    /// <summary>Its Request-URI.</summary>
    public string RequestUri => Encoding.UTF8.GetString(Request.RequestUri);

    /// <summary>Its body.</summary>
    public PhoneBody Body => Request.BodyOf();

    /// <summary>How it was answered last; 0 before.</summary>
    public int Status { get; private set; }

    internal ServerTransaction Transaction { get; }

    private string Tag => Dialog?.LocalTag ?? (_tag ??= Phone.NewName("tag"));

    /// <summary>The value of a field; null when it has none.</summary>
    public string? Header(string name) => Request.TextOf(name);

    /// <summary>Answers.</summary>
    internal SipResponse Respond(int status, PhoneBody? body = null, (string, string?)[]? headers = null, string? reason = null)
    {
        var response = Compose(status, body, headers, reason);
        Give(response);
        return response;
    }

    /// <summary>Writes a response.</summary>
    private protected SipResponse Compose(int status, PhoneBody? body, (string, string?)[]? headers, string? reason = null)
    {
        var builder = Phone.Builder.BeginResponse(Request, status, Encoding.UTF8.GetBytes(reason ?? ""), Encoding.ASCII.GetBytes(Tag));
        if (NeedsContact(status)) builder.Field("Contact", $"<{Phone.Uri}>");
        return builder.FinishResponse(body, headers);
    }

    /// <summary>Sends a response.</summary>
    internal virtual void Give(SipResponse response)
    {
        Status = response.StatusCode;
        Dialog?.Answered(Request, response);
        Transaction.Handle(new Respond(response));
    }

    /// <summary>Challenges whoever sent it.</summary>
    internal void Challenge(string realm, DigestAlgorithm[] algorithms, bool isProxy, bool isStale)
    {
        var name = isProxy ? "Proxy-Authenticate" : "WWW-Authenticate";
        Respond(isProxy ? 407 : 401, headers: [.. Phone.Challenger.Challenge(realm, algorithms, isStale).Select(value => (name, (string?)value))]);
    }

    // What makes or refreshes a dialog says where the phone is (RFC 3261 §12.1.1, §12.2.2).
    private bool NeedsContact(int status) =>
        status is > 100 and < 300 && Request.Method is SipMethod.Invite or SipMethod.Subscribe or SipMethod.Refer or SipMethod.Update or SipMethod.Notify;
}
