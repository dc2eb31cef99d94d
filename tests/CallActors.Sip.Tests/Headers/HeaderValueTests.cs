using System.Globalization;
using CallActors.Sip.Headers;
using CsCheck;
using static CallActors.Sip.Tests.Headers.SampleValues;

namespace CallActors.Sip.Tests.Headers;

/// <summary>What the typed values say of what they read; what they refuse stands in <see cref="SampleValues"/>.</summary>
public sealed class HeaderValueTests
{
    [Fact]
    public void CSeq_and_RAck_are_numbers_and_a_method()
    {
        Assert.True(CSeqView.TryParse("0009\r\n  INVITE"u8, out var cseq));
        Assert.Equal((9u, "INVITE"), (cseq.Number, Text(cseq.Method)));
        Assert.True(RAckView.TryParse(" 776656\t1 INVITE"u8, out var rack));
        Assert.Equal((776656u, 1u, "INVITE"), (rack.ResponseNumber, rack.CSeq, Text(rack.Method)));
    }

    [Theory]
    [InlineData("1800", 1800u, SessionRefresher.Unspecified)]
    [InlineData("90 ;refresher=UAC", 90u, SessionRefresher.Uac)]
    [InlineData("4294967295;x;refresher=uas", 4294967295u, SessionRefresher.Uas)]
    public void Session_expires_says_who_refreshes(string text, uint seconds, SessionRefresher refresher)
    {
        Assert.True(SessionExpires.TryParse(Bytes(text), out var expires));
        Assert.Equal(new SessionExpires(seconds, refresher), expires);
    }

    [Fact]
    public void Whatever_session_interval_is_written_is_read_again() =>
        Gen.Select(Gen.UInt, Gen.Enum<SessionRefresher>(), (seconds, refresher) => new SessionExpires(seconds, refresher)).Sample(expires =>
        {
            Span<byte> text = stackalloc byte[SessionExpires.MaxLength + 2];
            return SessionExpires.TryParse(text[..expires.Write(text)], out var again) && again == expires;
        });

    [Fact]
    public void Token_lists_compare_tags_without_case_and_methods_with_it()
    {
        Assert.True(TokenList.Contains("timer, 100REL"u8, "100rel"u8));
        Assert.False(TokenList.Contains("timer, 100relx"u8, "100rel"u8));
        Assert.True(TokenList.ContainsMethod("INVITE,UPDATE"u8, "UPDATE"u8));
        Assert.False(TokenList.ContainsMethod("INVITE,update"u8, "UPDATE"u8));
    }

    [Theory]
    [InlineData("application/SDP;charset=x", "application", "SDP", "")]
    [InlineData("multipart / mixed ; Boundary=\"a b\\\"\"", "multipart", "mixed", "a b\\\"")]
    public void A_content_type_is_two_tokens(string text, string type, string subtype, string boundary)
    {
        Assert.True(ContentTypeValue.TryParse(Bytes(text), out var value));
        Assert.Equal((type, subtype, boundary), (Text(value.Type), Text(value.Subtype), Text(value.Boundary)));
        Assert.Equal(type == "multipart", value.IsMultipart);
    }

    [Theory]
    [InlineData("*/*", true)]
    [InlineData("application/*;q=0.2", true)]
    [InlineData("Application/Sdp", true)]
    [InlineData("application/sdp;q=0.0", false)]
    [InlineData("text/*", false)]
    public void A_media_range_covers_types(string range, bool covers)
    {
        Assert.True(ContentTypeValue.TryParse(Bytes(range), out var value));
        Assert.Equal(covers, value.Covers("application"u8, "sdp"u8));
    }

    [Fact]
    public void An_optional_body_is_optional_only_if_it_says_so()
    {
        Assert.True(ContentDispositionValue.TryParse("session;handling=Optional"u8, out var optional));
        Assert.True(ContentDispositionValue.TryParse("session"u8, out var required));
        Assert.True(optional.IsOptional);
        Assert.False(required.IsOptional);
    }

    [Fact]
    public void Events_match_by_type_and_id_byte_for_byte()
    {
        Assert.True(EventValue.TryParse("presence.winfo;id=4"u8, out var four));
        Assert.True(EventValue.TryParse("presence.winfo; x; ID=4"u8, out var again));
        Assert.True(EventValue.TryParse("Presence.winfo;id=4"u8, out var other));
        Assert.True(EventValue.TryParse("presence.winfo"u8, out var bare));
        Assert.Equal("presence", Text(four.Package));
        Assert.True(four.Matches(again));
        Assert.False(four.Matches(other));
        Assert.False(four.Matches(bare));
    }

    [Theory]
    [InlineData("active;expires=3600", SubscriptionStatus.Active, "", 3600L, null)]
    [InlineData("Pending", SubscriptionStatus.Pending, "", null, null)]
    [InlineData("terminated;reason=probation;retry-after=5", SubscriptionStatus.Terminated, "probation", null, 5L)]
    [InlineData("resting;expires=x", SubscriptionStatus.Other, "", null, null)]
    public void A_subscription_has_a_state(string text, SubscriptionStatus status, string reason, long? expires, long? retryAfter)
    {
        Assert.True(SubscriptionState.TryParse(Bytes(text), out var state));
        Assert.Equal((status, reason), (state.Status, Text(state.Reason)));
        Assert.Equal((expires, retryAfter), ((long?)state.Expires, (long?)state.RetryAfter));
    }

