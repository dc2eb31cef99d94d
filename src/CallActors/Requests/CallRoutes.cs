using CallActors.Calls;
using CallActors.Requests;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors;

/// <summary>Which requests lead to which flows, and the middleware in front of them.</summary>
public sealed class CallRoutes
{
    private static readonly HashSet<string> s_methods =
        new(["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "INFO", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER", "BYE", "UPDATE", "PRACK"], StringComparer.Ordinal);

    private readonly List<Func<IncomingRequest, Func<Task>, Task>> _middleware = [];
    private readonly List<RequestPipeline.Route> _routes = [];
    private readonly Dictionary<string, CallFlow> _flows = new(StringComparer.Ordinal);
    private readonly List<Type> _types = [];

    /// <summary>Adds middleware: it sees every request outside dialogs, in the order of adding, and goes on by calling <c>next</c>. An exception in it answers 500.</summary>
    public CallRoutes Use(Func<IncomingRequest, Func<Task>, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>INVITEs lead to a flow.</summary>
    /// <typeparam name="TFlow">The flow; its constructor's parameters are injected.</typeparam>
    /// <param name="when">Which INVITEs; null takes all. Routes are tried in the order of adding.</param>
    public CallRoutes Invite<TFlow>(Func<IncomingRequest, bool>? when = null)
        where TFlow : CallActor => Map<TFlow>("INVITE", when);

    /// <summary>SUBSCRIBEs lead to a flow.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="when">Which SUBSCRIBEs; null takes all.</param>
    public CallRoutes Subscribe<TFlow>(Func<IncomingRequest, bool>? when = null)
        where TFlow : CallActor => Map<TFlow>("SUBSCRIBE", when);

    /// <summary>REGISTERs are handled.</summary>
    public CallRoutes Register(Func<IncomingRequest, Task> handler) => Map("REGISTER", handler);

    /// <summary>OPTIONS are handled.</summary>
    public CallRoutes Options(Func<IncomingRequest, Task> handler) => Map("OPTIONS", handler);

    /// <summary>MESSAGEs outside dialogs are handled.</summary>
    public CallRoutes Message(Func<IncomingRequest, Task> handler) => Map("MESSAGE", handler);

    /// <summary>PUBLISHes are handled.</summary>
    public CallRoutes Publish(Func<IncomingRequest, Task> handler) => Map("PUBLISH", handler);

    /// <summary>Requests of a method lead to a flow.</summary>
    /// <typeparam name="TFlow">The flow; its constructor's parameters are injected.</typeparam>
    /// <param name="method">The method, in upper case.</param>
    /// <param name="when">Which of them; null takes all.</param>
    /// <exception cref="ArgumentException">There is no such method; <see cref="Custom"/> takes one that no RFC knows.</exception>
    public CallRoutes Map<TFlow>(string method, Func<IncomingRequest, bool>? when = null)
        where TFlow : CallActor
    {
        _routes.Add(new(Known(method), when, FlowOf<TFlow>()));
        return this;
    }

    /// <summary>Requests of a method are handled, each in a mailbox of its own.</summary>
    /// <param name="method">The method, in upper case.</param>
    /// <param name="handler">Answers it; what it leaves unanswered gets 500.</param>
    /// <param name="when">Which of them; null takes all.</param>
    /// <exception cref="ArgumentException">There is no such method; <see cref="Custom"/> takes one that no RFC knows.</exception>
    public CallRoutes Map(string method, Func<IncomingRequest, Task> handler, Func<IncomingRequest, bool>? when = null) => Add(Known(method), handler, when);

    /// <summary>Requests of a method that no RFC knows are handled.</summary>
    public CallRoutes Custom(string method, Func<IncomingRequest, Task> handler, Func<IncomingRequest, bool>? when = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(method);
        return Add(method, handler, when);
    }

    /// <summary>Makes a flow known that no request leads to: the application begins it, or another node hands it over.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    public CallRoutes Add<TFlow>()
        where TFlow : CallActor
    {
        FlowOf<TFlow>();
        return this;
    }

    /// <summary>Requests of a method are handled no longer. A runtime that has started hears of it by <see cref="CallNode.Reroute"/>.</summary>
    /// <param name="method">The method, in upper case.</param>
    /// <returns>Whether there was a route.</returns>
    public bool Remove(string method) => _routes.RemoveAll(route => route.Method == method) > 0;

    /// <summary>The flows' classes.</summary>
    internal IReadOnlyList<Type> FlowTypes => _types;

    internal RequestPipeline Build() => new(_middleware, _routes);

    internal CallFlow? Find(string name)
    {
        lock (_flows) return _flows.GetValueOrDefault(name);
    }

    internal CallFlow FlowOf<TFlow>()
        where TFlow : CallActor
    {
        var name = typeof(TFlow).FullName!;
        // An application may begin calls on any thread, and with a flow that nobody has named before.
        lock (_flows)
        {
            if (_flows.TryGetValue(name, out var flow)) return flow;
            if (typeof(TFlow).IsAbstract) throw new ArgumentException($"{name} is abstract and cannot run a call.");
            _types.Add(typeof(TFlow));
            var factory = ActivatorUtilities.CreateFactory<TFlow>([]);
            return _flows[name] = new CallFlow(name, services => factory(services, []));
        }
    }

    private CallRoutes Add(string method, Func<IncomingRequest, Task> handler, Func<IncomingRequest, bool>? when)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var name = $"{method} handler {_routes.Count}";
        var flow = _flows[name] = new CallFlow(name, _ => new RequestFlow(handler));
        _routes.Add(new(method, when, flow));
        return this;
    }

    private static string Known(string method)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (s_methods.Contains(method)) return method;
        var nearest = s_methods.FirstOrDefault(known => string.Equals(known, method, StringComparison.OrdinalIgnoreCase) || known.StartsWith(method, StringComparison.OrdinalIgnoreCase));
        throw new ArgumentException($"There is no method \"{method}\"{(nearest is null ? $"; known are {string.Join(", ", s_methods)}" : $"; did you mean {nearest}?")}. Custom() takes one that no RFC knows.", nameof(method));
    }
}
