namespace CallActors.Node;

/// <summary>What the node asks of a signalling server.</summary>
internal interface ISignalling : IAsyncDisposable
{
    /// <summary>Binds the SIP transports and then, last, the control port.</summary>
    /// <exception cref="Exception">An address cannot be bound or a certificate not be read; the message tells an operator which, and what to do.</exception>
    Task StartAsync(CancellationToken cancel);

    /// <summary>Where SIP is listened for, each as <c>udp/192.0.2.1:5060</c>, by bound address.</summary>
    IReadOnlyList<string> SipEndpoints { get; }

    /// <summary>Where applications connect, each as <c>tcp/127.0.0.1:9022</c>.</summary>
    IReadOnlyList<string> ControlEndpoints { get; }

    /// <summary>What the server holds at this moment, by name; each falls to zero when every call is over, save "connections".</summary>
    IReadOnlyList<KeyValuePair<string, long>> Holding { get; }

    /// <summary>What the server has done since it started, by name.</summary>
    IReadOnlyList<KeyValuePair<string, long>> Totals { get; }

    /// <summary>Refuses new calls and waits until the living ones have ended, at most as long as the options say.</summary>
    Task DrainAsync(CancellationToken cancel);
}
