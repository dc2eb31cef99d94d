using System.Collections.Immutable;
using System.Text;
using CallActors.Connections;
using CallActors.Hosting;
using CallActors.Sip.Headers;

namespace CallActors.Tests.Flows;

/// <summary>Addresses, outcomes and tags as values: rows T48 and T49 of the conformance list.</summary>
public sealed class UriTests
{
    [Theory]
    [InlineData("sip:1234@10.10.100.1", "1234", "10.10.100.1", 0, "", "")]
    [InlineData("sip:1234@10.10.100.1:5080;transport=tcp;user=phone", "1234", "10.10.100.1", 5080, ";transport=tcp;user=phone", "")]
    [InlineData("sips:a%20b@host.example?Subject=lunch&Replaces=1%3Bto-tag%3D2", "a%20b", "host.example", 0, "", "Subject=lunch&Replaces=1%3Bto-tag%3D2")]
    [InlineData("sip:[2001:db8::1]:5070;lr", "", "2001:db8::1", 5070, ";lr", "")]
    [InlineData("sip:my_host-1", "", "my_host-1", 0, "", "")]
    public void T48_a_sip_uri_is_read_and_written_as_it_was(string text, string user, string host, int port, string parameters, string headers)
    {
        Assert.True(SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        var view = uri.View;
        Assert.Equal((user, host, port), (Text(view.User), Text(view.Host), view.Port));
        Assert.Equal(text, uri.ToString());
        Assert.Equal(parameters + (headers.Length > 0 ? "?" + headers : ""), text[(text.IndexOf(Text(view.HostPort), StringComparison.Ordinal) + view.HostPort.Length)..]);
        if (parameters.Contains("transport", StringComparison.Ordinal)) Assert.Equal("tcp", Text(view.Transport));
        if (headers.Length > 0) Assert.Equal(text[..text.IndexOf('?', StringComparison.Ordinal)], Text(view.WithoutHeaders));
        Assert.True(SipUri.TryParse(Encoding.UTF8.GetBytes(uri.ToString()), out var again));
        Assert.Equal(uri, again);
    }

    [Theory]
    [InlineData("tel:5753606", "5753606", "", null)]
    [InlineData("tel:5753606;phone-context=+1-212;ext=42", "5753606", "+1-212", "42")]
    [InlineData("tel:+1-201-555-0123;ext=8", "+1-201-555-0123", "", "8")]
    public void T48_a_tel_uri_is_read_and_written_as_it_was(string text, string number, string context, string? extension)
    {
        Assert.True(TelUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri));
        Assert.Equal((number, context, text), (Text(uri.Number), Text(uri.PhoneContext), uri.ToString()));
        Assert.Equal(number.StartsWith('+'), uri.IsGlobal);
        Assert.Equal(extension, uri.View.TryParameter("ext"u8, out var value) ? Text(value) : null);
    }

    [Fact]
    public void T49_an_outcome_tells_its_status_and_why()
    {
        InviteOutcome outcome = new InviteOutcome.Rejected(503, "Service Unavailable", null);
        Assert.Equal((503, false), (outcome.Status, outcome.IsAnswered));
        Assert.Equal("Service Unavailable", Assert.IsType<InviteOutcome.Rejected>(outcome).Reason);
        Assert.Equal([487, 408, 503, 500], new InviteOutcome[]
        {
            new InviteOutcome.Cancelled(""), new InviteOutcome.TimedOut(TimeSpan.Zero), new InviteOutcome.ServerLost(""), new InviteOutcome.NotSent(""),
        }.Select(one => one.Status));
    }

    [Theory]
    [InlineData("blue,red")]
    [InlineData("blue red")]
    [InlineData("")]
    [InlineData("123456789012345678901234567890123")]
    public void T49_what_is_no_tag_is_told_before_anything_starts(string tag)
    {
        Assert.Contains(tag.Length == 0 ? "tag" : tag, Refusal([tag]), StringComparison.Ordinal);
    }

    [Fact]
    public void T49_twenty_tags_of_32_letters_are_taken_and_21_are_not()
    {
        Assert.Null(Refusal([.. Enumerable.Repeat("12345678901234567890123456789012", 20)]));
        Assert.Contains("20", Refusal([.. Enumerable.Range(0, 21).Select(number => $"tag{number}")]), StringComparison.Ordinal);
        Assert.Null(Refusal([]));
        Assert.Null(Refusal(default));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static string? Refusal(ImmutableArray<string> tags)
    {
        List<string> mistakes = [];
        OptionRules.Check(new CallActorsOptions { Servers = [new SignallingServerOptions { Name = "s", Tags = tags }] }, false, mistakes);
        return mistakes.Count == 0 ? null : Assert.Single(mistakes);
    }
}
