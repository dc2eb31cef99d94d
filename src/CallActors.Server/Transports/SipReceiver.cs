using CallActors.Net;
using CallActors.Server.Diagnostics;
using CallActors.Server.Partitions;
using CallActors.Sip.Messages;

namespace CallActors.Server.Transports;

/// <summary>Takes whole SIP messages off the transports: parses, answers what is broken, and finds the partition.</summary>
internal sealed class SipReceiver(SipDispatch dispatch, SipTransport transport) : IDatagramReceiver
{
    /// <inheritdoc/>
    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
    {
        // Keep-alives of RFC 5626 §3.5.1 and of half the world's phones.
        if (datagram.IndexOfAnyExcept("\r\n\0 "u8) < 0) return;
        dispatch.Message(datagram, new Flow(transport, source), isStream: false);
    }

    /// <inheritdoc/>
    public void OnBatchEnd(IDatagramSocket socket) => OutputBatch.Flush();
}

/// <summary>From bytes to a partition.</summary>
internal sealed class SipDispatch(IReadOnlyList<Partition> partitions, SipOutput output, SipTrace trace, ServerCounters counters, SipIdentity identity, SipParserLimits limits)
{
    /// <summary>The partition of a Call-ID.</summary>
    public Partition PartitionOf(ReadOnlySpan<byte> callId) => partitions[(int)(Hash(callId) % (uint)partitions.Count)];

    /// <summary>The partition of a transaction id; null for an id that this server did not make.</summary>
    public Partition? PartitionOf(TransactionId id) => id.Partition < partitions.Count ? partitions[id.Partition] : null;

    /// <summary>One whole message. False when a stream cannot go on: its framing is lost.</summary>
    public bool Message(ReadOnlySpan<byte> bytes, in Flow flow, bool isStream)
    {
        if (trace.IsOn) trace.Received(flow.Transport.Protocol, flow.Peer, bytes);
        var parsed = SipParser.Parse(bytes, new ViaStamp(flow.Peer.HostUtf8, flow.Peer.Port), limits, isStream);
        if (parsed.Status == SipParseStatus.Message)
        {
            if (!ArrivedByItsOwnTransport(parsed.Message!, flow)) counters.MessageDropped();
            else PartitionOf(parsed.Message!.CallId).Receive(parsed.Message!, flow);
            return true;
        }

        counters.MessageDropped();
        if (parsed.CanBeAnswered)
            output.Send(((SipRequest)parsed.Message!).RespondTo(SipRejections.Status(parsed.Error.Reason), SipRejections.Phrase(parsed.Error.Reason), identity.NewTag().Span), flow, null);
        return false;
    }

    // Specification 3.1, item 4. A response was sent along a Via of ours; a request carries that of its sender.
    private static bool ArrivedByItsOwnTransport(SipMessage message, in Flow flow)
    {
        foreach (var value in message.Values(SipHeaderId.Via))
        {
            return Sip.Headers.ViaView.TryParse(value, out var via)
                && System.Text.Ascii.EqualsIgnoreCase(via.Transport, SipProtocols.ViaName(flow.Transport.Protocol));
        }

        return false;
    }

    // FNV-1a: the text is the peer's to choose, but all it can choose is a partition.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var value in bytes) hash = (hash ^ value) * 16777619u;
        return hash ^ (hash >> 15);
    }
}
