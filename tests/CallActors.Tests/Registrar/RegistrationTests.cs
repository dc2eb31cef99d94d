namespace CallActors.Tests.Registrations;

/// <summary>RFC 3261 §10.3, steps 6 and 7.</summary>
public sealed class RegistrationTests
{
    private readonly Registers _registers = new();

    [Fact]
    public void Contacts_are_bound_for_as_long_as_they_ask()
    {
        Assert.Equal(200, _registers.Send("Contact: <sip:alice@192.0.2.1>;expires=300;q=0.7, <sip:alice@192.0.2.2>\nExpires: 600\n"));
        Assert.Equal([300, 600], _registers.Bindings.Select(binding => (int)(binding.ExpiresAt - _registers.Now).TotalSeconds));
        Assert.Equal([700, 1000], _registers.Bindings.Select(binding => binding.Preference));
        Assert.Equal(("c@d", 1u, "edge"), (_registers.Bindings[0].CallId, _registers.Bindings[0].CSeq, _registers.Bindings[0].Server));
    }

    [Theory]
    [InlineData("Contact: <sip:alice@192.0.2.1>\n", 3600)]                              // the default
    [InlineData("Contact: <sip:alice@192.0.2.1>;expires=99999999999\n", 3600)]          // RFC 3261 §20.10: malformed is an hour
    [InlineData("Contact: <sip:alice@192.0.2.1>\nExpires: 86400\n", 7200)]              // no more than the most
    public void How_long_is_ours_to_decide(string contact, int seconds)
    {
        Assert.Equal(200, _registers.Send(contact));
        Assert.Equal(TimeSpan.FromSeconds(seconds), _registers.Bindings.Single().ExpiresAt - _registers.Now);
    }

    [Fact]
    public void Too_short_a_time_is_told_what_is_not()
    {
        var request = Registers.Request("Contact: <sip:alice@192.0.2.1>;expires=10\n");
        Assert.Null(Registration.Read(request, new RequestSource("192.0.2.1", 5060, "udp", ""), "", new RegistrarOptions(), out var refused));
        Assert.Equal((423, "60"), (refused!.Status, refused.Headers!["Min-Expires"]));
    }

    [Fact]
    public void An_hour_is_never_too_short()
    {
        var registers = new Registers { Options = new RegistrarOptions { MinExpires = TimeSpan.FromHours(2) } };
        Assert.Equal(200, registers.Send("Contact: <sip:alice@192.0.2.1>;expires=3600\n"));
        Assert.Equal(423, registers.Send("Contact: <sip:alice@192.0.2.1>;expires=3599\n", 2));
    }

    [Fact]
    public void The_same_uri_is_the_same_contact_however_it_is_written()
    {
        _registers.Send("Contact: <sip:alice@Example.com;transport=tcp>\n");
        Assert.Equal(200, _registers.Send("Contact: \"Alice\" <sip:%61lice@example.COM;transport=TCP>;q=0.2\n", 2));
        Assert.Equal(200, _registers.Bindings.Single().Preference);
        _registers.Send("Contact: <sip:alice@example.com;transport=udp>\n", 3);
        Assert.Equal(2, _registers.Bindings.Length);
    }

    [Fact]
    public void A_contact_of_no_time_is_removed()
    {
        _registers.Send("Contact: <sip:alice@192.0.2.1>, <sip:alice@192.0.2.2>\n");
        Assert.Equal(200, _registers.Send("Contact: <sip:alice@192.0.2.1>;expires=0, <sip:nobody@192.0.2.9>;expires=0\n", 2));
        Assert.Equal(["sip:alice@192.0.2.2"], _registers.Uris);
    }

    [Fact]
    public void The_star_removes_all_and_stands_alone()
    {
        _registers.Send("Contact: <sip:alice@192.0.2.1>, <sip:alice@192.0.2.2>\n");
        Assert.Equal(400, _registers.Send("Contact: *\n", 2));
        Assert.Equal(400, _registers.Send("Contact: *\nExpires: 60\n", 2));
        Assert.Equal(2, _registers.Bindings.Length);
        Assert.Equal(200, _registers.Send("Contact: *\nExpires: 0\n", 2));
        Assert.Empty(_registers.Bindings);
    }

