using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Benchmarks.Calls;

/// <summary>A caller of its own beside SIPp, a hundred calls a second: how long its INVITEs wait for their final response.</summary>
/// <remarks>
/// An INVITE leaves when it is due, whatever becomes of the others, and its time counts from then: a contender that stands still
/// for a second keeps a hundred calls waiting, not one.
/// </remarks>
internal sealed class ResponseProbe : IDisposable
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(10);

    // SIPp starts up, and the code here is compiled: these calls are made and do not count.
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(1);

    // So soon it sees that it is over.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAddress _to;
    private readonly ProbedCall[] _calls;
    private readonly string _ids;
    private readonly PriorityQueue<ProbedRequest, TimeSpan> _repeats = new();
    private readonly Stopwatch _clock = new();
    private readonly Thread _thread;
    private volatile bool _isOver;
    private int _begun;

    private ResponseProbe(int to, string user, TimeSpan load)
    {
        // Not connected: an ICMP error is a datagram lost, and none is reported here.
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _to = new IPEndPoint(IPAddress.Loopback, to).Serialize();
        var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        var target = string.Create(CultureInfo.InvariantCulture, $"sip:{user}@127.0.0.1:{to}");
        _ids = string.Create(CultureInfo.InvariantCulture, $"\r\nCall-ID: {ProbedCall.Id(port, "")}");
        _calls = [.. Enumerable.Range(0, (int)(load / s_between)).Select(number => new ProbedCall(number, port, target, number * s_between))];
        _thread = new Thread(Run) { IsBackground = true };
    }

    /// <summary>Calls as long as SIPp does.</summary>
    /// <param name="to">The port that takes SIP.</param>
    /// <param name="user">Whom it calls.</param>
    /// <param name="load">How long SIPp begins calls; those of the first second do not count.</param>
    public static ResponseProbe Start(int to, string user, TimeSpan load)
    {
        var probe = new ResponseProbe(to, user, load);
        probe._clock.Start();
        probe._thread.Start();
        return probe;
    }

    /// <summary>What was measured, the shortest first. Who still waits counts with the time waited so far.</summary>
    public TimeSpan[] Stop()
    {
        _isOver = true;
        _thread.Join();
        var end = _clock.Elapsed;
        return [.. _calls.Take(_begun).Where(call => call.Due >= s_start).Select(call => (call.Answered ?? end) - call.Due).Order()];
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[8192];
        while (!_isOver)
        {
            var now = _clock.Elapsed;
            for (; _begun < _calls.Length && _calls[_begun].Due <= now; _begun++) Send(_calls[_begun].Invite);
            while (_repeats.TryPeek(out var request, out var due) && due <= now)
            {
                _repeats.Dequeue();
                if (!request.HasResponse) Send(request);
            }

            if (!Native.CanRead(_socket, Next(now) - _clock.Elapsed)) continue;
            var length = _socket.Receive(buffer);
            Take(Encoding.ASCII.GetString(buffer, 0, length), _clock.Elapsed);
        }
    }

    private TimeSpan Next(TimeSpan now)
    {
        var next = now + s_longest;
        if (_begun < _calls.Length && _calls[_begun].Due < next) next = _calls[_begun].Due;
        return _repeats.TryPeek(out _, out var due) && due < next ? due : next;
    }

    private void Send(ProbedRequest request)
    {
        Send(request.Bytes);
        _repeats.Enqueue(request, _clock.Elapsed + request.NextInterval());
    }

    private void Send(byte[] message) => _socket.SendTo(message, SocketFlags.None, _to);

    private void Take(string message, TimeSpan at)
    {
        if (!message.StartsWith("SIP/2.0 ", StringComparison.Ordinal) || CallOf(message) is not { } call) return;
        var isFinal = message[8] != '1';
        if (message.Contains("\r\nCSeq: 1 INVITE\r\n", StringComparison.Ordinal))
        {
            // RFC 3261 §17.1.1.2: a provisional response ends the repeating, too.
            call.Invite.HasResponse = true;
            if (!isFinal) return;
            var isFirst = call.Answered is null;
            if (isFirst) call.Answer(message, at);
            Send(call.Ack);
            if (isFirst && call.Bye is { } bye) Send(bye);
        }
        else if (isFinal && call.Bye is { } bye)
        {
            bye.HasResponse = true;
        }
    }

    private ProbedCall? CallOf(string message)
    {
        var at = message.IndexOf(_ids, StringComparison.Ordinal);
        if (at < 0) return null;
        var number = message.AsSpan(at + _ids.Length);
        return int.TryParse(number[..number.IndexOf('\r')], NumberStyles.None, CultureInfo.InvariantCulture, out var call) && call < _calls.Length ? _calls[call] : null;
    }
}
