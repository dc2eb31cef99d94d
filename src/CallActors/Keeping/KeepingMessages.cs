using System.Collections.Immutable;
using Akka.Actor;
using CallActors.Connections;
using CallActors.Ledger;
using CallActors.Sip;
using CallActors.Transfers;

namespace CallActors.Keeping;

/// <summary>A signalling server offers a call that has lost its owner. Where the call is alive it claims what is its own; else it is built anew of what the server kept.</summary>
/// <param name="Call">The call.</param>
/// <param name="Server">The server's configured name.</param>
/// <param name="Run">The server's run.</param>
/// <param name="Incarnation">With which it is to be claimed.</param>
/// <param name="Blob">What the lost owner had attached; read where the call is to be.</param>
internal sealed record Adopted(CallKey Call, string Server, string Run, int Incarnation, ReadOnlyMemory<byte> Blob) : ICallStart
{
    private CallSnapshot? _snapshot;

    /// <summary>What the blob says; null when it cannot be read.</summary>
    public CallSnapshot? Snapshot => _snapshot ??= SessionBlob.Read(Blob.Span) is { } read && read.Key == Call ? read : null;

    /// <inheritdoc/>
    public string Flow => Snapshot?.Flow ?? "";
}

/// <summary>A signalling server told its memory of a dialog of the call.</summary>
internal sealed record Remembered(CallKey Call, Octets DialogId, Octets State) : ICallMessage, INoSerializationVerificationNeeded;

/// <summary>A signalling server asks for a dialog that it does not know.</summary>
/// <param name="Call">The call that may have it.</param>
/// <param name="Connection">Who asks.</param>
/// <param name="Id">The question's id.</param>
/// <param name="Dialog">The dialog.</param>
internal sealed record Asked(CallKey Call, ServerConnection Connection, Octets Id, DialogName Dialog) : ICallMessage, INoSerializationVerificationNeeded;

/// <summary>What a claim was granted with.</summary>
/// <param name="Incarnation">The new incarnation.</param>
/// <param name="Names">The dialogs that live.</param>
internal sealed record Granted(int Incarnation, ImmutableArray<Octets> Names);
