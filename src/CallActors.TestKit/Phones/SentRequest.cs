using System.Buffers;
using System.Globalization;
using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>A request that a phone has sent, and what it heard of it.</summary>
public class SentRequest : IScripted
{
    private readonly Queue<SipResponse> _unread = [];
    private readonly List<SipResponse> _heard = [];
    private readonly Func<(string, string?)[], SentRequest> _again;
    private readonly PhoneDialog? _dialog;
    private readonly Hop _hop;
    private ClientTransaction? _transaction;
    private TransactionOutcome? _outcome;

    internal SentRequest(Phone phone, SipRequest request, Hop hop, Func<(string, string?)[], SentRequest> again, PhoneDialog? makes = null) =>
        (Phone, Request, _hop, _again, _dialog) = (phone, request, hop, again, makes);

    /// <summary>Who sent it.</summary>
    public Phone Phone { get; }

    /// <summary>As it was sent.</summary>
    public SipRequest Request { get; }

    /// <summary>Its method.</summary>
    public string Method => Encoding.ASCII.GetString(Request.MethodName);

    /// <summary>The response that was expected last; null before the first.</summary>
    public SipResponse? Response { get; private set; }

    /// <summary>Every response, repetitions left out.</summary>
    public IReadOnlyList<SipResponse> Heard => _heard;

    /// <summary>The value of a field of the response that was expected last; null when it has none.</summary>
    public string? Header(string name) => Response?.TextOf(name);

    /// <summary>The body of the response that was expected last.</summary>
    public PhoneBody Body => Response?.BodyOf() ?? PhoneBody.None;

    /// <summary>Sends the same once more as a new request with credentials that answer the challenges of the response heard last.</summary>
    /// <param name="password">The password.</param>
    /// <param name="user">The user; null for the phone's name.</param>
    public SentRequest AnswersChallenge(string password, string? user = null) => _again(Credentials(password, user));

    /// <summary>The fields that answer the challenges of the last final response heard.</summary>
    internal (string, string?)[] Credentials(string password, string? user)
    {
        if (_heard.FindLast(response => response.StatusCode is 401 or 407) is not { } challenged) throw Phone.Net.Fault($"{Phone.Name} was not challenged.");
        var who = new DigestUser(user ?? Phone.Name, password);
        List<(string, string?)> fields = [];
        foreach (var (asks, answers) in new[] { (SipHeaderId.WwwAuthenticate, "Authorization"), (SipHeaderId.ProxyAuthenticate, "Proxy-Authorization") })
        {
            foreach (var challenge in DigestClient.Choose(challenged, asks))
            {
                var text = new ArrayBufferWriter<byte>();
                if (DigestClient.TryAnswer(challenge, who, Request.MethodName, Request.RequestUri, Request.Body, Encoding.ASCII.GetBytes(Phone.NewName("cnonce")), 1, text))
                    fields.Add((answers, Encoding.UTF8.GetString(text.WrittenSpan)));
            }
        }

        return fields.Count > 0 ? [.. fields] : throw Phone.Net.Fault($"{Phone.Name} was challenged in no way it can answer.");
    }

    /// <summary>Makes a request outside any dialog and sends it.</summary>
    internal static SentRequest Outside(Phone phone, string method, string uri, string to, PhoneBody? body, (string, string?)[]? headers) =>
        Outside(phone, method, uri, to, body, headers, phone.NewName("call"), phone.NewName("tag"), 1);

    /// <summary>Sends it.</summary>
    internal SentRequest Start()
    {
        _transaction = Phone.Exchanges.Begin(Request, _hop, Hear, outcome => _outcome = outcome);
        return this;
    }

    /// <summary>Gives something to the transaction.</summary>
    internal void Handle(TransactionInput input) => _transaction!.Handle(input);

    /// <summary>Expects the next response, but for 100 unless that is expected.</summary>
    internal SipResponse Take(int status)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"{status} to {Method} {Request.CSeq}");
        if (!Phone.Net.Holds(() => HasNext(status == 100) || _outcome is TransactionOutcome.TimedOut))
            throw Phone.Net.Fault($"{Phone.Name} expected {expected}, but nothing came within {Phone.Net.Options.Patience.TotalSeconds:0.#} s.");
        if (!_unread.TryDequeue(out var response)) throw Phone.Net.Fault($"{Phone.Name} expected {expected}, but the request timed out.");
        Response = response;
        return response.StatusCode == status
            ? response
            : throw Phone.Net.Fault($"{Phone.Name} expected {expected}, got {response.StatusCode} {Encoding.UTF8.GetString(response.ReasonPhrase)}.");
    }

    /// <summary>Waits for a final response and leaves it to be expected.</summary>
    internal int PeeksFinal()
    {
        Phone.Net.Holds(() => _heard.Exists(response => response.IsFinal) || _outcome is not null);
        return _heard.Find(response => response.IsFinal)?.StatusCode ?? 0;
    }

    /// <summary>Expects that no final response ever comes.</summary>
    internal void TimeOut()
    {
        if (!Phone.Net.Holds(() => _outcome is not null)) throw Phone.Net.Fault($"{Phone.Name} expected {Method} {Request.CSeq} to time out; it did not.");
        if (_outcome is not TransactionOutcome.TimedOut)
            throw Phone.Net.Fault($"{Phone.Name} expected {Method} {Request.CSeq} to time out, but it ended: {_outcome}, {_heard.LastOrDefault()}.");
    }

    /// <summary>Whether a response is news, to be expected by the script.</summary>
    private protected virtual bool IsNews(SipResponse response) =>
        _heard.Count == 0 || !_heard[^1].Bytes.SequenceEqual(response.Bytes);

    /// <summary>Whether this was heard before.</summary>
    private protected bool WasHeard(Func<SipResponse, bool> like) => _heard.Exists(response => like(response));

    private static SentRequest Outside(
        Phone phone, string method, string uri, string to, PhoneBody? body, (string, string?)[]? headers, string callId, string tag, int sequence)
    {
        var request = phone.Begin(method, uri)
            .Field("From", $"{phone.From};tag={tag}")
            .Field("To", to)
            .Field("Call-ID", callId)
            .Field("CSeq", string.Create(CultureInfo.InvariantCulture, $"{sequence} {method}"))
            .Field("Contact", $"<{phone.Uri}>")
            .Finish(body, headers);
        return new SentRequest(
            phone, request, phone.ToServer, more => Outside(phone, method, uri, to, body, [.. headers ?? [], .. more], callId, tag, sequence + 1)).Start();
    }

    private bool HasNext(bool takesTrying)
    {
        while (_unread.TryPeek(out var next))
        {
            if (next.StatusCode != 100 || takesTrying) return true;
            _unread.Dequeue();
        }

        return false;
    }

    private void Hear(SipResponse response)
    {
        if (!IsNews(response)) return;
        _dialog?.Learn(Request, response);
        _heard.Add(response);
        _unread.Enqueue(response);
    }
}
