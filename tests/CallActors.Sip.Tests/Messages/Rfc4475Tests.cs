using CallActors.Sip.Messages;
using static CallActors.Sip.Messages.SipRejection;
using static CallActors.Sip.Tests.Messages.SipText;

namespace CallActors.Sip.Tests.Messages;

/// <summary>The torture messages: the parser's verdict on each, and for those it accepts what has to be found in them.</summary>
public sealed class Rfc4475Tests
{
    /// <summary>
    /// File, section, verdict in a datagram, verdict on a stream where it differs, status of the answer (0: none is given).
    /// </summary>
    public static TheoryData<string, string, SipRejection, SipRejection?, int> Verdicts => new()
    {
        { "wsinv", "3.1.1.1", None, null, 0 },
        { "intmeth", "3.1.1.2", None, null, 0 },
        { "esc01", "3.1.1.3", None, null, 0 },
        { "escnull", "3.1.1.4", None, null, 0 },
        { "esc02", "3.1.1.5", None, null, 0 },
        { "lwsdisp", "3.1.1.6", None, null, 0 },
        { "longreq", "3.1.1.7", None, null, 0 },
        { "dblreq", "3.1.1.8", None, null, 0 },
        { "semiuri", "3.1.1.9", None, null, 0 },
        { "transports", "3.1.1.10", None, null, 0 },
        { "mpart01", "3.1.1.11", None, null, 0 },
        { "unreason", "3.1.1.12", None, null, 0 },
        { "noreason", "3.1.1.13", None, null, 0 },
        { "badinv01", "3.1.2.1", BadVia, null, 400 },
        // On a stream the rest may still come; the host closes when it does not.
        { "clerr", "3.1.2.2", BodyTruncated, None, 400 },
        { "ncl", "3.1.2.3", BadContentLength, null, 400 },
        { "scalar02", "3.1.2.4", BadCSeq, null, 400 },
        { "scalarlg", "3.1.2.5", BadCSeq, null, 0 },
        { "quotbal", "3.1.2.6", BadTo, null, 400 },
        { "ltgtruri", "3.1.2.7", BadRequestUri, null, 400 },
        { "lwsruri", "3.1.2.8", BadRequestLine, null, 400 },
        { "lwsstart", "3.1.2.9", BadRequestLine, null, 400 },
        { "trws", "3.1.2.10", BadRequestLine, null, 400 },
        { "escruri", "3.1.2.11", HeadersInRequestUri, null, 400 },
        { "baddate", "3.1.2.12", None, null, 0 },
        { "regbadct", "3.1.2.13", BadContact, null, 400 },
        { "badaspec", "3.1.2.14", BadTo, null, 400 },
        { "baddn", "3.1.2.15", BadFrom, null, 400 },
        { "badvers", "3.1.2.16", UnsupportedVersion, null, 505 },
        { "mismatch01", "3.1.2.17", CSeqMethodMismatch, null, 400 },
        { "mismatch02", "3.1.2.18", CSeqMethodMismatch, null, 400 },
        { "bigcode", "3.1.2.19", BadStatusLine, null, 0 },
        { "badbranch", "3.2.1", BadBranch, null, 400 },
        { "insuf", "3.3.1", MissingHeader, null, 400 },
        // Good form: 416, 420, 415, 401, 406 and 483 are for whoever serves the request.
        { "unkscm", "3.3.2", None, null, 0 },
        { "novelsc", "3.3.3", None, null, 0 },
        { "unksm2", "3.3.4", None, null, 0 },
        { "bext01", "3.3.5", None, null, 0 },
        { "invut", "3.3.6", None, null, 0 },
        { "regaut01", "3.3.7", None, null, 0 },
        { "multi01", "3.3.8", RepeatedHeader, null, 400 },
        { "mcl01", "3.3.9", RepeatedHeader, null, 400 },
        // The host drops a response with a second Via when it is no proxy, and a proxy never sends to the broadcast address.
        { "bcast", "3.3.10", None, null, 0 },
        { "zeromf", "3.3.11", None, null, 0 },
        { "cparam01", "3.3.12", None, null, 0 },
        { "cparam02", "3.3.13", None, null, 0 },
        { "regescrt", "3.3.14", None, null, 0 },
        { "sdp01", "3.3.15", None, null, 0 },
        { "inv2543", "3.4.1", None, null, 0 },
    };

    [TortureTheory]
    [MemberData(nameof(Verdicts))]
    public void Every_message_gets_its_verdict(string name, string section, SipRejection datagram, SipRejection? stream, int status)
    {
        Assert.NotEmpty(section);
        var bytes = TortureMessages.Read(name);

        var inDatagram = SipParser.Parse(bytes);
        Assert.Equal(datagram, inDatagram.Error.Reason);
        Assert.Equal(status != 0, inDatagram.CanBeAnswered);
        if (status != 0) Assert.Equal(status, inDatagram.Error.Status);
        Assert.Equal(datagram == None ? SipParseStatus.Message : SipParseStatus.Broken, inDatagram.Status);

        var onStream = SipParser.Parse(bytes, isStream: true);
        Assert.Equal(stream ?? datagram, onStream.Error.Reason);
    }

    [TortureFact]
    public void All_of_them_have_a_row()
    {
        var files = Directory.GetFiles(TortureMessages.Folder!, "*.dat").Select(Path.GetFileNameWithoutExtension).Order();
        Assert.Equal(files, Verdicts.Select(row => (string)row[0]).Order());
        Assert.Equal(49, Verdicts.Count);
    }

