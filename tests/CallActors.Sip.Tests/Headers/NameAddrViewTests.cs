using System.Text;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Tests.Headers;

public sealed class NameAddrViewTests
{
    private static ReadOnlySpan<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    [Theory]
    [InlineData("<sip:a@b>;tag=1", "", "sip:a@b", "1")]
    [InlineData("Alice <sip:a@b>;tag=1", "Alice", "sip:a@b", "1")]
    [InlineData("caller<sip:a@b>", "caller", "sip:a@b", "")]
    [InlineData("Alice van  Dam <sip:a@b>", "Alice van  Dam", "sip:a@b", "")]
    [InlineData("\"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8", "J Rosenberg \\\\\\\"", "sip:jdrosen@example.com", "98asjd8")]
    [InlineData("\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n", "", "sip:vivekg@chair-dnrc.example.com", "1918181833n")]
    [InlineData("\"BEL:\\\a NUL:\\\0 DEL:\\\x7f\" <sip:a@b>", "BEL:\\\a NUL:\\\0 DEL:\\\x7f", "sip:a@b", "")]
    [InlineData("token1~` token2'+_ token3*%!.- <sip:m@e.com>;fromParam''~+*_!.-%=\"рабо\";tag=_token~1'+`*%!-.", "token1~` token2'+_ token3*%!.-", "sip:m@e.com", "_token~1'+`*%!-.")]
    [InlineData("sip:a@b;user=phone;TAG=x=", "", "sip:a@b", "x=")]
    [InlineData("isbn:2983792873", "", "isbn:2983792873", "")]
    [InlineData("<http://www.example.com>;tag=3", "", "http://www.example.com", "3")]
    [InlineData("\"\" <sip:a@b>", "", "sip:a@b", "")]
    [InlineData("Jürgen <sip:a@b>", "Jürgen", "sip:a@b", "")]
    [InlineData("<sip:a@b?Route=%3Csip:c%3E>;tag=5", "", "sip:a@b?Route=%3Csip:c%3E", "5")]
    [InlineData("John (Sales) @work <sip:a@b>;tag=x^1", "John (Sales) @work", "sip:a@b", "x^1")]
    [InlineData("John: Sales <sip:a@b>", null, "", "")]
    [InlineData("a@b:5060", null, "", "")]
    [InlineData("<sip:a@b>;tag=x|1", null, "", "")]
    [InlineData("", null, "", "")]
    [InlineData("\"Mr. J. User <sip:j.user@example.com>", null, "", "")]
    [InlineData("\"Watson, Thomas\" < sip:t.watson@example.org >", null, "", "")]
    [InlineData("Watson, Thomas <sip:t.watson@example.org>", null, "", "")]
    [InlineData("sip:user@example.com?Route=%3Csip:sip.example.com%3E", null, "", "")]
    [InlineData("sip:a,b@example.com", null, "", "")]
    [InlineData("\"Joe\" <sip:joe@example.org>;;;;", null, "", "")]
    [InlineData("<sip:a@b>;tag=", null, "", "")]
    [InlineData("<sip:a@b>;=1", null, "", "")]
    [InlineData("<sip:a@b> x", null, "", "")]
    [InlineData("<sip:a@b", null, "", "")]
    [InlineData("<>", null, "", "")]
    [InlineData("Alice", null, "", "")]
    [InlineData("\"Alice\" sip:a@b", null, "", "")]
    [InlineData("<sip:a@b>;tag=1\r\nEvil: x", null, "", "")]
    [InlineData("\"a\r\nEvil: x\" <sip:a@b>", null, "", "")]
    public void Reads_or_refuses(string text, string? displayName, string uri, string tag)
    {
        var isAddress = NameAddrView.TryParse(Bytes(text), out var address);

        Assert.Equal(displayName is not null, isAddress);
        if (displayName is null) return;
        Assert.Equal(displayName, Text(address.DisplayName));
        Assert.Equal(uri, Text(address.Uri));
        Assert.Equal(tag, Text(address.Tag));
    }

    [Fact]
    public void A_parameter_outside_the_brackets_is_never_the_uris()
    {
        Assert.True(NameAddrView.TryParse("sip:+19725552222@gw1.example.net;unknownparam"u8, out var outside));
        Assert.True(NameAddrView.TryParse("<sip:+19725552222@gw1.example.net;unknownparam>"u8, out var inside));

        Assert.True(outside.Parameters.Contains("unknownparam"u8));
        Assert.True(outside.TryUri(out var bare) && bare.Parameters.IsEmpty);
        Assert.True(inside.Parameters.IsEmpty);
        Assert.True(inside.TryUri(out var full) && full.Parameters.Contains("unknownparam"u8));
    }

    [Theory]
    [InlineData("*", true, null, null)]
    [InlineData("<sip:a@b>;expires=60;q=0.5", false, 60L, 500)]
    [InlineData("<sip:a@b>;expires=280297596632815", false, 3600L, null)]
    [InlineData("\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33", false, null, 330)]
    [InlineData("<sip:a@b>;q=1.001", false, null, null)]
    public void A_contact_has_expiry_and_preference(string text, bool isStar, long? expires, int? preference)
    {
        Assert.True(ContactView.TryParse(Bytes(text), out var contact));
        Assert.Equal(isStar, contact.IsStar);
        Assert.Equal(expires, contact.Expires);
        Assert.Equal(preference, contact.Preference);
    }
}
