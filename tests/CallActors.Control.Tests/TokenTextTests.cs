using CsCheck;

namespace CallActors.Control.Tests;

public sealed class TokenTextTests
{
    [Theory]
    [InlineData("0:0", "00:00:00.000000")]
    [InlineData("14:03:22.5001239", "14:03:22.500123")]
    [InlineData("23:59:59.9999999", "23:59:59.999999")]
    [InlineData("09:08:07.0000010", "09:08:07.000001")]
    [InlineData("3.09:08:07.0203040", "09:08:07.020304")]
    [InlineData("-01:00:00", "23:00:00.000000")]
    public void A_time_is_written_in_microseconds(string time, string expected)
    {
        Span<byte> text = stackalloc byte[ControlTime.Length];
        ControlTime.Write(TimeSpan.Parse(time, null), text);
        Assert.Equal(expected, Wire.Text(text));
    }

    [Fact]
    public void A_point_in_time_is_written_in_utc()
    {
        Span<byte> text = stackalloc byte[ControlTime.Length];
        ControlTime.Write(new DateTimeOffset(2026, 10, 1, 1, 30, 15, 250, TimeSpan.FromHours(2)), text);
        Assert.Equal("23:30:15.250000", Wire.Text(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("14:03:22")]
    [InlineData("24:00:00.000000")]
    [InlineData("14:60:22.500123")]
    [InlineData("14:03:60.500123")]
    [InlineData("14:03:22,500123")]
    [InlineData("14:03:22.50012x")]
    [InlineData("-4:03:22.500123")]
    [InlineData("14:03:22.5001234")]
    public void What_is_no_time_is_not_read(string text) => Assert.False(ControlTime.TryRead(Wire.Bytes(text), out _));

    [Fact]
    public void Whatever_the_time_it_is_read_again() =>
        Gen.Long[0, TimeSpan.TicksPerDay / 10 - 1].Sample(microseconds =>
        {
            Span<byte> text = stackalloc byte[ControlTime.Length];
            ControlTime.Write(TimeSpan.FromMicroseconds(microseconds), text);
            return ControlTime.TryRead(text, out var read) && read.Ticks == microseconds * 10;
        });

    [Fact]
    public void Whatever_the_number_its_uuid_text_is_that_of_a_guid_and_is_read_again() =>
        Gen.Guid.Sample(guid =>
        {
            Span<byte> text = stackalloc byte[UuidText.Length];
            UuidText.Write(guid, text);
            if (Wire.Text(text) != guid.ToString("D") || !UuidText.TryRead(text, out var value)) return false;

            Span<byte> again = stackalloc byte[UuidText.Length];
            UuidText.Write(value, again);
            return again.SequenceEqual(text);
        });

    [Fact]
    public void The_most_significant_bits_come_first()
    {
        Span<byte> text = stackalloc byte[UuidText.Length];
        UuidText.Write((UInt128)0x0123456789abcdef << 64 | 0xfedcba9876543210, text);
        Assert.Equal("01234567-89ab-cdef-fedc-ba9876543210", Wire.Text(text));
        Assert.Throws<ArgumentException>(() => UuidText.Write(default(Guid), new byte[35]));
    }

    [Fact]
    public void Version_4_keeps_the_other_122_bits()
    {
        Span<byte> text = stackalloc byte[UuidText.Length];
        UuidText.Write(UuidText.AsVersion4(UInt128.MaxValue), text);
        Assert.Equal("ffffffff-ffff-4fff-bfff-ffffffffffff", Wire.Text(text));
        UuidText.Write(UuidText.AsVersion4(0), text);
        Assert.Equal("00000000-0000-4000-8000-000000000000", Wire.Text(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01234567-89ab-cdef-fedc-ba987654321")]
    [InlineData("01234567-89ab-cdef-fedc-ba98765432100")]
    [InlineData("01234567-89AB-cdef-fedc-ba9876543210")]
    [InlineData("01234567089ab-cdef-fedc-ba9876543210")]
    [InlineData("0123456g-89ab-cdef-fedc-ba9876543210")]
    [InlineData("01234567-89ab-cdef-fedc--a9876543210")]
    public void What_is_no_uuid_text_is_not_read(string text) => Assert.False(UuidText.TryRead(Wire.Bytes(text), out _));

    [Theory]
    [InlineData("k7@198.51.100.4;from-tag=ca11", "k7@198.51.100.4;from-tag=ca11")]
    [InlineData("a|b\r\nc\n|", "a_b__c__")]
    [InlineData("", "")]
    public void What_no_token_may_contain_is_replaced_byte_by_byte(string token, string expected)
    {
        var bytes = Wire.Bytes(token);
        Assert.Equal(token == expected, ControlTokens.IsClean(bytes));
        ControlTokens.Clean(bytes);
        Assert.Equal(expected, Wire.Text(bytes));
    }

    [Fact]
    public void Every_word_is_found_again()
    {
        foreach (var transport in Enum.GetValues<MessageTransport>()) Assert.Equal(transport, MessageTransits.FindTransport(transport.Name()));
        Assert.Equal(MessageTransport.Unknown, MessageTransits.FindTransport("sctp"u8));
        foreach (var source in Enum.GetValues<MessageSource>())
        {
            Assert.True(MessageTransits.TryFind(source.Name(), out var found));
            Assert.Equal(source, found);
        }
        Assert.False(MessageTransits.TryFind("Network"u8, out _));
    }
}
