using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CallActors.Benchmarks.Footprint;

/// <summary>`footprint`: what a call allocates, what it costs without a network, and what a living one holds; of server and runtime together; with `--sessions` the server keeps the calls.</summary>
internal static class FootprintBenchmark
{
    private const int Batch = 500;
    private const int Held = 5_000;

    public static int Run(Arguments arguments)
    {
        var seconds = arguments.Number("seconds", 4);
        var isKept = arguments.Flag("sessions");
        using var types = arguments.Flag("types") ? new AllocatedTypes() : null;
        Console.WriteLine("call        bytes a call  CPU µs a call");
        foreach (var scenario in new[] { "rejected", "answered" })
        {
            using var node = new MemoryNode(isKept);
            var phone = new PreparedPhone(node);
            for (var warm = Stopwatch.StartNew(); warm.Elapsed < TimeSpan.FromSeconds(seconds);) Play(phone, node, scenario);
            Thread.Sleep(500);
            var (best, bytes, rounds) = (double.MaxValue, 0L, 0);
            types?.Begin();
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(seconds); rounds++)
            {
                var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), Micro.ThreadTime.Now);
                Play(phone, node, scenario);
                best = Math.Min(best, (Micro.ThreadTime.Now - start).TotalMicroseconds / Batch);
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario,-10} {bytes / rounds / Batch,13} {best,14:F1}"));
            types?.Print(rounds * Batch);
        }

        Hold(isKept);
        return 0;
    }

    private static void Play(PreparedPhone phone, MemoryNode node, string scenario)
    {
        for (var call = 0; call < Batch; call++)
        {
            if (scenario == "rejected")
            {
                phone.IsRejected();
                continue;
            }

            phone.Answered();
            phone.HangsUp();
        }

        node.Rest();
        if (node.Living != 0) throw new InvalidOperationException($"{node.Living} calls are left.");
    }

    private static void Hold(bool isKept)
    {
        using var node = new MemoryNode(isKept);
        var phone = new PreparedPhone(node);
        Play(phone, node, "answered");
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        for (var call = 0; call < Held; call++) phone.Answered();
        node.Rest();
        var living = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"held: {(living - empty) / Held} bytes a living answered call, on the heap ({node.Living} live)"));
        GC.KeepAlive(phone);
    }
}

/// <summary>A phone that says what was prepared, over and over.</summary>
internal sealed class PreparedPhone(MemoryNode node)
{
    private const string Sdp = "v=0\r\no=- 1720000000 1720000000 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

    // Set aside: what a phone allocates is none of the node's.
    private readonly byte[] _text = new byte[2048];
    private readonly byte[] _tag = new byte[128];
    private int _tagLength;
    private int _call;

    public void IsRejected()
    {
        _call++;
        Send("INVITE", "busy", 1, default, withSdp: true);
        Expect("486");
        Send("ACK", "busy", 1, Tag(), withSdp: false);
    }

    public void Answered()
    {
        _call++;
        Send("INVITE", "echo", 1, default, withSdp: true);
        Expect("200");
        Send("ACK", "echo", 1, Tag(), withSdp: false);
    }

    public void HangsUp()
    {
        Send("BYE", "echo", 2, _tag.AsSpan(0, _tagLength), withSdp: false);
        Expect("200");
    }

    private void Expect(string status)
    {
        if (!node.Last.StartsWith("SIP/2.0 "u8) || !Ascii.Equals(node.Last.Slice(8, 3), status)) throw new InvalidOperationException($"Not {status} but {Encoding.ASCII.GetString(node.Last)}");
    }

    private ReadOnlySpan<byte> Tag()
    {
        var at = node.Last.IndexOf("\r\nTo: "u8);
        var to = node.Last[(at + 6)..];
        to = to[..to.IndexOf((byte)'\r')];
        to = to[(to.IndexOf(";tag="u8) + 5)..];
        to.CopyTo(_tag);
        _tagLength = to.Length;
        return _tag.AsSpan(0, _tagLength);
    }

    private void Send(string method, string user, int cseq, ReadOnlySpan<byte> tag, bool withSdp)
    {
        var branch = method == "BYE" || (method == "ACK" && user == "echo") ? method : "INVITE";
        Span<char> line = stackalloc char[2048];
        Span<char> tagText = stackalloc char[tag.Length];
        Encoding.ASCII.GetChars(tag, tagText);
        line.TryWrite(
            CultureInfo.InvariantCulture,
            $"{method} sip:{user}@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-{_call}-{branch}\r\nMax-Forwards: 70\r\nFrom: \"Benchmark Caller\" <sip:caller@10.0.0.2:5060>;tag=17t{_call}\r\nTo: <sip:{user}@10.0.0.1:5060>{(tag.IsEmpty ? "" : ";tag=")}{tagText}\r\nCall-ID: {_call}-17@10.0.0.2\r\nCSeq: {cseq} {method}\r\nContact: <sip:caller@10.0.0.2:5060;transport=udp>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE\r\nUser-Agent: benchmark caller\r\n{(withSdp ? "Content-Type: application/sdp\r\n" : "")}Content-Length: {(withSdp ? Sdp.Length : 0)}\r\n\r\n{(withSdp ? Sdp : "")}",
            out var length);
        var written = Encoding.ASCII.GetBytes(line[..length], _text);
        node.Send(_text.AsSpan(0, written));
    }
}
