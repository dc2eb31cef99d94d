namespace CallActors.Requests;

/// <summary>A request that ends with its response: the handler of an application, in a mailbox of its own.</summary>
internal sealed class RequestFlow(Func<IncomingRequest, Task> handler) : CallActor
{
    /// <inheritdoc/>
    protected override Task OnRequest(IncomingRequest request) => handler(request);
}
