using System.Globalization;
using System.Text;

namespace CallActors.Benchmarks.Calls;

/// <summary>One call of the probe: what it sends, when its INVITE was due, and when the final response came.</summary>
internal sealed class ProbedCall
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

    // T2 (RFC 3261 §17.1.2.2); an INVITE's interval has no bound. Neither gives up: 64·T1 is about as long as a run.
    private static readonly TimeSpan s_longestOfBye = TimeSpan.FromSeconds(4);

    private readonly int _number;
    private readonly int _port;
    private readonly string _target;

    public ProbedCall(int number, int port, string target, TimeSpan due)
    {
        (_number, _port, _target, Due) = (number, port, target, due);
        Invite = new(Message("INVITE", 1, target, "", "", "i", Sdp), TimeSpan.MaxValue);
    }

    public TimeSpan Due { get; }

    /// <summary>When the final response came; null as long as none has.</summary>
    public TimeSpan? Answered { get; private set; }

    public ProbedRequest Invite { get; }

    /// <summary>For each final response to the INVITE, once it is answered.</summary>
    public byte[] Ack { get; private set; } = [];

    /// <summary>Null unless the INVITE was accepted.</summary>
    public ProbedRequest? Bye { get; private set; }

    /// <summary>The Call-ID of a call of the probe at this port.</summary>
    public static string Id(int port, string number) => string.Create(CultureInfo.InvariantCulture, $"probe-{port}-{number}");

    /// <summary>The first final response to the INVITE.</summary>
    public void Answer(string response, TimeSpan at)
    {
        Answered = at;
        var tag = TagOf(response);
        if (response[8] != '2')
        {
            // RFC 3261 §17.1.1.3: the INVITE's own branch and Request-URI.
            Ack = Message("ACK", 1, _target, tag, "", "i");
            return;
        }

        // RFC 3261 §12.1.2: the remote target is the Contact, the route set what was recorded, the last first.
        var (target, routes) = (_target, "");
        foreach (var line in response.Split("\r\n"))
        {
            if (line.StartsWith("Record-Route: ", StringComparison.OrdinalIgnoreCase)) routes = $"Route: {line["Record-Route: ".Length..]}\r\n{routes}";
            if (line.StartsWith("Contact: <", StringComparison.OrdinalIgnoreCase)) target = line["Contact: <".Length..line.IndexOf('>', StringComparison.Ordinal)];
        }

        Ack = Message("ACK", 1, target, tag, routes, "a");
        Bye = new(Message("BYE", 2, target, tag, routes, "b"), s_longestOfBye);
    }

    private static string TagOf(string response)
    {
        var at = response.IndexOf("\r\nTo: ", StringComparison.Ordinal);
        var line = response[(at + 2)..response.IndexOf('\r', at + 2)];
        var tag = line.IndexOf(";tag=", StringComparison.Ordinal);
        return tag < 0 ? "" : line[(tag + ";tag=".Length)..];
    }

    private byte[] Message(string method, int cseq, string target, string tag, string routes, string branch, string body = "") => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{_port};branch=z9hG4bK{_port}-{_number}{branch}\r\nMax-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1:{_port}>;tag=p{_number}\r\nTo: <{_target}>{(tag.Length == 0 ? "" : ";tag=" + tag)}\r\n{routes}Call-ID: {Id(_port, _number.ToString(CultureInfo.InvariantCulture))}\r\nCSeq: {cseq} {method}\r\nContact: <sip:probe@127.0.0.1:{_port}>\r\n{(body.Length == 0 ? "" : "Content-Type: application/sdp\r\n")}Content-Length: {body.Length}\r\n\r\n{body}"));
}

/// <summary>A request over UDP, repeated until it has a response (RFC 3261 §17.1.1.2, §17.1.2.2).</summary>
internal sealed class ProbedRequest(byte[] bytes, TimeSpan longest)
{
    // T1.
    private TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    public byte[] Bytes => bytes;

    public bool HasResponse { get; set; }

    /// <summary>How long to wait before it is sent once more: twice as long each time.</summary>
    public TimeSpan NextInterval()
    {
        var interval = _interval;
        _interval = 2 * interval < longest ? 2 * interval : longest;
        return interval;
    }
}
