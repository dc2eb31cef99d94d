using CallActors.Sip.Messages;
using CallActors.Targets;
using CallActors.Tests.Headers;
using CsCheck;

namespace CallActors.Tests.Targets;

public sealed class RedirectPolicyTests
{
    [Theory]
    [InlineData("<sip:a@h>", "sip:a@h")]
    [InlineData("sip:a@h", "sip:a@h")]
    [InlineData("<sip:a@h>;q=0.2, <sip:b@h>;q=0.9, <sip:c@h>", "sip:c@h sip:b@h sip:a@h")]
    [InlineData("<sip:a@h>;q=0.5, <sip:b@h>;q=0.5", "sip:a@h sip:b@h")]
    [InlineData("<sip:a@h>, <sip:a@h>", "sip:a@h")]
    [InlineData("<sip:first@example.com>", "")]
    [InlineData("<mailto:a@h>, <tel:+1>", "tel:+1")]
    [InlineData("*", "")]
    [InlineData("\"x\" <sip:a@h", "")]
    public void Contacts_are_tried_best_first_and_none_twice(string contacts, string expected) =>
        Assert.Equal(expected, Tried(RedirectPolicy.Follow, contacts));

    [Fact]
    public void Without_q_they_are_tried_as_they_stand() =>
        Assert.Equal("sip:a@h sip:b@h", Tried(new(UseQValues: false), "<sip:a@h>;q=0.2, <sip:b@h>;q=0.9"));

    [Fact]
    public void No_more_invites_than_the_limit()
    {
        var search = new RedirectPolicy(MaxHops: 5).Start("first@example.com");
        var hops = 1;
        while (search.After(Redirect($"<sip:{hops}@h>")) is { } next)
        {
            search = next;
            hops++;
        }
        Assert.Equal((5, 5), (hops, search.Hops));
        Assert.Null(RedirectPolicy.None.Start("first@example.com").After(Redirect("<sip:a@h>")));
    }

    [Fact]
    public void A_loop_ends_where_it_closes()
    {
        var search = new RedirectPolicy(MaxHops: 100).Start("a@h");
        search = search.After(Redirect("<sip:b@h>"))!;
        search = search.After(Redirect("<sip:c@h>"))!;
        Assert.Null(search.After(Redirect("<sip:a@h>, <sip:b@h>, <sip:c@h>")));
    }

    [Fact]
    public void The_request_uri_may_stay_and_the_contact_be_the_next_hop()
    {
        var next = new RedirectPolicy(KeepRequestUri: true).Start("first@example.com").After(Redirect("<sip:192.0.2.7:5080>"))!.Current;
        Assert.Equal(("sip:first@example.com", "sip:192.0.2.7:5080"), (next.Uri, next.NextHop));

        // 305 always means that.
        var proxied = RedirectPolicy.Follow.Start("first@example.com").After(Redirect("<sip:proxy;lr>", 305))!.Current;
        Assert.Equal(("sip:first@example.com", "sip:proxy;lr"), (proxied.Uri, proxied.NextHop));
    }

    [Fact]
    public void A_next_hop_that_was_asked_for_stays()
    {
        var first = CallTarget.Parse("first@example.com") with { NextHop = "outbound" };
        Assert.Equal("sip:outbound", RedirectPolicy.Follow.Start(first).After(Redirect("<sip:a@h>"))!.Current.NextHop);
    }

    [Fact]
    public void A_secure_call_is_not_led_into_the_open() =>
        Assert.Equal("sips:b@h", RedirectPolicy.Follow.Start("sips:first@example.com").After(Redirect("<sip:a@h>, <sips:b@h>"))!.Current.Uri);

    [Theory]
    [InlineData(486, true)]
    [InlineData(404, true)]
    [InlineData(503, true)]
    [InlineData(380, true)]
    [InlineData(603, false)]
    [InlineData(600, false)]
    [InlineData(401, false)]
    [InlineData(407, false)]
    [InlineData(487, false)]
    public void After_a_redirect_a_rejection_leads_to_the_next_contact(int status, bool goesOn)
    {
        var search = RedirectPolicy.Follow.Start("first@example.com");
        Assert.Null(search.After(SipSample.Response(status)));

        var redirected = search.After(Redirect("<sip:a@h>, <sip:b@h>"))!;
        Assert.Equal(goesOn ? "sip:b@h" : null, redirected.After(SipSample.Response(status))?.Current.Uri);
    }

    [Fact]
    public void Contacts_of_a_later_redirect_go_before_those_that_wait()
    {
        var search = new RedirectPolicy(MaxHops: 9).Start("first@example.com").After(Redirect("<sip:a@h>, <sip:b@h>"))!;
        search = search.After(Redirect("<sip:a1@h>, <sip:a2@h>"))!;
        Assert.Equal("sip:a1@h", search.Current.Uri);
        search = search.After(SipSample.Response(486))!.After(SipSample.Response(486))!;
        Assert.Equal("sip:b@h", search.Current.Uri);
    }

    [Fact]
    public void Whatever_the_redirects_nothing_is_tried_twice_and_the_limit_holds() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 6].Array[0, 4].Array[1, 20]).Sample((limit, redirects) =>
        {
            var search = new RedirectPolicy(limit).Start("t0@h");
            var tried = new List<string> { search.Current.Uri };
            foreach (var contacts in redirects)
            {
                var response = contacts.Length == 0 ? SipSample.Response(486) : Redirect(string.Join(", ", contacts.Select(contact => $"<sip:t{contact}@h>")));
                if (search.After(response) is not { } next) break;
                search = next;
                tried.Add(search.Current.Uri);
            }
            return tried.Count <= limit && tried.Distinct().Count() == tried.Count;
        });

    private static SipResponse Redirect(string contacts, int status = 302) => SipSample.Response(status, $"Contact: {contacts}\n");

    private static string Tried(RedirectPolicy policy, string contacts)
    {
        var tried = new List<string>();
        for (var search = policy.Start("first@example.com").After(Redirect(contacts)); search is not null; search = search.After(SipSample.Response(486)))
            tried.Add(search.Current.Uri);
        return string.Join(' ', tried);
    }
}
