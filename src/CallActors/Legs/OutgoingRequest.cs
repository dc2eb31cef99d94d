using CallActors.Calls;
using CallActors.Commands;
using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A request of ours inside a dialog, from its first sending to its final response, a digest challenge in between included.</summary>
internal sealed class OutgoingRequest(Leg leg, string method, MessageBody? body, HeaderFields? headers) : ICommand
{
    private readonly TaskCompletionSource<RequestOutcome> _done = new();
    private Octets _transaction;
    private string _uri = "";
    private bool _challenged;

    /// <summary>The outcome.</summary>
    public Task<RequestOutcome> Done => _done.Task;

    /// <summary>Whether there is one.</summary>
    public bool IsOver => _done.Task.IsCompleted;

    /// <summary>Told of the outcome before whoever awaits it.</summary>
    public Action<RequestOutcome>? Over { get; set; }

    /// <summary>Told of provisional responses.</summary>
    public Action<SipResponse>? Provisional { get; set; }

    /// <inheritdoc/>
    public bool WantsSent => leg.Credentials is not null;

    /// <summary>The transaction, once it is known: what a CANCEL names.</summary>
    public Octets TransactionId => _transaction;

    public void Send(HeaderFields? credentials = null)
    {
        var text = AppText.Request(method).Headers(headers).Headers(credentials).End(body);
        leg.Open(this);
        if (!leg.Submit(this, FrameWriter.DialogRequest(leg.DialogId, text))) Settle(new RequestOutcome.ServerLost("the connection to the signalling server is lost"));
    }

    /// <inheritdoc/>
    public void OnReply(Replied reply)
    {
        if (reply.Refusal is { } refusal) Settle(new RequestOutcome.NotSent(refusal));
        else
        {
            _transaction = reply.TransactionId;
            // The server knows the remote target, and a digest is about the URI that really went out.
            if (reply.Sent is SipRequest sent) _uri = System.Text.Encoding.UTF8.GetString(sent.RequestUri);
        }
    }

    /// <inheritdoc/>
    public void OnResponse(Responded responded)
    {
        var response = responded.Response;
        if (IsOver) return;
        if (!response.IsFinal)
        {
            Provisional?.Invoke(response);
            return;
        }

        if (!_challenged && Challenges.AreIn(response, leg.Credentials))
        {
            _challenged = true;
            leg.Core.Run(async () =>
            {
                if (await Challenges.Answer(response, leg.Credentials!, method, _uri, body) is { } credentials && !leg.IsOver) Send(credentials);
                else Settle(new RequestOutcome.Final(response));
            });
            return;
        }

        Settle(new RequestOutcome.Final(response));
    }

    /// <inheritdoc/>
    public void OnProxied(SipResponse? response)
    {
    }

    /// <inheritdoc/>
    public void OnLost(string reason) => Settle(new RequestOutcome.ServerLost(reason));

    /// <inheritdoc/>
    public void OnEnded(string reason) => Settle(new RequestOutcome.DialogEnded(reason));

    private void Settle(RequestOutcome outcome)
    {
        if (IsOver) return;
        leg.Close(this);
        Over?.Invoke(outcome);
        _done.TrySetResult(outcome);
    }
}
