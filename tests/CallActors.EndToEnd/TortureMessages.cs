using System.Diagnostics;
using System.Text.RegularExpressions;
using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>One server and one application for all rows; at the end nothing may be left of them.</summary>
public sealed class TortureServer : IAsyncLifetime
{
    internal ServerProcess Server { get; private set; } = null!;

    internal PlainApplication Application { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(new ServerOptions { LogLevel = "error" });
        Application = await PlainApplication.StartAsync(
            Server, request => request.Method == "INVITE" ? "SIP/2.0 486 Busy Here" : "SIP/2.0 200 OK", "invite", "register", "options", "message");
    }

    public async Task DisposeAsync()
    {
        var status = await Server.SettleAsync();
        Application.Dispose();
        await Server.DisposeAsync();
        Assert.True(status.IsEmpty, $"Left after the torture messages: {status.Left}");
    }
}

/// <summary>
/// The 49 messages of RFC 4475. Each gets one of the answers named here, from the server where it cannot be read and from the application
/// (486 to INVITE, 200 to others) where it can; and a healthy request on the same socket is answered afterwards.
/// </summary>
public sealed partial class TortureMessages(TortureServer fixture) : IClassFixture<TortureServer>
{
    /// <summary>No answer at all.</summary>
    private const int Silence = 0;

    /// <summary>Name, the answers that are right, and whether a stream may be closed because its framing is lost.</summary>
    public static TheoryData<string, int[], bool> Rows => new()
    {
        // 3.1.1: valid messages
        { "wsinv", [486, 481], false },
        { "intmeth", [501, 405], false },
        { "esc01", [486], false },
        { "escnull", [200], false },
        { "esc02", [501, 405], false },
        { "lwsdisp", [200], false },
        { "longreq", [486], false },
        { "dblreq", [200], false },
        { "semiuri", [200], false },
        { "transports", [200], false },
        { "mpart01", [200], false },
        { "unreason", [Silence], false },
        { "noreason", [Silence], false },

        // 3.1.2: invalid messages
        { "badinv01", [400], false },
        { "clerr", [400], true },
        { "ncl", [400], true },
        { "scalar02", [400], false },
        { "scalarlg", [Silence], false },
        { "quotbal", [400], false },
        { "ltgtruri", [400], false },
        { "lwsruri", [400], false },
        { "lwsstart", [400], false },
        { "trws", [400, 200], false },
        { "escruri", [400, 486], false },
        { "baddate", [486, 400], false },
        { "regbadct", [400], false },
        { "badaspec", [400], false },
        { "baddn", [400, 200], false },
        { "badvers", [505], false },
        { "mismatch01", [400], false },
        { "mismatch02", [501, 400], false },
        { "bigcode", [Silence], false },

        // 3.2 to 3.4: transaction, application and backward compatibility
        { "badbranch", [400, 200], false },
        { "insuf", [400, Silence], false },
        { "unkscm", [416, 200], false },
        { "novelsc", [416, 200], false },
        { "unksm2", [200, 400], false },
        { "bext01", [420, 200], false },
        { "invut", [415, 486], false },
        { "regaut01", [200, 401], false },
        { "multi01", [400], false },
        { "mcl01", [400], true },
        { "bcast", [Silence], false },
        { "zeromf", [200], false },
        { "cparam01", [200], false },
        { "cparam02", [200], false },
        { "regescrt", [200], false },
        { "sdp01", [486, 406, 400], false },
        { "inv2543", [486], true },
    };

    [TortureTheory]
    [MemberData(nameof(Rows))]
    public async Task Over_udp(string name, int[] answers, bool breaksStream)
    {
        Assert.NotNull(answers);
        _ = breaksStream;
        using var peer = new UdpPeer(fixture.Server.Udp);

        await peer.SendAsync(Read(name, "UDP"));

        Assert.Null(await WrongAsync(peer, name, answers));
    }

    [TortureTheory]
    [MemberData(nameof(Rows))]
    public async Task Over_tcp_split_at_every_offset(string name, int[] answers, bool breaksStream)
    {
        Assert.NotNull(answers);
        var message = Read(name, "TCP");
        if (name is "clerr" or "inv2543")
        {
            // The length is wrong or missing, as no stream allows: what is answered is open, but nobody else may wait for it.
            using var waiting = await TcpPeer.ConnectAsync(fixture.Server.Tcp);
            await waiting.SendAsync(RawPeer.Bytes.GetString(message).Replace("Call-ID: ", "Call-ID: tcp", StringComparison.Ordinal));
            using var other = await TcpPeer.ConnectAsync(fixture.Server.Tcp);
            Assert.True(await IsHealthyAsync(other), "Another connection goes on.");
            return;
        }

        var peer = await TcpPeer.ConnectAsync(fixture.Server.Tcp);
        try
        {
            for (var offset = 1; offset < message.Length; offset++)
            {
                await peer.SendAsync(message.AsMemory(0, offset));
                LetItArrive();
                await peer.SendAsync(message.AsMemory(offset));
                if (breaksStream)
                {
                    Assert.Contains(await AnswerAsync(peer, name), answers);
                    peer.Dispose();
                    peer = await TcpPeer.ConnectAsync(fixture.Server.Tcp);
                    Assert.True(await IsHealthyAsync(peer), "The next connection is served.");
                }
                else
                {
                    var wrong = await WrongAsync(peer, name, answers);
                    Assert.True(wrong is null, $"Split at {offset}: {wrong}");
                }
            }
        }
        finally
        {
            peer.Dispose();
        }
    }

