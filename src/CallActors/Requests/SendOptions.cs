using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>How a request outside dialogs is sent, whomever it goes to; next hop and credentials are in the <see cref="Targets.CallTarget"/>.</summary>
public sealed record SendOptions
{
    /// <summary>The whole From value; null leaves it to the server. A REGISTER has it as To as well, unless its headers say otherwise (RFC 3261 §10.2).</summary>
    public string? From { get; init; }

    /// <summary>The signalling server to use; null takes that of the call's first leg or request, else any.</summary>
    public string? Server { get; init; }

    /// <summary>How long to wait for the final response; null leaves it to the server, which makes a 408 of its own after 32 s of silence.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Told of every provisional response.</summary>
    public Func<SipResponse, Task>? OnProgress { get; init; }
}
