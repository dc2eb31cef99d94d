using System.Collections.Immutable;
using CallActors.Calls;
using CallActors.Control;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;

namespace CallActors.Proxying;

/// <summary>A request that the server proxies for us: collects who answered what, until proxying is over.</summary>
internal sealed class ProxiedRequest : ICommand
{
    private readonly TaskCompletionSource<ProxyResult> _done = new();
    private readonly List<(RequestSource From, SipResponse Response)> _responses = [];

    /// <summary>The result.</summary>
    public Task<ProxyResult> Done => _done.Task;

    /// <summary>Told of the result before whoever awaits it.</summary>
    public Action<ProxyResult>? Over { get; init; }

    /// <inheritdoc/>
    public bool WantsSent => false;

    /// <inheritdoc/>
    public void OnReply(Replied reply)
    {
        if (reply.Refusal is not { } refusal) return;
        Settle(ProxyResult.Failed(refusal, System.Text.Encoding.UTF8.GetBytes(refusal).AsSpan().SequenceEqual(ControlTexts.Proxy.TooManyHops) ? 483 : 500));
    }

    /// <inheritdoc/>
    public void OnProxied(Proxied proxied)
    {
        if (proxied.Response is { } response) _responses.Add((proxied.From!, response));
        else Settle(Result());
    }

    /// <inheritdoc/>
    public void OnLost(string reason) => Settle(ProxyResult.Failed(reason, 503));

    private ProxyResult Result()
    {
        SipResponse? final = null;
        var answers = ImmutableArray.CreateBuilder<ProxyAnswers>();
        foreach (var (from, response) in _responses)
        {
            if (IsBetter(response, final)) final = response;
            var known = -1;
            for (var index = 0; index < answers.Count && known < 0; index++)
            {
                if (answers[index].Address == from.Address && answers[index].Port == from.Port) known = index;
            }

            if (known < 0) answers.Add(new ProxyAnswers(from.Address, from.Port, [response]));
            else answers[known] = answers[known] with { Responses = answers[known].Responses.Add(response) };
        }

        return new ProxyResult(answers.ToImmutable(), final?.StatusCode ?? 408, final);
    }

    // As the server chooses: a 487 to its own CANCEL says nothing about a target (RFC 3261 §16.7 step 6).
    private static bool IsBetter(SipResponse response, SipResponse? best)
    {
        if (best is null or { IsSuccess: true }) return best is null;
        if (response.StatusCode == 487 || best.StatusCode == 487) return best.StatusCode == 487;
        return response.IsSuccess || BestResponse.IsBetter(response, best);
    }

    private void Settle(ProxyResult result)
    {
        if (_done.Task.IsCompleted) return;
        Over?.Invoke(result);
        _done.TrySetResult(result);
    }
}
