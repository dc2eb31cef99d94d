using System.Text;
using CallActors.Sip.Headers;
using CsCheck;
using static CallActors.Sip.Tests.Headers.SampleValues;

namespace CallActors.Sip.Tests.Headers;

public sealed class SipUriTests
{
    private static SipUri Uri(string text)
    {
        Assert.True(SipUri.TryParse(Bytes(text), out var uri), text);
        return uri;
    }

    /// <summary>The examples of RFC 3261 §19.1.4, then ours.</summary>
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false)]
    [InlineData("sip:a@b", "sips:a@b", false)]
    [InlineData("sip:a@b", "sip:b", false)]
    [InlineData("sip:a:x@b", "sip:a@b", false)]
    [InlineData("sip:a%40@b", "sip:a%40@b", true)]
    [InlineData("sip:a%3bx@b", "sip:a%3Bx@b", true)]
    [InlineData("sip:a%3Bx@b", "sip:a;x@b", false)]
    [InlineData("sip:%00@b", "sip:%00%00@b", false)]
    [InlineData("sip:a@b;maddr=c", "sip:a@b", false)]
    [InlineData("sip:a@b;user=phone", "sip:a@b", false)]
    [InlineData("sip:a@b;%6C%72", "sip:a@b;lr", true)]
    [InlineData("sip:a@b;x=1;y=2", "sip:a@b;y=2;x=1", true)]
    [InlineData("sip:a@b?h=X", "sip:a@b?h=x", false)]
    public void Equal_as_the_RFC_says(string one, string other, bool isSame)
    {
        Assert.Equal(isSame, Uri(one).Equals(Uri(other)));
        Assert.Equal(isSame, Uri(other).Equals(Uri(one)));
        if (isSame) Assert.Equal(Uri(one).GetHashCode(), Uri(other).GetHashCode());
    }

    [Theory]
    [InlineData("tel:+1-201-555-0123", "tel:+12015550123", true)]
    [InlineData("tel:+1(201)555.0123;ext=5;isub=1", "TEL:+12015550123;isub=1;ext=5", true)]
    [InlineData("tel:7042;phone-context=+1-201", "tel:7042;phone-context=+1201", true)]
    [InlineData("tel:7042;phone-context=example.com", "tel:7042;phone-context=EXAMPLE.com", true)]
    [InlineData("tel:7042;phone-context=example.com", "tel:7042", false)]
    [InlineData("tel:+7042", "tel:7042", false)]
    public void Tel_URIs_are_equal_without_their_separators(string one, string other, bool isSame)
    {
        Assert.True(TelUri.TryParse(Bytes(one), out var left));
        Assert.True(TelUri.TryParse(Bytes(other), out var right));
        Assert.Equal(isSame, left.Equals(right));
        Assert.Equal(isSame, right.Equals(left));
        if (isSame) Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.Equal(one.StartsWith("tel:+", StringComparison.OrdinalIgnoreCase), left.IsGlobal);
    }

    [Fact]
    public void Two_lists_of_a_thousand_parameters_are_compared_in_no_time()
    {
        var one = Uri("sip:a@b" + string.Concat(Enumerable.Range(0, 20_000).Select(n => $";p{n}")));
        var other = Uri("sip:a@b" + string.Concat(Enumerable.Range(0, 20_000).Reverse().Select(n => $";p{n}")));
        Assert.True(one.Equals(one));
        Assert.False(one.Equals(other));
    }

    [Fact]
    public void A_tel_URI_of_many_parameters_is_itself()
    {
        Assert.True(TelUri.TryParse(Bytes("tel:+1-212" + string.Concat(Enumerable.Repeat(";phone-context=ex;ampel:+1-212", 40))), out var uri));
        Assert.True(uri.Equals(uri));
    }

    [Theory]
    [InlineData("sip:a@b;x=1?h=v", "transport", "tcp", "sip:a@b;x=1;transport=tcp?h=v")]
    [InlineData("sip:a@b;transport=udp;x", "transport", "tcp", "sip:a@b;x;transport=tcp")]
    [InlineData("sip:a@b", "lr", "", "sip:a@b;lr")]
    [InlineData("sip:a@b", "x y", "1;2", "sip:a@b;x%20y=1%3B2")]
    public void A_parameter_is_set(string text, string name, string value, string expected) =>
        Assert.Equal(expected, Uri(text).WithParameter(Bytes(name), Bytes(value)).ToString());

    [Fact]
    public void Three_colons_are_read_and_never_written() =>
        Assert.Equal("sip:a@[2001:db8::192.0.2.1]", Uri("sip:a@[2001:db8:::192.0.2.1]").ToString());

    [Theory]
    [InlineData(UriScheme.Sip, "alice", "example.com", 0, "sip:alice@example.com")]
    [InlineData(UriScheme.Sips, "", "2001:db8::1", 5061, "sips:[2001:db8::1]:5061")]
    [InlineData(UriScheme.Sip, "a@b:c d", "[::1]", 5060, "sip:a%40b%3Ac%20d@[::1]:5060")]
    [InlineData(UriScheme.Sip, "a", "b;x", 0, null)]
    [InlineData(UriScheme.Sip, "a", "b?h=v", 0, null)]
    [InlineData(UriScheme.Sip, "a", "b:70", 0, null)]
    [InlineData(UriScheme.Sip, "", "x@b", 0, null)]
    [InlineData(UriScheme.Sip, "a", "b", 65536, null)]
    [InlineData(UriScheme.Sip, "a", "b", -1, null)]
    [InlineData(UriScheme.Sip, "a", "", 0, null)]
    [InlineData(UriScheme.Sip, "a", "b\r\nX: y", 0, null)]
    public void A_URI_is_made_of_parts(UriScheme scheme, string user, string host, int port, string? expected)
    {
        Assert.Equal(expected is not null, SipUri.TryCreate(scheme, Bytes(user), Bytes(host), port, out var uri));
        Assert.Equal(expected, uri?.ToString());
    }

    [Fact]
    public void Whatever_user_a_URI_is_made_of_comes_out_again() => Gen.Byte.Array[1, 40].Sample(user =>
    {
        if (!SipUri.TryCreate(UriScheme.Sip, user, "example.com"u8, 5060, out var uri)) return false;
        var view = uri.View;
        var plain = new byte[view.User.Length];
        return view.HasStrictUser && plain.AsSpan(0, UriEscaping.Unescape(view.User, plain)).SequenceEqual(user)
            && SipUri.TryParse(uri.Bytes, out var again) && again.Equals(uri) && again.GetHashCode() == uri.GetHashCode();
    });

    [Fact]
    public void Whatever_is_escaped_for_a_place_stays_in_that_place() =>
        Gen.Select(Gen.Byte.Array[1, 20], Gen.Byte.Array[1, 20], Gen.Byte.Array[1, 20]).Sample(parts =>
        {
            var (password, name, value) = parts;
            var text = "sip:u:" + Escape(password, UriPart.Password) + "@h;" + Escape(name, UriPart.Parameter) + "=" + Escape(value, UriPart.Parameter)
                + "?" + Escape(name, UriPart.Header) + "=" + Escape(value, UriPart.Header);
            if (!SipUriView.TryParse(Bytes(text), out var uri)) return false;
            var parameters = uri.Parameters.GetEnumerator();
            var headers = uri.Headers.GetEnumerator();
            return parameters.MoveNext() && headers.MoveNext()
                && Unescape(uri.Password).SequenceEqual(password)
                && Unescape(parameters.Current.Name).SequenceEqual(name) && Unescape(parameters.Current.Value).SequenceEqual(value)
                && Unescape(headers.Current.Name).SequenceEqual(name) && Unescape(headers.Current.Value).SequenceEqual(value)
                && !parameters.MoveNext() && !headers.MoveNext();
        });

    [Theory]
    [InlineData("5551212", "sip:5551212@localhost", "")]
    [InlineData("+15551212", "sip:+15551212@localhost", "")]
    [InlineData("sip:a@b", "sip:a@b", "")]
    [InlineData("sip:a@b;method=INVITE;x=1?Subject=hi%20you&X-A=1", "sip:a@b;x=1", "Subject: hi you|X-A: 1")]
    [InlineData("sip:a@b;%6dethod=BYE", "sip:a@b", "")]
    [InlineData("tel:+1555;phone-context=x", "tel:+1555;phone-context=x", "")]
    [InlineData("urn:service:sos", "urn:service:sos", "")]
    [InlineData("sip:a@b?Route=%3Csip:x%3E&Bad=1%0D%0AEvil:%20y&No%20Token=1", "sip:a@b", "Route: <sip:x>|refused|refused")]
    [InlineData("sip:a#b@c", null, "")]
    [InlineData("sip:日本@c", null, "")]
    [InlineData("sip:a b@c", null, "")]
    [InlineData("<sip:a@b>", null, "")]
    [InlineData("", null, "")]
    public void A_target_becomes_a_Request_URI(string given, string? expected, string headers)
    {
        var target = new byte[Bytes(given).Length + 14];
        var isTarget = UriRewriting.TryRequestUri(Bytes(given), target, out var length, out var part);

        Assert.Equal(expected is not null, isTarget);
        if (expected is null) return;
        Assert.Equal(expected, Text(target.AsSpan(0, length)));
        var seen = new List<string>();
        foreach (var pair in part)
        {
            seen.Add(pair.TryHeader(new byte[pair.Text.Length], out var name, out var value) ? $"{Text(name)}: {Text(value)}" : "refused");
        }
        Assert.Equal(headers, string.Join("|", seen));
    }

    [Theory]
    [InlineData("\"A\" <sip:5551212@localhost>;tag=1", "192.0.2.1:5060", "\"A\" <sip:5551212@192.0.2.1:5060>;tag=1")]
    [InlineData("sips:a@localhost:99;tag=1", "[2001:db8::1]:5061", "sips:a@[2001:db8::1]:5061;tag=1")]
    [InlineData("tel:+1555", "h", "")]
    [InlineData("broken", "h", "")]
    public void An_address_is_moved_to_another_host(string value, string hostPort, string expected)
    {
        var target = new byte[value.Length + hostPort.Length];
        var length = UriRewriting.WithHostPort(Bytes(value), Bytes(hostPort), target);
        Assert.Equal(expected, Text(target.AsSpan(0, length)));
    }

    private static string Escape(byte[] plain, UriPart part)
    {
        var text = new byte[plain.Length * 3];
        return Encoding.ASCII.GetString(text, 0, UriEscaping.Escape(plain, part, text));
    }

    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var plain = new byte[text.Length];
        return plain[..UriEscaping.Unescape(text, plain)];
    }
}