    [Fact]
    public void Refer_to_carries_a_method_and_headers()
    {
        Assert.True(ReferTo.TryParse("<sip:dave@denver.example.org;method=INVITE?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE>"u8, out var referTo));
        Assert.True(referTo.TryUri(out var uri));
        Assert.Equal("INVITE", Text(uri.Method));
        var pairs = uri.Headers.GetEnumerator();
        Assert.True(pairs.MoveNext());
        Assert.True(pairs.Current.TryHeader(new byte[uri.Text.Length], out var name, out var value));
        Assert.Equal("Replaces", Text(name));
        Assert.True(Replaces.TryParse(value, out var replaces));
        Assert.Equal(("12345@192.168.118.3", "12345", "5FFE", false), (Text(replaces.CallId), Text(replaces.ToTag), Text(replaces.FromTag), replaces.IsEarlyOnly));
    }

    [Fact]
    public void A_reason_has_protocol_cause_and_text()
    {
        Assert.True(ReasonValue.TryParse("SIP ;cause=200 ;text=\"Call completed \\\"elsewhere\\\"\""u8, out var reason));
        Assert.True(reason.IsOf("sip"u8));
        Assert.Equal(200u, reason.Cause);
        Assert.Equal("Call completed \"elsewhere\"", QuotedText.ToText(reason.Text));
    }

    [Fact]
    public void Retry_after_may_have_a_comment_and_a_duration()
    {
        Assert.True(RetryAfter.TryParse("120 (a (b) \\) c) ;duration=60"u8, out var retry));
        Assert.Equal((120u, 60u), (retry.Seconds, retry.Duration));
    }

    [Fact]
    public void A_warning_has_code_agent_and_text()
    {
        Assert.True(WarningValue.TryParse("307 isi.edu:5060 \"Session parameter 'foo' not understood\""u8, out var warning));
        Assert.Equal((307, "isi.edu:5060", "Session parameter 'foo' not understood"), (warning.Code, Text(warning.Agent), Text(warning.Text)));
    }

    [Theory]
    [InlineData("Sat, 13 Nov 2010 23:29:00 GMT", "2010-11-13T23:29:00Z")]
    [InlineData("13 Nov 2010 23:29:00 UTC", "2010-11-13T23:29:00Z")]
    [InlineData("Mon, 3 Nov 2010 23:29:00 gmt", "2010-11-03T23:29:00Z")]
    [InlineData("Fri, 01 Jan 2010 16:00:00 EST", null)]
    [InlineData("Nov, 13 Nov 2010 23:29:00 GMT", null)]
    [InlineData("", null)]
    public void A_date_is_in_GMT(string text, string? expected)
    {
        var isDate = SipDate.TryParse(Bytes(text), out var date);
        Assert.Equal(expected is not null, isDate);
        if (expected is not null) Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), date);
    }

    [Fact]
    public void Whatever_date_is_written_is_read_again() => Gen.Long[0, 4_000_000_000].Sample(seconds =>
    {
        Span<byte> text = stackalloc byte[SipDate.Length];
        var date = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return SipDate.Write(date, text) == SipDate.Length && SipDate.TryParse(text, out var again) && again == date;
    });

    [Fact]
    public void Privacy_lists_kinds()
    {
        Assert.True(PrivacyValue.Contains("header; ID"u8, "id"u8));
        Assert.False(PrivacyValue.Contains("header;idx"u8, "id"u8));
    }

    [Fact]
    public void A_timestamp_may_have_a_delay()
    {
        Assert.True(TimestampValue.TryParse("54.21 0.3"u8, out var stamp));
        Assert.Equal(("54.21", "0.3"), (Text(stamp.Time), Text(stamp.Delay)));
    }

    [Fact]
    public void Whatever_text_is_quoted_is_read_again_in_one_value() => Gen.String.Where(text => !text.AsSpan().ContainsAny('\r', '\n') && IsWellFormed(text)).Sample(text =>
    {
        var value = Bytes(QuotedText.Quote(text) + " <sip:a@b>");
        return NameAddrView.TryParse(value, out var address) && QuotedText.ToText(address.DisplayName) == text && QuotedText.Same(address.DisplayName, Bytes(text));
    });

    [Fact]
    public void A_quoted_text_cannot_bring_a_header_of_its_own() =>
        Assert.Equal("\"a  X: y\"", QuotedText.Quote("a\r\nX: y"));

    [Fact]
    public void Whatever_values_are_joined_by_commas_come_apart_again() =>
        Gen.Int[0, Values.Length - 1].Array[1, 12].Sample(indices =>
        {
            var values = indices.Select(index => Values[index]).ToList();
            var seen = new List<string>();
            foreach (var value in new SipListReader(Bytes(string.Join(" ,\r\n ", values)))) seen.Add(Text(value));
            return seen.SequenceEqual(values);
        });

    private static readonly string[] Values = ["a", "<sip:x,y@z>;p=\",\"", "\"q,\\\"(\" <sip:a@b>", "SIP/2.0/UDP h;branch=z9", "c (x, (y)) d"];

    // A lone surrogate has no UTF-8 form and comes back as U+FFFD.
    private static bool IsWellFormed(string text) => Text(Bytes(text)) == text;
}
