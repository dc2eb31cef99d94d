using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Benchmarks.Calls;

/// <summary>A caller of its own beside SIPp, a hundred calls a second: how long its INVITEs wait for their final response.</summary>
internal sealed class ResponseProbe : IDisposable
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(10);

    // The caller starts up, and its last calls end.
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(1);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000 };
    private readonly List<TimeSpan> _times = [];
    private readonly Thread _thread;
    private readonly string _user;
    private readonly int _to;
    private volatile bool _isOver;

    private ResponseProbe(int to, string user)
    {
        (_to, _user) = (to, user);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Connect(IPAddress.Loopback, to);
        _thread = new Thread(Run) { IsBackground = true };
    }

    private int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Calls until it is stopped.</summary>
    /// <param name="to">The port that takes SIP.</param>
    /// <param name="user">Whom it calls.</param>
    public static ResponseProbe Start(int to, string user)
    {
        var probe = new ResponseProbe(to, user);
        probe._thread.Start();
        return probe;
    }

    /// <summary>What was measured, the shortest first. An INVITE without a final response within two seconds counts as two seconds.</summary>
    public TimeSpan[] Stop()
    {
        _isOver = true;
        _thread.Join();
        _times.Sort();
        return [.. _times];
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        Thread.Sleep(s_start);
        var buffer = new byte[8192];
        for (var call = 1; !_isOver; call++)
        {
            var start = Stopwatch.GetTimestamp();
            _socket.Send(Request("INVITE", call, 1, new Dialog("", Target, ""), "i", Sdp));
            var final = Final(buffer, call, "INVITE");
            _times.Add(Stopwatch.GetElapsedTime(start));
            if (final is not null)
            {
                var isAnswered = final.StartsWith("SIP/2.0 2", StringComparison.Ordinal);
                var dialog = isAnswered ? Dialog.Of(final, Target) : new Dialog(TagOf(final), Target, "");
                _socket.Send(Request("ACK", call, 1, dialog, isAnswered ? "a" : "i"));
                if (isAnswered)
                {
                    _socket.Send(Request("BYE", call, 2, dialog, "b"));
                    Final(buffer, call, "BYE");
                }
            }

            var rest = s_between - Stopwatch.GetElapsedTime(start);
            if (rest > TimeSpan.Zero) Thread.Sleep(rest);
        }
    }

    // The final response to a request of this call; null when none comes.
    private string? Final(byte[] buffer, int call, string method)
    {
        try
        {
            while (true)
            {
                var text = Encoding.ASCII.GetString(buffer, 0, _socket.Receive(buffer));
                if (text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && text[8] != '1' && text.Contains($"Call-ID: {CallId(call)}\r", StringComparison.Ordinal)
                    && text.Contains($" {method}\r", StringComparison.Ordinal)) return text;
            }
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private string Target => string.Create(CultureInfo.InvariantCulture, $"sip:{_user}@127.0.0.1:{_to}");

    private byte[] Request(string method, int call, int cseq, Dialog dialog, string branch, string body = "") => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{method} {dialog.Target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bK{Port}-{call}{branch}\r\nMax-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1:{Port}>;tag=p{call}\r\nTo: <{Target}>{(dialog.Tag.Length == 0 ? "" : ";tag=" + dialog.Tag)}\r\n{dialog.Routes}Call-ID: {CallId(call)}\r\nCSeq: {cseq} {method}\r\nContact: <sip:probe@127.0.0.1:{Port}>\r\n{(body.Length == 0 ? "" : "Content-Type: application/sdp\r\n")}Content-Length: {body.Length}\r\n\r\n{body}"));

    private string CallId(int call) => string.Create(CultureInfo.InvariantCulture, $"probe-{Port}-{call}");

    private static string TagOf(string response)
    {
        var at = response.IndexOf("\r\nTo: ", StringComparison.Ordinal);
        var line = response[(at + 2)..response.IndexOf('\r', at + 2)];
        return line[(line.IndexOf(";tag=", StringComparison.Ordinal) + 5)..];
    }

    // What the callee said of the way to it.
    private sealed record Dialog(string Tag, string Target, string Routes)
    {
        public static Dialog Of(string response, string target)
        {
            var routes = "";
            foreach (var line in response.Split("\r\n"))
            {
                if (line.StartsWith("Record-Route: ", StringComparison.OrdinalIgnoreCase)) routes = $"Route: {line["Record-Route: ".Length..]}\r\n{routes}";
                if (line.StartsWith("Contact: <", StringComparison.OrdinalIgnoreCase)) target = line["Contact: <".Length..line.IndexOf('>', StringComparison.Ordinal)];
            }

            return new(TagOf(response), target, routes);
        }
    }
}