    [TortureFact]
    public async Task A_binary_body_reaches_the_application_whole()
    {
        using var peer = new UdpPeer(fixture.Server.Udp);
        var message = RawPeer.Bytes.GetBytes(RawPeer.Bytes.GetString(Read("mpart01", "UDP")).Replace("branch=z9hG4bK", "branch=z9hG4bKonce", StringComparison.Ordinal));

        await peer.SendAsync(message);
        Assert.NotNull(await peer.ReceiveAsync(200, "MESSAGE"));

        var shown = fixture.Application.Shown.Last(request => request.Method == "MESSAGE");
        var body = RawPeer.Bytes.GetString(message).Split("\r\n\r\n", 2)[1];
        Assert.Equal(System.Text.Encoding.UTF8.GetString(RawPeer.Bytes.GetBytes(body)), shown.Text.Split("\r\n\r\n", 2)[1]);
    }

    /// <summary>The message as it would come over the transport under test: only the top Via says so.</summary>
    private static byte[] Read(string name, string transport)
    {
        var text = TopVia().Replace(RawPeer.Bytes.GetString(File.ReadAllBytes(Path.Combine(Tools.TortureMessages!, name + ".dat"))), "$1" + transport, 1);
        // An INVITE that nobody acknowledges lives for 64·T1: the same branch by the other transport would be its retransmission (RFC 3261 §17.2.3), answered there.
        return RawPeer.Bytes.GetBytes(name == "badbranch" ? text : text.Replace("branch=z9hG4bK", "branch=z9hG4bK" + transport, StringComparison.Ordinal));
    }

    /// <summary>What is wrong with the answer to the message just sent, or with the health of the socket it was sent on; null when all is well.</summary>
    private static async Task<string?> WrongAsync(RawPeer peer, string name, int[] answers)
    {
        // Silence is certain once a later request was answered.
        var silent = answers.Contains(Silence);
        var answer = silent ? Silence : await AnswerAsync(peer, name);
        if (!await IsHealthyAsync(peer))
            return "a healthy OPTIONS on the same socket is not answered";
        if (silent)
            answer = (await peer.ReceiveAsync(message => message.Status >= 200 && !IsOurs(message), 1))?.Status ?? Silence;
        return answers.Contains(answer) ? null : $"{answer} instead of {string.Join(" or ", answers)}";
    }

    // Over a stream the second request of dblreq is a request like any other; its answer is not the one looked for.
    private static async Task<int> AnswerAsync(RawPeer peer, string name) =>
        (await peer.ReceiveAsync(message => message.Status >= 200 && !IsOurs(message) && !(name == "dblreq" && message.Method == "INVITE")))?.Status ?? Silence;

    private static async Task<bool> IsHealthyAsync(RawPeer peer)
    {
        var request = peer.Request("OPTIONS", peer.Local);
        var callId = new TracedMessage(true, "", request).Header("Call-ID");
        await peer.SendAsync(request);
        return await peer.ReceiveAsync(message => message.Status == 200 && message.Header("Call-ID") == callId) is not null;
    }

    private static bool IsOurs(TracedMessage message) => message.Method == "OPTIONS" && message.Header("From")!.Contains("raw@", StringComparison.Ordinal);

    /// <summary>Time for the first half to be read by itself; too little harms nothing, then both halves are read as one.</summary>
    private static void LetItArrive()
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < 80)
            Thread.Yield();
    }

    [GeneratedRegex(@"(SIP\s*/\s*[27]\.0\s*/\s*)\w+")]
    private static partial Regex TopVia();
}

/// <summary>Needs the messages of RFC 4475, which are data of their own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TortureFactAttribute : FactAttribute
{
    internal const string Reason = "the RFC 4475 messages are not at hand: set CALLACTORS_RFC4475, or lay them in ../shared/data/rfc4475";

    public TortureFactAttribute() => Skip = Tools.TortureMessages is null ? Reason : null;
}

/// <summary>The same for rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TortureTheoryAttribute : TheoryAttribute
{
    public TortureTheoryAttribute() => Skip = Tools.TortureMessages is null ? TortureFactAttribute.Reason : null;
}
