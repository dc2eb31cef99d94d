using System.Diagnostics;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CsCheck;

namespace CallActors.Sip.Tests.Headers;

public sealed class HeaderSyntaxTests
{
    private static readonly byte[] Separators = [.. "\";,<>()\\%=@:?[]* \r\n\t\0/"u8];

    private static Gen<byte> Separator => Gen.Int[0, Separators.Length - 1].Select(index => Separators[index]);

    public static TheoryData<SipHeaderId, string, bool> Rows
    {
        get
        {
            var rows = new TheoryData<SipHeaderId, string, bool>();
            foreach (var (id, value, isValid) in SampleValues.All) rows.Add(id, value, isValid);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Accepts_what_the_grammar_allows(SipHeaderId id, string value, bool isValid) =>
        Assert.Equal(isValid, HeaderSyntax.IsValid(id, SampleValues.Bytes(value)));

    [Fact]
    public void Every_known_header_has_a_good_and_a_bad_sample() => Assert.All(Enum.GetValues<SipHeaderId>(), id =>
    {
        Assert.Contains(SampleValues.All, row => row.Id == id && row.IsValid);
        Assert.Contains(SampleValues.All, row => row.Id == id && !row.IsValid);
    });

    [Fact]
    public void Every_prefix_of_every_sample_is_read_or_refused()
    {
        foreach (var (_, value, _) in SampleValues.All)
        {
            var bytes = SampleValues.Bytes(value);
            for (var length = 0; length <= bytes.Length; length++) SampleValues.ReadAsEverything(bytes.AsSpan(0, length));
        }
    }

    [Fact]
    public void Whatever_bytes_are_changed_a_value_is_read_or_refused() =>
        Gen.Select(Gen.Int[0, SampleValues.All.Length - 1], Gen.Select(Gen.Int[0, 400], Gen.OneOf(Gen.Byte, Separator)).Array[1, 6]).Sample(
            (sample, changes) =>
            {
                var bytes = SampleValues.Bytes(SampleValues.All[sample].Value);
                foreach (var (at, value) in changes) if (bytes.Length > 0) bytes[at % bytes.Length] = value;
                SampleValues.ReadAsEverything(bytes);
            },
            iter: 5_000);

    [Theory]
    [InlineData("(")]
    [InlineData(" (")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("<")]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData(";a")]
    [InlineData("%41")]
    [InlineData("\r\n ")]
    [InlineData("a ")]
    public void A_hundred_thousand_of_anything_takes_no_time_and_no_stack(string unit)
    {
        var bytes = SampleValues.Bytes(string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length)));
        byte[][] texts = [bytes, [.. "sip:a@b"u8, .. bytes], [.. "<sip:a@b>"u8, .. bytes], [.. "1 ("u8, .. bytes]];
        var clock = Stopwatch.StartNew();
        foreach (var text in texts) SampleValues.ReadAsEverything(text);

        // Some ninety readers read each text: all of them together need about a second, and its square would be many minutes.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }
}