    [Fact]
    public void Within_a_call_id_the_later_one_holds()
    {
        _registers.Send("Contact: <sip:alice@192.0.2.1>\n", 5);
        Assert.Equal(500, _registers.Send("Contact: <sip:alice@192.0.2.9>, <sip:alice@192.0.2.1>;expires=0\n", 5));
        Assert.Equal(500, _registers.Send("Contact: *\nExpires: 0\n", 4));
        // All or nothing: the contact before the one that failed was not added.
        Assert.Equal(["sip:alice@192.0.2.1"], _registers.Uris);
        Assert.Equal(200, _registers.Send("Contact: <sip:alice@192.0.2.1>;expires=0\n", 1, "another"));
        Assert.Empty(_registers.Bindings);
    }

    [Fact]
    public void What_is_over_is_no_more()
    {
        _registers.Send("Contact: <sip:alice@192.0.2.1>;expires=60\n", 7);
        _registers.Now += TimeSpan.FromSeconds(60);
        // A phone that was restarted may begin its numbers anew.
        Assert.Equal(200, _registers.Send("Contact: <sip:alice@192.0.2.2>\n", 1));
        Assert.Equal(["sip:alice@192.0.2.2"], _registers.Uris);
    }

    [Fact]
    public void There_is_a_most()
    {
        var registers = new Registers { Options = new RegistrarOptions { MostContacts = 2 } };
        Assert.Equal(403, registers.Send("Contact: <sip:a@192.0.2.1>, <sip:a@192.0.2.2>, <sip:a@192.0.2.3>\n"));
        Assert.Empty(registers.Bindings);
    }

    [Fact]
    public void The_path_is_kept_and_used()
    {
        _registers.Send("Contact: <sip:alice@10.0.0.7>\nPath: <sip:edge1.example.com;lr>, <sip:edge2.example.com;lr>\nSupported: path\n");
        Assert.Equal(["sip:edge1.example.com;lr", "sip:edge2.example.com;lr"], _registers.Bindings.Single().Path.AsEnumerable());
        Assert.Equal("sip:edge1.example.com;lr", _registers.Bindings.Single().NextHop);
    }

    [Theory]
    [InlineData("sip:alice@192.0.2.1", "192.0.2.1", "udp", null)]
    [InlineData("sip:alice@192.0.2.1:5070", "192.0.2.1", "udp", null)]
    [InlineData("sip:alice@10.0.0.7", "192.0.2.1", "udp", "sip:192.0.2.1:40000")]         // behind a NAT
    [InlineData("sip:alice@10.0.0.7", "2001:db8::1", "udp", "sip:[2001:db8::1]:40000")]
    [InlineData("sip:alice@10.0.0.7", "192.0.2.1", "tcp", null)]                          // the server knows the connection
    [InlineData("sip:alice@phone.example.com", "192.0.2.1", "udp", null)]
    public void A_phone_behind_a_nat_is_reached_where_it_was_heard(string contact, string source, string transport, string? nextHop)
    {
        _registers.Send($"Contact: <{contact}>\n", source: new RequestSource(source, 40000, transport, ""));
        Assert.Equal(nextHop, _registers.Bindings.Single().NextHop);
    }

    [Theory]
    [InlineData("sip:alice@Example.com:5060;transport=tcp?x=y", false, "alice@example.com")]
    [InlineData("sips:%61lice@example.com", false, "alice@example.com")]
    [InlineData("alice@example.com", false, "alice@example.com")]
    [InlineData("sip:alice:secret@example.com", true, "alice")]
    [InlineData("alice", true, "alice")]
    [InlineData("sip:example.com", true, null)]
    [InlineData("tel:+44-20", true, "+44-20")]
    [InlineData("", true, null)]
    [InlineData("<>", false, null)]
    public void An_address_of_record_is_the_user_and_nothing_else(string uri, bool byUser, string? address) => Assert.Equal(address, AddressOfRecord.Of(uri, byUser));
}
