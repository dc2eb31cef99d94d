using System.Buffers;
using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Net;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;

namespace CallActors.Server.Applications;

/// <summary>What an application's connection needs of the server behind it.</summary>
internal interface IApplicationHost
{
    /// <summary>The largest frame accepted.</summary>
    int MaxFrame { get; }

    /// <summary>The wall clock.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Time since the server started.</summary>
    TimeSpan Uptime { get; }

    /// <summary>One whole message arrived.</summary>
    void Handle(ApplicationConnection application, ReadOnlySpan<byte> payload);

    /// <summary>The connection has ended; everything it owned is without an owner.</summary>
    void Left(ApplicationConnection application, string? reason);
}

/// <summary>
/// One connected application: frames in, frames out. Thread-safe for sending: partitions, timers and its own read loop all write.
/// </summary>
internal sealed class ApplicationConnection(IApplicationHost host, IStreamConnection connection, bool isOutbound) : IStreamReceiver
{
    // Beyond this many unsent bytes an application counts as stalled: new requests go to others while there are any.
    private const long CongestedAt = 1 << 20;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_frame;

    [ThreadStatic]
    private static byte[]? t_id;

    private ControlFramer _framer = new(host.MaxFrame);
    private bool _closing;

    /// <summary>Whether the server dialled it (an outbound connection) instead of the application the server.</summary>
    public bool IsOutbound => isOutbound;

    /// <summary>Whether the secret has been proven.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>The tags given with the secret.</summary>
    public IReadOnlyList<string> Tags { get; private set; } = [];

    /// <summary>Extension: the application whose processes can stand in for each other; null for one that asked for no extensions.</summary>
    public ApplicationGroup? Group { get; private set; }

    /// <summary>Extension: the process, as it named itself.</summary>
    public string Node { get; private set; } = "";

    /// <summary>Extension: when it was last heard.</summary>
    public TimeSpan HeardAt { get; set; }

    /// <summary>Extension: whether it ended for want of a sign of life.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Extension: what was granted.</summary>
    public ExtensionFeatures Features { get; private set; }

    /// <summary>Whether frames can still be written.</summary>
    public bool IsOpen => connection.IsOpen;

    /// <summary>Whether it has stopped reading.</summary>
    public bool IsCongested => connection.Backlog > CongestedAt;

    /// <summary>The application's address.</summary>
    public NetAddress Remote => connection.Remote;

    /// <summary>What an outbound connection was made for: told once it has authenticated, or cannot any more.</summary>
    public Action<ApplicationConnection, bool>? OnAuthenticated { get; set; }

    /// <summary>The secret was right.</summary>
    public void Authenticate(IReadOnlyList<string> tags)
    {
        Tags = tags;
        IsAuthenticated = true;
    }

    /// <summary>Extensions were granted.</summary>
    public void Extend(ApplicationGroup group, string node, ExtensionFeatures features, TimeSpan now)
    {
        Features = features;
        Group = group;
        Node = node;
        HeardAt = now;
    }

    /// <summary>Nothing was heard of it for too long.</summary>
    public void Silence()
    {
        if (!connection.IsOpen) return;
        IsSilent = true;
        connection.Abort("no sign of life for three beats");
    }

    /// <summary>Whether another has exactly the same tags, and at least one.</summary>
    public bool HasTagsOf(ApplicationConnection other) => Tags.Count > 0 && Tags.Count == other.Tags.Count && Tags.All(other.HasTag);

    /// <summary>Whether it carries a tag.</summary>
    public bool HasTag(string tag) => Tags.Contains(tag);

    /// <inheritdoc/>
    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        if (Group is not null) HeardAt = host.Uptime;
        var consumed = 0;
        while (!_closing)
        {
            var frame = _framer.Next(buffered[consumed..]);
            if (frame.Status == ControlFrameStatus.NeedMore) return consumed;
            if (frame.Status == ControlFrameStatus.Broken)
            {
                _closing = true;
                connection.Close("Not a frame of the control protocol: " + frame.Fault);
                break;
            }

            if (frame.Status == ControlFrameStatus.Frame)
            {
                host.Handle(this, frame.Payload(buffered[consumed..]));
            }

            consumed += frame.Consumed;
        }

