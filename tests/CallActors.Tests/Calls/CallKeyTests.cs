using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;

namespace CallActors.Tests.Calls;

public sealed class CallKeyTests
{
    private static readonly Gen<CallKey> AnyKey =
        Gen.Select(Gen.UShort, Gen.Byte.Array[CallKey.RandomLength], (shard, random) => CallKey.New(shard, random));

    [Fact]
    public void A_key_takes_twelve_bytes() => Assert.Equal(12, Unsafe.SizeOf<CallKey>());

    [Fact]
    public void The_text_is_this_and_stays_this()
    {
        Assert.Equal("0000-0000000000000000", CallKey.New(0, new byte[10]).ToString());
        Assert.Equal("000h-041061081810s14h", CallKey.New(17, [1, 2, 3, 4, 8, 10, 2, 14, 0x04, 0x91]).ToString());
        Assert.Equal("1vvv-vvvvvvvvvvvvvvvv", CallKey.New(ushort.MaxValue, Enumerable.Repeat((byte)0xff, 10).ToArray()).ToString());
    }

    [Fact]
    public void Whatever_a_key_holds_its_text_reads_back() => AnyKey.Sample(key =>
    {
        var text = key.ToString();
        return CallKey.TryParse(text, out var fromText) && fromText == key
            && CallKey.TryParse(Encoding.ASCII.GetBytes(text), out var fromBytes) && fromBytes == key && fromBytes.Shard == key.Shard;
    });

    [Fact]
    public void Whatever_random_bytes_go_in_the_same_come_out() => Gen.Byte.Array[CallKey.RandomLength].Sample(random =>
    {
        var copy = new byte[CallKey.RandomLength];
        CallKey.New(3, random).WriteRandomTo(copy);
        return copy.AsSpan().SequenceEqual(random);
    });

    [Fact]
    public void Whatever_text_is_read_it_is_the_text_of_its_key_or_refused() => Gen.String[Gen.Char["0123456789abvwxyzAV-~@ \u00e9"], 19, 23].Sample(text =>
        !CallKey.TryParse(text, out var key) || key.ToString() == text);

    [Theory]
    [InlineData("")]
    [InlineData("000h-0410c2082810e14")]
    [InlineData("000h-0410c2082810e14h0")]
    [InlineData("000H-0410c2082810e14h")]
    [InlineData("000h_0410c2082810e14h")]
    [InlineData("000h-0410c2082810e14w")]
    [InlineData("2000-0410c2082810e14h")]   // 65536 is no shard
    [InlineData("000h-0410c2082810e14\u0131")]
    public void Any_other_text_is_refused(string text)
    {
        Assert.False(CallKey.TryParse(text, out _));
        Assert.False(CallKey.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("000h-0410c2082810e14h~b1@127.0.0.1", true)]
    [InlineData("000h-0410c2082810e14h~", true)]
    [InlineData("000h-0410c2082810e14h", false)]
    [InlineData("000h-0410c2082810e14h@127.0.0.1", false)]
    [InlineData("x000h-0410c2082810e14h~b1", false)]
    [InlineData("a84b4c76e66710@pc33.atlanta.com", false)]
    [InlineData("", false)]
    public void A_call_id_that_the_runtime_made_names_its_call(string callId, bool isOurs)
    {
        Assert.Equal(isOurs, CallKey.TryFind(Encoding.ASCII.GetBytes(callId), out var key));
        if (isOurs) Assert.Equal("000h-0410c2082810e14h", key.ToString());
    }

    [Fact]
    public void A_thousand_new_keys_are_a_thousand()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => CallKey.New(5)).ToHashSet();
        Assert.Equal(1000, keys.Count);
        Assert.All(keys, key => Assert.Equal(5, key.Shard));
    }

    [Fact]
    public void A_key_of_other_than_ten_bytes_is_our_mistake() => Assert.Throws<ArgumentException>(() => CallKey.New(1, new byte[9]));
}
