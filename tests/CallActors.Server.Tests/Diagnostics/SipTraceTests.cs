using System.Net;
using System.Text;
using CallActors.Net;
using CallActors.Server.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CallActors.Server.Tests.Diagnostics;

public sealed class SipTraceTests
{
    private readonly Recorder _log = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2024, 3, 1, 9, 15, 0, TimeSpan.Zero).AddTicks(1_231_110));
    private readonly NetAddress _peer = NetAddress.Of(IPAddress.Parse("198.51.100.4"), 5060);

    private SipTrace Trace => new(_log, _clock);

    [Fact]
    public void A_message_is_written_below_a_line_that_says_where_it_came_from()
    {
        Trace.Received(NetProtocol.Udp, _peer, "INVITE sip:200@203.0.113.9 SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nContent-Length: 7\r\n\r\nv=0\r\no=x"u8);
        Assert.Equal(
            "recv 85 bytes from udp/[198.51.100.4]:5060 at 09:15:00.123111:\n" +
            "INVITE sip:200@203.0.113.9 SIP/2.0\nVia: SIP/2.0/UDP a\nContent-Length: 7\n\nv=0\no=x\n",
            Assert.Single(_log.Lines));
    }

    [Theory]
    [InlineData(NetProtocol.Udp, "udp")]
    [InlineData(NetProtocol.Tcp, "tcp")]
    [InlineData(NetProtocol.Tls, "tls")]
    [InlineData(NetProtocol.Ws, "ws")]
    [InlineData(NetProtocol.Wss, "wss")]
    public void A_message_sent_says_where_to(NetProtocol protocol, string name)
    {
        Trace.Sent(protocol, NetAddress.Of(IPAddress.Parse("2001:db8::7"), 5061), "SIP/2.0 200 OK\r\n\r\n"u8);
        Assert.Equal($"send 18 bytes to {name}/[2001:db8::7]:5061 at 09:15:00.123111:\nSIP/2.0 200 OK\n\n", Assert.Single(_log.Lines));
    }

    [Theory]
    [InlineData("Authorization: Digest username=\"bob\", response=\"0123\"", "Authorization: Digest ***")]
    [InlineData("proxy-authorization:Digest response=\"0123\"", "proxy-authorization:Digest ***")]
    [InlineData("AUTHORIZATION \t:  Bearer 0123", "AUTHORIZATION \t:  Bearer ***")]
    [InlineData("Authorization: 0123", "Authorization: ***")]
    [InlineData("Authorization: Digest username=\"bob\",\r\n response=\"0123\",\r\n\tnc=1", "Authorization: Digest ***")]
    [InlineData("Authorization:\r\n Digest response=\"0123\"", "Authorization:***")]
    public void What_proves_an_identity_is_masked(string header, string shown)
    {
        Trace.Received(NetProtocol.Udp, _peer, Encoding.UTF8.GetBytes($"REGISTER sip:a SIP/2.0\r\nVia: v\r\n{header}\r\nCSeq: 1 REGISTER\r\n\r\n"));
        Assert.EndsWith($":\nREGISTER sip:a SIP/2.0\nVia: v\n{shown}\nCSeq: 1 REGISTER\n\n", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_looks_like_a_credential_is_shown()
    {
        Trace.Received(NetProtocol.Udp, _peer, "SIP/2.0 401 No\r\nWWW-Authenticate: Digest realm=\"a\",\r\n nonce=\"b\"\r\n\r\nAuthorization: in a body\r\n"u8);
        Assert.EndsWith("WWW-Authenticate: Digest realm=\"a\",\n nonce=\"b\"\n\nAuthorization: in a body\n", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_a_message_can_drive_a_terminal()
    {
        Trace.Received(NetProtocol.Udp, _peer, "A sip:\u001b[2J\0\u0085 SIP/2.0\r\nX: \tü\r\n\r\n\u0007"u8);
        Assert.EndsWith(":\nA sip:.[2J.. SIP/2.0\nX: \tü\n\n.\n", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_bytes_arrive_the_trace_bears_them()
    {
        var random = new Random(4475);
        for (var length = 0; length < 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Trace.Received(NetProtocol.Udp, _peer, bytes);
        }
        Assert.Equal(300, _log.Lines.Count);
    }

    [Fact]
    public void Switched_off_it_writes_nothing_and_allocates_nothing()
    {
        _log.Least = LogLevel.Warning;
        var trace = Trace;
        trace.Received(NetProtocol.Udp, _peer, "OPTIONS sip:a SIP/2.0\r\n\r\n"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) trace.Sent(NetProtocol.Udp, _peer, "OPTIONS sip:a SIP/2.0\r\n\r\n"u8);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.False(trace.IsOn);
        Assert.Empty(_log.Lines);
    }

    private sealed class Recorder : ILogger
    {
        public LogLevel Least { get; set; } = LogLevel.Information;

        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Information, logLevel);
            Lines.Add(formatter(state, exception));
        }
    }
}
