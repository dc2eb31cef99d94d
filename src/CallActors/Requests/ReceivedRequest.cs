using System.Text;
using CallActors.Calls;
using CallActors.Commands;
using CallActors.Connections;
using CallActors.Headers;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A request that waits for our response.</summary>
public abstract class ReceivedRequest
{
    private protected ReceivedRequest(CallRuntime runtime, ServerConnection connection, Octets transactionId, SipRequest message)
    {
        Runtime = runtime;
        Connection = connection;
        TransactionId = transactionId;
        Message = message;
    }

    /// <summary>The request as it was received.</summary>
    public SipRequest Message { get; }

    /// <summary>The method, such as INVITE.</summary>
    public string Method => Encoding.ASCII.GetString(Message.MethodName);

    /// <summary>The body as UTF-8 text; <see cref="SipMessage.Body"/> of <see cref="Message"/> has the bytes.</summary>
    public string Body => Encoding.UTF8.GetString(Message.Body);

    /// <summary>Whether a final response was given.</summary>
    public bool IsAnswered { get; private protected set; }

    /// <summary>Whether anything was answered, a provisional response included.</summary>
    internal bool HasResponded { get; private set; }

    internal CallRuntime Runtime { get; }

    internal ServerConnection Connection { get; private protected set; }

    internal Octets TransactionId { get; private protected set; }

    /// <summary>Our tag, where it is not left to the server.</summary>
    internal string? LocalTag { get; set; }

    /// <summary>The call whose mailbox the request is handled in.</summary>
    internal CallCore? Core { get; set; }

    /// <summary>A header's first value, or null.</summary>
    public string? Header(string name) => Message.TryFind(Encoding.UTF8.GetBytes(name), out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Responds. A second final response is ignored.</summary>
    /// <param name="status">The status, 101 to 699.</param>
    /// <param name="reason">The reason phrase; null is the standard one.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More header fields.</param>
    /// <returns>Null when the server sent it, else why it did not.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is none that may be sent.</exception>
    public Task<string?> Respond(int status, string? reason = null, MessageBody? body = null, HeaderFields? headers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 101);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 699);
        if (reason is not null && reason.AsSpan().IndexOfAny('\r', '\n') >= 0) throw new ArgumentException("A reason phrase is one line.", nameof(reason));
        if (IsAnswered) return Task.FromResult<string?>("the request has its final response already");
        if (status >= 200) IsAnswered = true;
        var command = new Response(this);
        if (!Put(command, status, reason, body, headers)) command.OnLost("the connection to the signalling server is lost");
        if (status >= 300) OnRejected(status, reason);
        return command.Done;
    }

    /// <summary>The request got a final response that is no 2xx.</summary>
    private protected virtual void OnRejected(int status, string? reason)
    {
    }

    /// <summary>Whether <see cref="OnSent"/> is to be told of responses; it costs a parse.</summary>
    private protected virtual bool IsWatched => false;

    /// <summary>A response as the server sent it.</summary>
    private protected virtual void OnSent(SipResponse response)
    {
    }

    /// <summary>A final response is about to be sent.</summary>
    private protected virtual void OnFinal(ReadOnlySpan<byte> response)
    {
    }

    /// <summary>Somebody else answers it.</summary>
    private protected void HandOver() => IsAnswered = true;

    /// <summary>Responds where nobody waits for the outcome.</summary>
    internal void Send(int status, string? reason = null, MessageBody? body = null, HeaderFields? headers = null)
    {
        if (IsAnswered) return;
        if (status >= 200) IsAnswered = true;
        Put(null, status, reason, body, headers);
    }

    /// <summary>Sends a final response that a command of the caller's is told of.</summary>
    internal bool SubmitFinal(ICommand command, int status, MessageBody? body, HeaderFields? headers)
    {
        IsAnswered = true;
        return Submit(command, status, null, body, headers);
    }

    /// <summary>Sends a response, or lets whoever keeps the session send it.</summary>
    private protected virtual bool Put(ICommand? command, int status, string? reason, MessageBody? body, HeaderFields? headers) => Submit(command, status, reason, body, headers);

    private protected bool Submit(ICommand? command, int status, string? reason, MessageBody? body, HeaderFields? headers)
    {
        HasResponded = true;
        var text = AppText.Response(status, reason);
        // Servers that know no transaction of an early UPDATE's own tell its response apart by the CSeq (signalling server 1.8.2).
        if (Message.Method == SipMethod.Update) text.Header("CSeq"u8, Message.First(SipHeaderId.CSeq));
        if (LocalTag is { } tag && status > 100) text.To(Message.To.Uri, tag);
        var response = text.Headers(headers).End(body);
        if (status >= 200) OnFinal(response);
        var sent = Runtime.Traffic.Submit(Connection, Core?.Key ?? default, command, FrameWriter.Respond(TransactionId, response));
        if (Core is { } core) core.Touch(Connection);
        else Connection.Flush();
        return sent;
    }

    private sealed class Response(ReceivedRequest request) : ICommand
    {
        private readonly TaskCompletionSource<string?> _done = new();

        public Task<string?> Done => _done.Task;

        public bool WantsSent => request.IsWatched;

        public void OnReply(Replied reply)
        {
            if (reply.Sent is SipResponse sent) request.OnSent(sent);
            _done.TrySetResult(reply.Refusal);
        }

        public void OnLost(string reason) => _done.TrySetResult(reason);
    }
}