    [TortureTheory]
    [MemberData(nameof(Verdicts))]
    public void Whatever_is_accepted_is_a_fixed_point(string name, string section, SipRejection datagram, SipRejection? stream, int status)
    {
        if (datagram != None) return;
        FixedPoint.Check(SipParser.Parse(TortureMessages.Read(name)).Message!, $"{name} {section} {stream} {status}");
    }

    [TortureTheory]
    [MemberData(nameof(Verdicts))]
    public void Whatever_can_be_answered_gets_an_answer_that_parses_where_its_own_headers_do(
        string name, string section, SipRejection datagram, SipRejection? stream, int status)
    {
        var result = SipParser.Parse(TortureMessages.Read(name));
        if (!result.CanBeAnswered) return;
        var answer = ((SipRequest)result.Message!).RespondTo(result.Error.Status, result.Error.Phrase, "mine"u8);

        Assert.Equal(status, answer.StatusCode);
        var again = SipParser.Parse(answer.Bytes);
        // What is copied from a bad From, To, Via or CSeq stays bad (badvers has its version in Via too); everything else must be whole.
        if (datagram is not (UnsupportedVersion or BadVia or BadBranch or BadTo or BadFrom or BadCSeq or MissingHeader))
            Assert.True(again.Status == SipParseStatus.Message, $"{name} {section} {stream}: {again.Error}");
    }

    [TortureFact]
    public void Wsinv_is_understood_through_folding_and_compact_forms()
    {
        var invite = Request(TortureMessages.Read("wsinv"));
        Assert.Equal("1918181833n", Text(invite.ToTag));
        Assert.Equal("98asjd8", Text(invite.FromTag));
        Assert.Equal("wsinv.ndaksdj@192.0.2.1", Text(invite.CallId));
        Assert.Equal((9u, SipMethod.Invite), (invite.CSeq, invite.CSeqMethod));
        Assert.Equal("390skdjuw", Text(invite.Branch));
        Assert.Equal("192.0.2.2", Text(invite.SentBy));
        Assert.Equal(3, Values(invite, SipHeaderId.Via).Count);
        Assert.Equal("150", Text(invite.First(SipHeaderId.ContentLength)));
        Assert.True(invite.TryFind("unknownheaderwithunusualvalue"u8, out var odd));
        Assert.Equal(";;,,;;,;", Text(odd));
        Assert.True(invite.TryFind("newfangledheader"u8, out var folded));
        Assert.Contains("\r\n", Text(folded), StringComparison.Ordinal);
    }

    [TortureFact]
    public void Escapes_do_not_make_a_method_or_a_header()
    {
        var request = Request(TortureMessages.Read("esc02"));
        Assert.Equal("RE%47IST%45R", Text(request.MethodName));
        Assert.Equal(SipMethod.Unknown, request.Method);
        Assert.Equal(2, request.Count(SipHeaderId.Contact));
        Assert.True(request.TryFind("C%6Fntact"u8, out _));
    }

    [TortureFact]
    public void Of_two_requests_in_a_datagram_only_the_first_is_taken()
    {
        var bytes = TortureMessages.Read("dblreq");
        var result = SipParser.Parse(bytes);
        Assert.Equal(SipMethod.Register, ((SipRequest)result.Message!).Method);
        Assert.True(result.Message.Body.IsEmpty);
        Assert.True(result.Consumed < bytes.Length);
        Assert.True(result.Message.Bytes.IndexOf("INVITE"u8) < 0);
    }

    [TortureFact]
    public void A_binary_body_is_kept_byte_by_byte()
    {
        var bytes = TortureMessages.Read("mpart01");
        var message = Request(bytes);
        Assert.True(message.Body.Contains((byte)0));
        Assert.True(bytes.AsSpan().EndsWith(message.Body));
        Assert.Equal(Text(message.First(SipHeaderId.ContentLength)), message.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TortureFact]
    public void Odd_methods_tokens_and_nul_in_quotes_pass()
    {
        var request = Request(TortureMessages.Read("intmeth"));
        Assert.Equal("!interesting-Method0123456789_*+`.%indeed'~", Text(request.MethodName));
        Assert.Equal(request.MethodName, request.CSeqMethodName);
        Assert.True(request.First(SipHeaderId.To).Contains((byte)0));
    }

    [TortureFact]
    public void Unknown_schemes_are_shown_to_whoever_answers_416()
    {
        Assert.Equal("nobodyKnowsThisScheme", Text(Request(TortureMessages.Read("unkscm")).RequestUriScheme));
        Assert.Equal("soap.beep", Text(Request(TortureMessages.Read("novelsc")).RequestUriScheme));
        Assert.Equal(416, SipRejections.Status(UnsupportedUriScheme));
    }

    [TortureFact]
    public void A_phrase_may_be_empty_or_in_any_language()
    {
        var empty = Assert.IsType<SipResponse>(Accepted(TortureMessages.Read("noreason")));
        Assert.Equal((100, ""), (empty.StatusCode, Text(empty.ReasonPhrase)));
        var russian = Assert.IsType<SipResponse>(Accepted(TortureMessages.Read("unreason")));
        Assert.Equal(200, russian.StatusCode);
        Assert.True(russian.ReasonPhrase.Length > 20);
    }

    [TortureFact]
    public void An_rfc_2543_invite_has_no_branch_and_no_tags()
    {
        var invite = Request(TortureMessages.Read("inv2543"));
        Assert.True(invite.Branch.IsEmpty && invite.FromTag.IsEmpty && invite.ToTag.IsEmpty);
        Assert.False(invite.Has(SipHeaderId.MaxForwards));
        Assert.Equal("iftgw.example.com", Text(invite.SentBy));
    }

    private static List<string> Values(SipMessage message, SipHeaderId id)
    {
        var values = new List<string>();
        foreach (var value in message.Values(id)) values.Add(Text(value));
        return values;
    }
}
