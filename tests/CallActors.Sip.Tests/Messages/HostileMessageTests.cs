using System.Diagnostics;
using System.Text;
using CallActors.Sip.Messages;
using static CallActors.Sip.Messages.SipRejection;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>What has brought other parsers down, or past them: each pattern once, with what becomes of it here.</summary>
public sealed class HostileMessageTests
{
    private static readonly string Filler = new('A', 60_000);

    public static TheoryData<string, byte[], SipRejection> Patterns => new()
    {
        { "a CSeq method of 60 kB", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: 1 {Filler}\n\n"), CSeqMethodMismatch },
        { "a CSeq number of 60 kB", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: {new string('1', 60_000)} OPTIONS\n\n"), BadCSeq },
        { "a CSeq number of zeros", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: {new string('0', 60_000)}7 OPTIONS\n\n"), None },
        { "a branch of 60 kB", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual.Replace("bKa", "bK" + Filler, StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), None },
        { "a From tag of 60 kB", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual.Replace("tag=f", "tag=" + Filler, StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), None },
        { "a From tag with an open quote", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual.Replace("tag=f", "tag=\"f", StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), BadFrom },
        { "a branch of separators", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual.Replace("z9hG4bKa", ";;;;====", StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), BadVia },
        { "200 Accept headers", Options(string.Concat(Enumerable.Repeat("Accept: application/sdp\n", 200))), None },
        { "10,000 headers", Options(string.Concat(Enumerable.Repeat("X-A: y\n", 10_000))), TooManyHeaders },
        { "1,000 Via headers", Options(string.Concat(Enumerable.Repeat("v: SIP/2.0/UDP h;branch=z9hG4bKa\n", 1_000))), TooManyHeaders },
        { "a list of 20,000 Via values", Options($"v: a{string.Concat(Enumerable.Repeat(",b", 20_000))}\n"), None },
        { "a header of 1 MB", Options($"X: {new string('y', 1_000_000)}\n"), HeaderSectionTooLarge },
        { "a header name of 60 kB", Options($"{Filler}: y\n"), None },
        { "60 kB of blanks before a value", Options($"X:{new string(' ', 60_000)}y\n"), None },
        { "20,000 folds", Options($"X: a{string.Concat(Enumerable.Repeat("\n ", 20_000))}\n"), None },
        { "100,000 open quotes", Options($"Contact: {new string('"', 60_001)}\n"), BadContact },
        { "60,000 open brackets", Options($"Contact: {new string('<', 60_000)}\n"), BadContact },
        { "60,000 backslashes in quotes", Options($"Contact: \"{new string('\\', 59_000)}\" <sip:a@b>\n"), None },
        { "a From of semicolons", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual.Replace("tag=f", new string(';', 60_000), StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), BadFrom },
        { "30,000 parameters", Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual.Replace("tag=f", "tag=f" + string.Concat(Enumerable.Repeat(";a", 29_000)), StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), None },
        { "a Request-URI of 60 kB", Options(uri: $"sip:{Filler}@c"), None },
        { "a Request-URI of at signs", Options(uri: $"sip:{new string('@', 60_000)}"), BadRequestUri },
        { "format strings", Bytes($"OPTIONS sip:%s%n%x@c SIP/2.0\n{Usual.Replace("a@example", "%n%n@example", StringComparison.Ordinal)}CSeq: 1 OPTIONS\n\n"), BadRequestUri },
        { "over-long UTF-8", Encoding.Latin1.GetBytes(Text(Options("Subject: \u00c0\u00af\u00ff\u00fe\n"))), None },
        { "a NUL at the end of a name", Encoding.Latin1.GetBytes(Text(Options("X\0: y\n"))), NulOctet },
        { "only line breaks", Bytes(new string('\n', 30_000)), Empty },
        { "64 kB of NUL", new byte[65_507], NulOctet },
        { "64 kB of one letter", Encoding.ASCII.GetBytes(Filler), HeadersUnterminated },
        { "64 kB of colons", Encoding.ASCII.GetBytes(new string(':', 65_507)), HeadersUnterminated },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_known_attack_gets_its_verdict_in_time_and_space(string what, byte[] bytes, SipRejection reason)
    {
        SipParser.Parse(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        var result = SipParser.Parse(bytes);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(reason == result.Error.Reason, $"{what}: {result.Error}");
        if (reason == None) FixedPoint.Check(result.Message!, what);
        // The bounds are wide on purpose: they catch what grows with the square of the size, not a busy machine.
        Assert.True(elapsed < TimeSpan.FromSeconds(1), $"{what}: {elapsed}");
        Assert.True(allocated < 2_000 + (5 * bytes.Length), $"{what}: {allocated} bytes");
    }

    [Theory]
    [InlineData("Diversion : <sip:x@y>")]
    [InlineData("diversion\t:<sip:x@y>")]
    [InlineData("DIVERSION  \t : \n\t<sip:x@y>")]
    public void A_blank_before_the_colon_hides_no_header_from_its_filter(string line)
    {
        var message = Request(Options(line + "\n"));
        Assert.Equal("<sip:x@y>", Text(message.First(SipHeaderId.Diversion)));
        Assert.Equal(1, message.Count(SipHeaderId.Diversion));
    }

    [Theory]
    [InlineData("X: a\nContent-Length: 5")]
    [InlineData("X: a\rContent-Length: 5")]
    [InlineData("X: a\n\nOPTIONS")]
    public void A_header_behind_a_lone_line_break_is_refused_rather_than_seen_by_some(string smuggled)
    {
        var bytes = Encoding.Latin1.GetBytes(Text(Options()).Replace("\r\n\r\n", $"\r\n{smuggled}\r\n\r\n", StringComparison.Ordinal));
        Assert.Equal(LoneLineBreak, SipParser.Parse(bytes).Error.Reason);
    }

    [Fact]
    public void Two_lengths_never_give_two_readings()
    {
        foreach (var (first, second) in new[] { ("Content-Length: 0", "l: 4"), ("l: 4", "Content-Length : 0"), ("l: 4", "L: 4") })
        {
            var bytes = Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: 1 OPTIONS\n{first}\n{second}\n\nbody");
            Assert.Equal(RepeatedHeader, SipParser.Parse(bytes).Error.Reason);
            Assert.Equal(RepeatedHeader, SipParser.Parse(bytes, isStream: true).Error.Reason);
            Assert.Equal(SipFrameKind.Broken, new SipStreamFramer(null).Next(bytes).Kind);
        }
    }

    [Fact]
    public void What_stands_behind_the_length_of_a_datagram_is_no_part_of_the_message()
    {
        var bytes = Bytes($"OPTIONS sip:b@c SIP/2.0\n{Usual}CSeq: 1 OPTIONS\nl: 4\n\nbodyINVITE sip:evil SIP/2.0\n\n");
        var result = SipParser.Parse(bytes);
        Assert.Equal("body", Text(result.Message!.Body));
        Assert.EndsWith("\r\n\r\nbody", Text(result.Message.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_are_the_callers()
    {
        var limits = new SipParserLimits { MaxHeaders = 5, MaxHeaderSection = 300, MaxMessage = 330 };
        Assert.Equal(None, SipParser.Parse(Options(), limits: limits).Error.Reason);
        Assert.Equal(TooManyHeaders, SipParser.Parse(Options("X: y\n"), limits: limits).Error.Reason);
        Assert.Equal(HeaderSectionTooLarge, SipParser.Parse(Options($"X: {new string('y', 300)}\n"), limits: limits with { MaxHeaders = 9 }).Error.Reason);
        Assert.Equal(MessageTooLarge, SipParser.Parse(Options("l: 200\n"), limits: limits with { MaxHeaders = 9 }).Error.Reason);
        Assert.Equal(MessageTooLarge, SipParser.Parse(Options("l: 200\n"), limits: limits with { MaxHeaders = 9 }, isStream: true).Error.Reason);
        Assert.Equal(HeaderSectionTooLarge, SipParser.Parse(Options($"X: {new string('y', 300)}\n").AsSpan(0, 400), limits: limits with { MaxHeaders = 9 }, isStream: true).Error.Reason);
    }

    [Fact]
    public void The_sample_is_parsed_in_less_than_two_kilobytes()
    {
        for (var round = 0; round < 20; round++) SipParser.Parse(InviteSample.Bytes, new ViaStamp("203.0.113.9"u8, 5060));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) SipParser.Parse(InviteSample.Bytes, new ViaStamp("203.0.113.9"u8, 5060));
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.InRange(each, 900, 1_400);
    }

    [Fact]
    public void A_message_that_trickles_in_is_looked_at_once()
    {
        // 60,000 arrivals of one byte: looking at everything each time would be 1.8 billion bytes of work.
        var bytes = Options($"X: {Filler}\n");
        var framer = new SipStreamFramer(null);
        var started = Stopwatch.GetTimestamp();
        for (var length = 1; length < bytes.Length; length++) Assert.Equal(SipFrameKind.NeedMore, framer.Next(bytes.AsSpan(0, length)).Kind);
        Assert.Equal(bytes.Length, framer.Next(bytes).Length);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2));
    }
}
