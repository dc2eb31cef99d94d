using System.Collections.Frozen;
using System.Text;
using CallActors.Calls;
using CallActors.Sip.Messages;

namespace CallActors.Requests;

/// <summary>Where a request outside dialogs goes: the middleware in its order, and behind it the flow that its method, and a condition, lead to.</summary>
internal sealed class RequestPipeline
{
    private readonly Func<IncomingRequest, Func<Task>, Task>[] _middleware;
    private readonly FrozenDictionary<string, Route[]> _routes;

    public RequestPipeline(IEnumerable<Func<IncomingRequest, Func<Task>, Task>> middleware, IEnumerable<Route> routes)
    {
        _middleware = [.. middleware];
        _routes = routes.GroupBy(route => route.Method, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        Methods = [.. _routes.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The methods that servers are asked for, in upper case.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The flow for a request; null when no route fits.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isKnown">Whether there is any route for the method.</param>
    public CallFlow? Find(IncomingRequest request, out bool isKnown)
    {
        isKnown = _routes.TryGetValue(NameOf(request.Message), out var routes);
        if (!isKnown) return null;
        foreach (var route in routes!)
        {
            if (route.When is null || route.When(request)) return route.Flow;
        }

        return null;
    }

    /// <summary>Runs the middleware around what is to happen in the end.</summary>
    public Task Invoke(IncomingRequest request, Func<Task> end)
    {
        if (_middleware.Length == 0) return end();
        var at = -1;
        return Next();

        // A middleware that has answered ends the chain, whether or not it goes on.
        Task Next()
        {
            if (request.IsAnswered) return Task.CompletedTask;
            at++;
            return at < _middleware.Length ? _middleware[at](request, Next) : end();
        }
    }

    private static string NameOf(SipRequest request) => request.Method switch
    {
        SipMethod.Invite => "INVITE",
        SipMethod.Register => "REGISTER",
        SipMethod.Options => "OPTIONS",
        _ => Encoding.ASCII.GetString(request.MethodName),
    };

    /// <summary>One way for requests of a method.</summary>
    /// <param name="Method">In upper case.</param>
    /// <param name="When">Which of them; null takes all.</param>
    /// <param name="Flow">Where to.</param>
    internal sealed record Route(string Method, Func<IncomingRequest, bool>? When, CallFlow Flow);
}