        return buffered.Length;
    }

    /// <inheritdoc/>
    public void OnBatchEnd() => OutputBatch.Flush();

    /// <inheritdoc/>
    public void OnClosed(string? reason)
    {
        host.Left(this, reason);
        OutputBatch.Flush();
    }

    /// <summary>Ends the connection after what was written.</summary>
    public void Close(string reason) => connection.Close(reason);

    /// <summary>The answer <c>OK</c>.</summary>
    public void Ok(ReadOnlySpan<byte> command)
    {
        var frame = Frame(out var id);
        ControlReplies.Ok(frame, id, command);
        Send(frame);
    }

    /// <summary>The answer <c>OK|pong</c>.</summary>
    public void Pong(ReadOnlySpan<byte> command)
    {
        var frame = Frame(out var id);
        ControlReplies.Pong(frame, id, command);
        Send(frame);
    }

    /// <summary>The answer to a successful <c>authenticate</c>.</summary>
    public void Welcome(ReadOnlySpan<byte> command, ReadOnlySpan<byte> hostPorts, ReadOnlySpan<byte> version, ReadOnlySpan<byte> localHostPorts, Extensions extensions)
    {
        var frame = Frame(out var id);
        ControlReplies.Authenticated(frame, id, command, hostPorts, version, localHostPorts, extensions);
        Send(frame);
    }

    /// <summary>The answer <c>NO</c>, after which the connection closes.</summary>
    public void Refuse(ReadOnlySpan<byte> command, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default)
    {
        var frame = Frame(out var id);
        ControlReplies.No(frame, id, command, text, detail);
        Send(frame);
        _closing = true;
        connection.Close(System.Text.Encoding.UTF8.GetString(text));
    }

    /// <summary>The answer <c>NOK</c>: it cannot be done, and nothing else has happened.</summary>
    public void Nok(ReadOnlySpan<byte> command, ReadOnlySpan<byte> text, ReadOnlySpan<byte> detail = default)
    {
        var frame = Frame(out var id);
        ControlReplies.Nok(frame, id, command, text, detail);
        Send(frame);
    }

    /// <summary>The request of a command went out, or is about to.</summary>
    public void RequestSent(ReadOnlySpan<byte> command, SipRequest request, in Flow flow, ReadOnlySpan<byte> transaction)
    {
        var frame = Frame(out var id);
        ControlReplies.RequestSent(frame, id, command, Transit(MessageSource.Application, request, flow), transaction, request.Bytes);
        Send(frame);
    }

    /// <summary>The response of a command went out.</summary>
    public void ResponseSent(ReadOnlySpan<byte> command, SipResponse response, in Flow flow, TransactionId transaction, ReadOnlySpan<byte> dialog)
    {
        Span<byte> transactionText = stackalloc byte[TransactionId.TextLength];
        transaction.Write(transactionText);
        var frame = Frame(out var id);
        ControlReplies.ResponseSent(frame, id, command, Transit(MessageSource.Application, response, flow), transactionText, dialog, response.Bytes);
        Send(frame);
    }

    /// <summary>A final response to a proxied request, while more may come.</summary>
    public void ProxyContinue(ReadOnlySpan<byte> command, SipResponse response, in Flow flow)
    {
        var frame = Frame(out var id);
        ControlReplies.ProxyContinue(frame, id, command, Transit(MessageSource.Network, response, flow), response);
        Send(frame);
    }

    /// <summary>The proxying is over.</summary>
    public void ProxyDone(ReadOnlySpan<byte> command)
    {
        var frame = Frame(out var id);
        ControlReplies.ProxyDone(frame, id, command);
        Send(frame);
    }

    /// <summary>A new request outside any dialog: layout (a) of specification 1.8.1.</summary>
    public void Offer(SipRequest request, in Flow flow, TransactionId transaction)
    {
        Span<byte> transactionText = stackalloc byte[TransactionId.TextLength];
        transaction.Write(transactionText);
        var frame = Frame(out var id);
        var local = flow.Transport.Local;
        ControlEvents.NewRequest(frame, id, Transit(MessageSource.Network, request, flow), transactionText, local.HostUtf8, local.Port, request);
        Send(frame);
    }

    /// <summary>Any other message from the network: layouts (b) and (c).</summary>
    /// <param name="message">The message.</param>
    /// <param name="flow">The way it came.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="dialog">Its dialog; empty where it has none.</param>
    /// <param name="session">The session of the dialog, if it has one.</param>
    /// <param name="isAgain">Whether it was shown to an owner before that has gone.</param>
    public void Deliver(SipMessage message, in Flow flow, ReadOnlySpan<byte> transaction, ReadOnlySpan<byte> dialog, KeptSession? session = null, bool isAgain = false)
    {
        var frame = Frame(out var id);
        ControlEvents.Message(frame, id, Transit(MessageSource.Network, message, flow), transaction, dialog, message, KeyOf(session), isAgain);
        Send(frame);
    }

    /// <summary>A response that the server made because none came: source network, no bytes, no address.</summary>
    public void DeliverSynthetic(SipResponse response, SipTransport? transport, ReadOnlySpan<byte> transaction, ReadOnlySpan<byte> dialog, KeptSession? session = null)
    {
        var frame = Frame(out var id);
        var transit = MessageTransit.Synthetic(transport is null ? MessageTransport.Unknown : Transport(transport.Protocol), host.UtcNow);
        ControlEvents.Message(frame, id, transit, transaction, dialog, response.Bytes, KeyOf(session));
        Send(frame);
    }

    /// <summary>A request that the server sent of its own accord: layout (d).</summary>
    public void Unsolicited(SipRequest request, in Flow flow, ReadOnlySpan<byte> dialog, KeptSession? session = null)
    {
        var frame = Frame(out var id);
        ControlEvents.ServerRequest(frame, id, Transit(MessageSource.Application, request, flow), dialog, request.Bytes, KeyOf(session));
        Send(frame);
    }

    /// <summary>The event <c>cdr:attempt</c>.</summary>
    public void CdrAttempt(SipMessage invite, bool isSent)
    {
        var frame = Frame(out var id);
        CdrEvents.Attempt(frame, id, Source(isSent), host.UtcNow, invite);
        Send(frame);
    }

    /// <summary>The event <c>cdr:start</c>.</summary>
    public void CdrStart(SipMessage answer, CdrRole role, bool isSent)
    {
        var frame = Frame(out var id);
        CdrEvents.Start(frame, id, Source(isSent), host.UtcNow, role, answer);
        Send(frame);
    }

    /// <summary>The event <c>cdr:stop</c>.</summary>
    public void CdrStop(SipMessage end, CdrReason reason, bool isSent)
    {
        var frame = Frame(out var id);
        CdrEvents.Stop(frame, id, Source(isSent), host.UtcNow, reason, end);
        Send(frame);
    }

    private static ReadOnlySpan<byte> KeyOf(KeptSession? session) => session is { IsOver: false } ? session.Key.Span : default;

    private static MessageSource Source(bool isSent) => isSent ? MessageSource.Application : MessageSource.Network;

    private MessageTransit Transit(MessageSource source, SipMessage message, in Flow flow) =>
        new(source, message.Bytes.Length, Transport(flow.Transport.Protocol), flow.Peer.HostUtf8, flow.Peer.Port, host.UtcNow);

    private static MessageTransport Transport(NetProtocol protocol) => protocol switch
    {
        NetProtocol.Udp => MessageTransport.Udp,
        NetProtocol.Tls => MessageTransport.Tls,
        _ => MessageTransport.Tcp,
    };

    // This thread's frame and the next id to begin it with: both are done with at Send.
    internal static ArrayBufferWriter<byte> Frame(out ReadOnlySpan<byte> id)
    {
        var text = t_id ??= new byte[TransactionId.TextLength];
        FrameIds.Next(text);
        id = text;
        var frame = t_frame ??= new ArrayBufferWriter<byte>(4096);
        frame.ResetWrittenCount();
        return frame;
    }

    internal void Send(ArrayBufferWriter<byte> frame)
    {
        if (connection.Write(frame.WrittenSpan)) OutputBatch.Add(connection);
    }
}
