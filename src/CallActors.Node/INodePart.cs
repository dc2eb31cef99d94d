namespace CallActors.Node;

/// <summary>What a node does: a signalling server, a runtime with an application, or both.</summary>
internal interface INodePart : IAsyncDisposable
{
    /// <summary>Starts it. A server binds the SIP transports and then, last, the control port.</summary>
    /// <exception cref="Exception">An address cannot be bound or a certificate not be read; the message tells an operator which, and what to do.</exception>
    Task StartAsync(CancellationToken cancel);

    /// <summary>Where SIP is listened for, each as <c>udp/192.0.2.1:5060</c>, by bound address.</summary>
    IReadOnlyList<string> SipEndpoints { get; }

    /// <summary>Where applications connect, each as <c>tcp/127.0.0.1:9022</c>.</summary>
    IReadOnlyList<string> ControlEndpoints { get; }

    /// <summary>Where health is asked for over HTTP; null for nowhere.</summary>
    Uri? Health => null;

    /// <summary>What the other nodes of a cluster know it by, as <c>host:port</c>; null without one.</summary>
    string? Cluster => null;

    /// <summary>What whoever started it is told about it, in whole lines.</summary>
    string Welcome => "";

    /// <summary>What is held at this moment, by name; each falls to zero when every call is over, save "connections".</summary>
    IReadOnlyList<KeyValuePair<string, long>> Holding { get; }

    /// <summary>What was done since the start, by name.</summary>
    IReadOnlyList<KeyValuePair<string, long>> Totals { get; }

    /// <summary>Completes when it has ended by itself, with the reason: nothing is left to serve calls.</summary>
    Task<string> Ended => new TaskCompletionSource<string>().Task;

    /// <summary>Refuses new calls and waits until the living ones have ended, at most as long as the options say.</summary>
    Task DrainAsync(CancellationToken cancel);
}
