using System.Text;
using CallActors.Calls;
using CallActors.Connections;
using CallActors.Headers;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A request outside any dialog: the beginning of a call, or one that ends with its response, such as REGISTER or OPTIONS.</summary>
public sealed class IncomingRequest : ReceivedRequest
{
    private Dictionary<object, object?>? _items;

    internal IncomingRequest(CallRuntime runtime, ServerConnection connection, Octets transactionId, SipRequest message, RequestSource source)
        : base(runtime, connection, transactionId, message) => Source = source;

    /// <summary>Where it came from.</summary>
    public RequestSource Source { get; }

    /// <summary>The Request-URI as text.</summary>
    public string Uri => Encoding.UTF8.GetString(Message.RequestUri);

    /// <summary>The user part of the Request-URI, or the number of a tel URI: who is asked for.</summary>
    public string Called => CallerIdentity.CalledNumber(Message);

    /// <summary>The name of the signalling server that received it.</summary>
    public string Server => Connection.Server;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => Runtime.Services;

    /// <summary>What middleware wants to hand on.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    // Middleware may answer an INVITE as any other request; the caller's leg is over with it.
    private protected override void OnRejected(int status, string? reason)
    {
        if (Core?.Caller is { IsOver: false } caller && caller.Invite == this) caller.Finish(new LegEnd(EndedBy.Us, reason ?? Encoding.ASCII.GetString(SipReasonPhrases.Of(status)), status));
    }
}
