using CallActors.Calls;
using CallActors.Commands;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>One re-INVITE of ours on the wire, with its ACK (RFC 3261 §14.1).</summary>
internal sealed class Reinvite(Leg leg, string? offer, Func<string, Task<string?>>? answer) : ICommand
{
    private readonly TaskCompletionSource<ModifyOutcome> _done = new();
    private string _uri = "";
    private readonly Requests.Authentication _authentication = new();

    public Task<ModifyOutcome> Done => _done.Task;

    /// <inheritdoc/>
    public bool WantsSent => leg.Credentials is not null;

    public void Send(HeaderFields? credentials = null)
    {
        leg.Open(this);
        var text = AppText.Request("INVITE").Headers(credentials).End(MessageBody.OfSdp(offer));
        if (!leg.Submit(this, FrameWriter.DialogRequest(leg.DialogId, text))) Settle(new ModifyOutcome.NotSent("the connection to the signalling server is lost"));
    }

    /// <inheritdoc/>
    public void OnReply(Replied reply)
    {
        if (reply.Refusal is { } refusal) Settle(new ModifyOutcome.NotSent(refusal));
        else if (reply.Sent is SipRequest sent) _uri = System.Text.Encoding.UTF8.GetString(sent.RequestUri);
    }

    /// <inheritdoc/>
    public void OnResponse(Responded responded)
    {
        var response = responded.Response;
        if (_done.Task.IsCompleted || !response.IsFinal) return;
        if (_authentication.CanAnswer(response, leg.Credentials))
        {
            leg.Core.Run(async () =>
            {
                if (await _authentication.Answer(response, leg.Credentials!, "INVITE", _uri, MessageBody.OfSdp(offer)) is { } credentials && !leg.IsOver) Send(credentials);
                else Refuse(response);
            });
            return;
        }

        if (!response.IsSuccess)
        {
            Refuse(response);
            return;
        }

        var theirs = SdpBody.In(response);
        if (offer is null && theirs is not null && answer is not null)
        {
            leg.Core.Run(() => AnswerLate(theirs));
            return;
        }

        Acknowledge(null);
        if (theirs is not null) leg.RemoteSdp = theirs;
        if (offer is not null) leg.LocalSdp = offer;
        Settle(new ModifyOutcome.Agreed(theirs));
    }

    /// <inheritdoc/>
    public void OnLost(string reason) => Settle(new ModifyOutcome.NotSent(reason));

    /// <inheritdoc/>
    public void OnEnded(string reason) => Settle(new ModifyOutcome.DialogEnded(reason));

    private void Refuse(SipResponse response) =>
        Settle(new ModifyOutcome.Refused(response.StatusCode, System.Text.Encoding.UTF8.GetString(response.ReasonPhrase)));

    private async Task AnswerLate(string theirs)
    {
        string? ours = null;
        try
        {
            ours = await answer!(theirs);
        }
        finally
        {
            if (!leg.IsOver)
            {
                Acknowledge(ours);
                if (ours is not null) (leg.RemoteSdp, leg.LocalSdp) = (theirs, ours);
                Settle(ours is null ? new ModifyOutcome.Refused(488, "no answer to the offer") : new ModifyOutcome.Agreed(theirs));
            }
        }
    }

    private void Acknowledge(string? sdp) => leg.Submit(null, FrameWriter.DialogRequest(leg.DialogId, AppText.Request("ACK").End(MessageBody.OfSdp(sdp))));

    private void Settle(ModifyOutcome outcome)
    {
        leg.Close(this);
        _done.TrySetResult(outcome);
    }
}
