using System.Text.Json;

namespace CallActors;

/// <summary>A call with a state of its own that outlives the node: it is kept with the call and is there again in <see cref="CallActor.OnRelocated"/>.</summary>
/// <typeparam name="TState">A class that System.Text.Json can write and read; keep it small.</typeparam>
public abstract class CallActor<TState> : CallActor
    where TState : class, new()
{
    /// <summary>The state. Change it as you like; <see cref="Save"/> keeps it.</summary>
    protected TState State { get; private set; } = new();

    /// <summary>Keeps the state as it is now. It is also kept whenever a leg is answered or ends.</summary>
    protected void Save() => Core.Changed();

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> WriteState() => JsonSerializer.SerializeToUtf8Bytes(State);

    /// <inheritdoc/>
    internal override void ReadState(ReadOnlyMemory<byte> state)
    {
        if (!state.IsEmpty) State = JsonSerializer.Deserialize<TState>(state.Span) ?? new TState();
    }
}
