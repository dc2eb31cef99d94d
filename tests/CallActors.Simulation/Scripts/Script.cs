using CallActors.Simulation.Peers;

namespace CallActors.Simulation.Scripts;

/// <summary>What the three parties of a call mean to do, and what may come of it.</summary>
internal sealed class Script(string name)
{
    public string Name => name;

    /// <summary>How the caller begins.</summary>
    public Func<Call, Phone, string, Leg> Dials { get; init; } = (call, phone, callId) => Leg.Call(phone, callId, $"{name}-{call.Number}");

    /// <summary>The application has the request.</summary>
    public required Action<Call> Offered { get; init; }

    /// <summary>The caller hears the answer.</summary>
    public Action<Call> Answered { get; init; } = static _ => { };

    /// <summary>The application has the ACK.</summary>
    public Action<Call> Confirmed { get; init; } = static _ => { };

    /// <summary>The application has the PRACK.</summary>
    public Action<Call> Pracked { get; init; } = static _ => { };

    /// <summary>The callee's phone rings.</summary>
    public Action<Call> Called { get; init; } = static _ => { };

    /// <summary>Whether what became of it is one of the things that may.</summary>
    public required Func<Call, bool> IsRight { get; init; }
}
