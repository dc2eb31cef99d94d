using System.Net;

namespace CallActors.Net.Pipes;

/// <summary>One end of a <see cref="StreamPipe"/>: writes into one lane, and hears of the other.</summary>
internal sealed class PipeEnd : IStreamConnection
{
    private const string Reset = "Connection reset by peer";

    // Nobody can connect to an end of a pipe, so both ends go by an address that names no listener.
    private static readonly NetAddress s_here = NetAddress.Of(IPAddress.Loopback, 0);

    private readonly Lock _gate = new();
    private readonly StreamOptions _options;
    private readonly PipeLane _in;
    private PipeLane _out = null!;
    private PipeEnd _peer = null!;
    private volatile bool _isOpen = true;
    private string? _reason;

    private PipeEnd(StreamOptions options, Action<Action> later)
    {
        _options = options;
        _in = new PipeLane(this, options, later);
    }

    /// <inheritdoc/>
    public NetProtocol Protocol => NetProtocol.Tcp;

    /// <inheritdoc/>
    public NetAddress Local => s_here;

    /// <inheritdoc/>
    public NetAddress Remote => s_here;

    /// <inheritdoc/>
    public bool IsOpen => _isOpen;

    /// <inheritdoc/>
    public long Backlog => _out.Backlog;

    /// <summary>Who hears what arrives here; null when nobody was named.</summary>
    public IStreamReceiver? Receiver { get; private set; }

    /// <summary>What the receiver is told at the end: null unless this end was closed or broken.</summary>
    public string? Reason
    {
        get
        {
            lock (_gate) return _reason;
        }
    }

    /// <summary>Two ends of one pipe.</summary>
    public static (PipeEnd One, PipeEnd Other) Join(StreamOptions options, Action<Action> later)
    {
        var (one, other) = (new PipeEnd(options, later), new PipeEnd(options, later));
        (one._peer, one._out) = (other, other._in);
        (other._peer, other._out) = (one, one._in);
        return (one, other);
    }

    /// <summary>Asks who receives.</summary>
    public void Name(Func<IStreamConnection, IStreamReceiver> accept)
    {
        try
        {
            Receiver = accept(this);
        }
        catch (Exception fault)
        {
            Report.To(_options.OnFault, fault);
            Abort("Nobody received the connection.");
        }
    }

    /// <summary>Both receivers are named: what was flushed so far is delivered.</summary>
    public void Start() => _in.Start();

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        if (!_isOpen) return false;
        switch (_out.Append(bytes))
        {
            case Streams.Appended.Taken:
                return true;
            case Streams.Appended.Full:
                Abort($"More than {_options.MaxBacklog} bytes wait for a peer that does not read.");
                return false;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Flush() => _out.Flush();

    /// <inheritdoc/>
    public void Close(string reason)
    {
        if (Shut(reason)) _out.End(LaneEnd.Orderly);
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        lock (_gate) _reason ??= reason;
        _isOpen = false;
        _peer.Break();
        _out.End(LaneEnd.Now);
        _in.End(LaneEnd.Now);
    }

    /// <summary>The peer sends nothing more: this end closes too, after what was written already.</summary>
    public void PeerEnded()
    {
        if (Shut(null)) _out.End(LaneEnd.Orderly);
    }

    private void Break()
    {
        // An end that closed by itself has said why; one that was told of the end will not be told again.
        lock (_gate)
        {
            if (_isOpen) _reason ??= Reset;
            _isOpen = false;
        }
    }

    private bool Shut(string? reason)
    {
        lock (_gate)
        {
            if (!_isOpen) return false;
            _isOpen = false;
            _reason = reason;
            return true;
        }
    }
}
