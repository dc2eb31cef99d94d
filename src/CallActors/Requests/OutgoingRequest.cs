using System.Text;
using CallActors.Calls;
using CallActors.Requests;
using CallActors.Sip;
using CallActors.Sip.Messages;
using CallActors.Targets;

namespace CallActors;

/// <summary>A request of ours, from its first sending to its final response, digest challenges in between included.</summary>
internal abstract class OutgoingRequest(CallCore core, string method, MessageBody? body) : ICommand
{
    private readonly TaskCompletionSource<RequestOutcome> _done = new();
    private readonly Authentication _authentication = new();

    /// <summary>The outcome.</summary>
    public Task<RequestOutcome> Done => _done.Task;

    /// <summary>Whether there is one.</summary>
    public bool IsOver => _done.Task.IsCompleted;

    /// <summary>Told of the outcome before whoever awaits it.</summary>
    public Action<RequestOutcome>? Over { get; set; }

    /// <summary>Told of provisional responses.</summary>
    public Action<SipResponse>? Provisional { get; set; }

    /// <summary>Told of the request as the server sent it.</summary>
    public Action<SipRequest>? WasSent { get; set; }

    /// <summary>The dialog that the last response belongs to; empty when there is none.</summary>
    public Octets DialogId { get; private set; }

    /// <inheritdoc/>
    public virtual bool WantsSent => Credentials is not null || WasSent is not null;

    /// <summary>What challenges are answered with.</summary>
    protected abstract CredentialsProvider? Credentials { get; }

    /// <summary>The transaction; empty until it is known.</summary>
    public Octets TransactionId { get; private set; }

    /// <summary>The request as the server sent it last; null until then, or when nobody wants it.</summary>
    protected SipRequest? Sent { get; set; }

    /// <summary>The call that it is of.</summary>
    protected CallCore Core => core;

    /// <summary>The method.</summary>
    protected string Method => method;

    /// <summary>The body.</summary>
    protected MessageBody? Body => body;

    /// <summary>Sends it.</summary>
    public void Send() => Send(null, null);

    /// <inheritdoc/>
    public void OnReply(Replied reply)
    {
        if (IsOver) return;
        if (reply.Refusal is { } refusal)
        {
            Settle(new RequestOutcome.NotSent(refusal));
            return;
        }

        TransactionId = reply.TransactionId;
        if (reply.Sent is not SipRequest sent) return;
        Sent = sent;
        WasSent?.Invoke(sent);
    }

    /// <inheritdoc/>
    public void OnResponse(Responded responded)
    {
        var response = responded.Response;
        if (IsOver) return;
        if (!responded.DialogId.IsEmpty) DialogId = responded.DialogId;
        if (!response.IsFinal) Provisional?.Invoke(response);
        else if (_authentication.CanAnswer(response, Credentials)) core.Run(() => Answer(response, responded.Challenger));
        else Settle(new RequestOutcome.Final(response));
    }

    /// <inheritdoc/>
    public virtual void OnLost(string reason) => Settle(new RequestOutcome.ServerLost(reason));

    /// <inheritdoc/>
    public void OnEnded(string reason) => Settle(new RequestOutcome.DialogEnded(reason));

    /// <summary>Writes the request.</summary>
    /// <param name="credentials">What answers the challenges so far; null at first.</param>
    /// <param name="challenger">Who challenged; null at first.</param>
    /// <returns>False when there is no connection.</returns>
    protected abstract bool Write(HeaderFields? credentials, string? challenger);

    /// <summary>There is an outcome.</summary>
    protected virtual void OnSettled()
    {
    }

    /// <summary>Ends it with an outcome, once.</summary>
    protected void Settle(RequestOutcome outcome)
    {
        if (IsOver) return;
        OnSettled();
        Over?.Invoke(outcome);
        _done.TrySetResult(outcome);
    }

    private void Send(HeaderFields? credentials, string? challenger)
    {
        if (!Write(credentials, challenger)) Settle(new RequestOutcome.ServerLost("the connection to the signalling server is lost"));
    }

    // The server knows the remote target, and a digest is about the URI that really went out.
    private async Task Answer(SipResponse response, string? challenger)
    {
        var uri = Sent is null ? "" : Encoding.UTF8.GetString(Sent.RequestUri);
        var credentials = await _authentication.Answer(response, Credentials!, method, uri, body);
        if (IsOver) return;
        if (credentials is not null) Send(credentials, challenger);
        else Settle(new RequestOutcome.Final(response));
    }
}
