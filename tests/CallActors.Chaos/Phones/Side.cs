using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CallActors.Chaos.Histories;

namespace CallActors.Chaos.Phones;

/// <summary>A house full of phones on one socket and one thread: what callers and callees have in common once a call is answered.</summary>
internal abstract class Side : IDisposable
{
    private const int LongestPoll = 5;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 8 << 20, SendBufferSize = 4 << 20 };
    private readonly ConcurrentQueue<Action> _orders = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private readonly int _interval;
    private readonly Random _random;
    private long _branches;
    private int _unanswered;
    private bool _isQuiet;

    /// <param name="history">What happens is written here.</param>
    /// <param name="interval">How long between a phone's counters, in milliseconds.</param>
    /// <param name="seed">Decides when in the interval each phone sends.</param>
    protected Side(History history, int interval, int seed)
    {
        (History, _interval, _random) = (history, interval, new Random(seed));
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Local = (IPEndPoint)_socket.LocalEndPoint!;
        Transactions = new Transactions(Agenda, Send);
        _thread = new Thread(Run) { IsBackground = true, Name = GetType().Name };
    }

    /// <summary>Where its phones are.</summary>
    public IPEndPoint Local { get; }

    protected abstract CallEnd End { get; }

    protected History History { get; }

    protected Agenda Agenda { get; } = new();

    protected Transactions Transactions { get; }

    /// <summary>The calls by Call-ID.</summary>
    protected Dictionary<string, HeldCall> Calls { get; } = [];

    protected string Sdp => $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {Local.Port} RTP/AVP 0\r\n";

    public void Start() => _thread.Start();

    /// <summary>Has the phones' thread do something.</summary>
    public void Order(Action what) => _orders.Enqueue(what);

    /// <summary>The same, so many milliseconds later.</summary>
    public void Later(long milliseconds, Action what) => Order(() => Agenda.In(milliseconds, what));

    /// <summary>Has the phones' thread tell something of its calls.</summary>
    public Task<T> Ask<T>(Func<IEnumerable<HeldCall>, T> what)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Order(() => answer.SetResult(what(Calls.Values)));
        return answer.Task;
    }

    /// <summary>Sends no more counters, and tells when the last one is answered: one that crosses a BYE has no right to an answer.</summary>
    public async Task QuietAsync()
    {
        Order(() => _isQuiet = true);
        while (await Ask(_ => _unanswered > 0)) await Task.Delay(50);
    }

    /// <summary>Hangs up the calls that are chosen, so many a second.</summary>
    public void HangUp(Func<HeldCall, bool> isChosen, int rate) => Order(() =>
    {
        var at = 0;
        foreach (var call in Calls.Values.Where(call => call is { IsAnswered: true, IsOver: false } && isChosen(call)).ToArray()) Agenda.In(at++ * 1000L / rate, () => HangUp(call));
    });

    public void Dispose()
    {
        _end.Cancel();
        if (_thread.IsAlive) _thread.Join();
        _socket.Dispose();
        _end.Dispose();
    }

    /// <summary>A new INVITE.</summary>
    protected abstract void OnInvite(SipText invite, IPEndPoint from);

    /// <summary>An ACK or CANCEL of a call.</summary>
    protected abstract void OnOther(SipText request, HeldCall call, IPEndPoint from);

    protected string NewBranch() => $"z9hG4bK{Local.Port}x{++_branches}";

    /// <summary>Begins to send counters.</summary>
    protected void BeginCounting(HeldCall call)
    {
        if (call.Name.StartsWith(HistoryEvent.HeldPrefix)) Agenda.In(_random.Next(_interval), () => Count(call));
    }

    /// <summary>A request in the dialog.</summary>
    protected string Compose(HeldCall call, string method, string branch, long sequence, string more = "", string body = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"{method} {call.Target} SIP/2.0\r\nVia: SIP/2.0/UDP {Local};branch={branch};rport\r\nMax-Forwards: 70\r\nFrom: {call.Local}\r\nTo: {call.Remote}\r\nCall-ID: {call.CallId}\r\nCSeq: {sequence} {method}\r\nContact: <sip:{call.Name}@{Local}>\r\n{more}Content-Length: {body.Length}\r\n\r\n{body}");

    protected void Send(string message, IPEndPoint to)
    {
        try
        {
            _socket.SendTo(Encoding.Latin1.GetBytes(message), to);
        }
        catch (SocketException)
        {
            // ICMP told that the server is away: it is sent again.
        }
    }

    protected void HangUp(HeldCall call)
    {
        if (call.IsOver) return;
        call.IsOver = true;
        History.Write(Happening.HungUp, call.Name, End, leg: call.CallId);
        var branch = NewBranch();
        Transactions.Begin(branch, Compose(call, "BYE", branch, ++call.Sequence), call.Server, isInvite: false, response =>
        {
            if (response is null or { Status: >= 200 }) History.Write(Happening.HangupAnswered, call.Name, End, status: response?.Status ?? 408, leg: call.CallId);
        });
    }

    private void Count(HeldCall call)
    {
        if (call.IsOver || _isQuiet) return;
        var branch = NewBranch();
        var counter = ++call.Counter;
        var due = Agenda.Now + _interval;
        var info = Compose(call, "INFO", branch, ++call.Sequence, "Content-Type: text/x-counter\r\n", counter.ToString(CultureInfo.InvariantCulture));
        _unanswered++;
        History.Write(Happening.Sent, call.Name, End, counter, call.Sequence);
        Transactions.Begin(branch, info, call.Server, isInvite: false, response =>
        {
            if (response is { Status: < 200 }) return;
            _unanswered--;
            History.Write(Happening.Acknowledged, call.Name, End, counter, status: response?.Status ?? 408);
            Agenda.In(Math.Max(0, due - Agenda.Now), () => Count(call));
        });
    }

    private void Run()
    {
        var buffer = new byte[65536];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_end.IsCancellationRequested)
        {
            while (_orders.TryDequeue(out var order)) order();
            var idle = Agenda.Run(LongestPoll);
            if (!_socket.Poll(idle * 1000, SelectMode.SelectRead)) continue;
            // Many at once, but not so many that the agenda waits.
            for (var many = 0; many < 200 && _socket.Available > 0; many++)
            {
                try
                {
                    var count = _socket.ReceiveFrom(buffer, ref from);
                    if (SipText.Read(buffer.AsSpan(0, count)) is { } message) Receive(message, (IPEndPoint)from);
                }
                catch (SocketException)
                {
                    // ICMP told of an earlier datagram that met nobody.
                }
            }
        }
    }

    private void Receive(SipText message, IPEndPoint from)
    {
        if (message.Status != 0)
        {
            Transactions.Receive(message);
            return;
        }
        var call = Calls.GetValueOrDefault(message.CallId);
        if (message.Method is "ACK" or "CANCEL" && call is not null) OnOther(message, call, from);
        else if (message.Method == "ACK" || !Transactions.IsNew(message)) return;
        else if (call is { IsAnswered: true }) InDialog(message, call, from);
        else if (message.Method == "INVITE" && call is null) OnInvite(message, from);
        else if (call is null || message.Method == "CANCEL") Transactions.Respond(message, message.Respond(481, "Nobody", "none"), from);
        else InDialog(message, call, from);
    }

    private void InDialog(SipText request, HeldCall call, IPEndPoint from)
    {
        var (sequence, method) = request.Sequence;
        if (sequence <= call.RemoteSequence)
        {
            History.Write(Happening.OutOfOrder, call.Name, End, sequence: sequence, text: method);
            Transactions.Respond(request, request.Respond(500, "Number Too Low", "none"), from);
            return;
        }
        call.RemoteSequence = sequence;
        switch (method)
        {
            case "BYE":
                call.IsOver = true;
                History.Write(Happening.WasHungUp, call.Name, End, sequence: sequence, text: request.Header("Reason"), leg: call.CallId);
                Transactions.Respond(request, request.Respond(200, "OK", "none"), from);
                break;
            case "INFO":
                if (long.TryParse(request.Body, CultureInfo.InvariantCulture, out var counter)) History.Write(Happening.Received, call.Name, End, counter, sequence);
                Transactions.Respond(request, request.Respond(call.IsOver ? 481 : 200, call.IsOver ? "Over" : "OK", "none"), from);
                break;
            case "INVITE" or "UPDATE":
                Transactions.Respond(request, request.Respond(200, "OK", "none", $"Contact: <sip:{call.Name}@{Local}>\r\nContent-Type: application/sdp\r\n", Sdp), from);
                break;
            default:
                Transactions.Respond(request, request.Respond(200, "OK", "none"), from);
                break;
        }
    }
}
