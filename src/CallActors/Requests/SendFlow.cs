using CallActors.Calls;
using CallActors.Targets;

namespace CallActors.Requests;

/// <summary>One request of the application that belongs to no call of its own.</summary>
internal sealed class SendFlow : CallActor
{
    /// <summary>The kind of call that it is.</summary>
    public static readonly CallFlow Kind = new("a request of the application", _ => new SendFlow());

    private Order? _order;

    /// <summary>What is to be sent, and who waits.</summary>
    internal sealed record Order(string Method, CallTarget Target, MessageBody? Body, HeaderFields? Headers, SendOptions? Options)
    {
        private readonly TaskCompletionSource<RequestOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<RequestOutcome> Done => _done.Task;

        public void Settle(RequestOutcome outcome) => _done.TrySetResult(outcome);
    }

    /// <inheritdoc/>
    protected override async Task OnStart(object? argument)
    {
        _order = (Order)argument!;
        _order.Settle(await Send(_order.Method, _order.Target, _order.Body, _order.Headers, _order.Options));
    }

    /// <inheritdoc/>
    protected override Task OnEnded(CallEnded ended)
    {
        // Whatever happened, nobody waits for ever.
        _order?.Settle(new RequestOutcome.ServerLost(ended.Failure?.Message ?? "the node stopped"));
        return Task.CompletedTask;
    }
}
