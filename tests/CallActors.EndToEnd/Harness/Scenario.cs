using System.Globalization;
using System.Security;
using System.Text;

namespace CallActors.EndToEnd.Harness;

/// <summary>
/// One side of a call as SIPp plays it, written message by message. It becomes an ordinary SIPp scenario file. Header checks are
/// written <c>"Name: regular expression"</c>, a check of the body <c>"body: …"</c>.
/// </summary>
internal sealed class Scenario
{
    private readonly StringBuilder _xml = new();
    private readonly SortedSet<string> _variables = new(StringComparer.Ordinal);
    private readonly string _user;
    private readonly string _tag;
    private int _sequence;
    private int _inviteSequence;
    private int _branch;
    private int _inviteBranch;
    private int _check;
    private bool _established;
    private bool _reopened;
    private string _opening = "";
    private string _lastReceived = "";
    private string _lastMessage = "";
    private string _lastSent = "";

    private Scenario(string name, bool places, string user)
    {
        Name = name;
        Places = places;
        _user = user;
        _tag = places ? "[pid]A[call_number]" : "[pid]B[call_number]";
    }

    internal string Name { get; }

    /// <summary>True for the side that sends the first message.</summary>
    internal bool Places { get; }

    private bool IsStillRinging => !_established;

    private string Target => Places && IsStillRinging ? "sip:[service]@[remote_ip]:[remote_port]" : "[next_url]";

    private string Contact => $"Contact: <sip:{_user}@[local_ip]:[local_port];transport=[transport]>";

    /// <summary>A side that sends the first request.</summary>
    internal static Scenario Caller(string user = "alice") => new("caller", true, user);

    /// <summary>A side that waits for one.</summary>
    internal static Scenario Callee(string user = "bob") => new("callee", false, user);

    /// <summary>Any request. Without <paramref name="uri"/> it goes where the dialog says.</summary>
    internal Scenario Send(string method, string? body = null, string[]? headers = null, string? uri = null)
    {
        switch (method)
        {
            case "CANCEL":
                Request(method, _inviteSequence, _inviteBranch, uri ?? Target, body, headers, retransmitted: true);
                break;
            default:
                _branch++;
                _sequence++;
                if (method == "INVITE")
                    (_inviteSequence, _inviteBranch) = (_sequence, _branch);
                Request(method, _sequence, _branch, uri ?? Target, body, headers, retransmitted: true);
                break;
        }

        return this;
    }

    internal Scenario Invite(string? body = null, params string[] headers) =>
        Send("INVITE", body ?? (Places ? Sdp.Alice : Sdp.Bob), headers);

    /// <summary>An INVITE or re-INVITE that leaves the offer to the other side.</summary>
    internal Scenario InviteWithoutOffer(params string[] headers) => Send("INVITE", "", headers);

    /// <summary>For a 2xx; <paramref name="sequence"/> names an INVITE before the last one.</summary>
    internal Scenario Ack(string? body = null, int sequence = 0)
    {
        Request("ACK", sequence == 0 ? _inviteSequence : sequence, ++_branch, Target, body, null, retransmitted: false);
        return this;
    }

    /// <summary>For a rejection: same branch as its INVITE (RFC 3261 §17.1.1.3).</summary>
    internal Scenario AckRejection()
    {
        Request("ACK", _inviteSequence, _inviteBranch, Target, null, null, retransmitted: false);
        return this;
    }

    internal Scenario Cancel(params string[] headers) => Send("CANCEL", null, headers);

    internal Scenario Bye(params string[] headers) => Send("BYE", null, headers);

    /// <summary>For the reliable response received last (RFC 3262).</summary>
    internal Scenario Prack() => Send("PRACK", null, [$"RAck:[$rseq] {_inviteSequence} INVITE"]);

    /// <summary>A response that must come next.</summary>
    internal Scenario Expect(int status, params string[] checks)
    {
        var transaction = TransactionOf(checks);
        _lastMessage = "";
        // A slow machine may bring a 100 to any request (RFC 4320 §4.1).
        if (status > 100 && transaction.Length > 0)
            _xml.Append(CultureInfo.InvariantCulture, $"<recv response=\"100\" optional=\"true\"{transaction}/>\n");
        Receive($"response=\"{status}\" rrs=\"true\"{(status is 401 or 407 ? " auth=\"true\"" : "")}{transaction}", checks, reliable: false);
        if (status is >= 200 and < 300 && _opening is "INVITE" or "SUBSCRIBE")
            _established = true;
        if (status >= 200 && transaction.Length > 0)
            _lastSent = "";
        return this;
    }

    /// <summary>A reliable provisional response that must come next; its RSeq is kept for <see cref="Prack"/>.</summary>
    internal Scenario ExpectReliable(int status, params string[] checks)
    {
        _lastMessage = "";
        Receive($"response=\"{status}\" rrs=\"true\"", [.. checks, "Require: 100rel"], reliable: true);
        return this;
    }

    /// <summary>A response that may come before the next mandatory message.</summary>
    internal Scenario May(int status)
    {
        _xml.Append(CultureInfo.InvariantCulture, $"<recv response=\"{status}\" optional=\"true\"/>\n");
        return this;
    }

    /// <summary>A request that must come next.</summary>
    internal Scenario Receive(string method, params string[] checks)
    {
        if (!Places && _opening.Length == 0)
            _opening = method;
        else if (!Places && method == _opening)
            _reopened = true;
        var actions = new StringBuilder();
        foreach (var header in (string[])["From", "To", "CSeq"])
        {
            var variable = Variable($"{method}_{header}");
            actions.Append(CultureInfo.InvariantCulture, $"<ereg regexp=\".*\" search_in=\"hdr\" header=\"{header}:\" assign_to=\"{variable}\"/>");
        }

        // From the first Via line to the last: behind a proxy there are several, and by name SIPp finds only the first.
        actions.Append(CultureInfo.InvariantCulture,
            $"<ereg regexp=\"Via: (([[:print:]]|[[:cntrl:]])*[[:cntrl:]]Via: )?[[:print:]]+\" search_in=\"msg\" assign_to=\"{Variable($"{method}_Via")}\"/>");

        Receive($"request=\"{method}\" rrs=\"true\"", checks, reliable: false, actions.ToString());
        _lastReceived = _lastMessage = method;
        return this;
    }

    /// <summary>Answers the latest request of a method; without one, the latest request.</summary>
    internal Scenario Reply(int status, string? method = null, string? body = null, string[]? headers = null)
    {
        method ??= _lastReceived;
        var lines = new List<string>
        {
            $"SIP/2.0 {status} {Phrase(status)}",
        };
        if (method == _lastMessage)
            lines.AddRange(["[last_Via:]", "[last_Record-Route:]"]);
        else
            lines.Add($"[${method}_Via]");
        lines.Add($"From:[${method}_From]");
        lines.Add($"To:[${method}_To]{(NeedsTag(method, status) ? $";tag={_tag}" : "")}");
        lines.Add("Call-ID: [call_id]");
        lines.Add($"CSeq:[${method}_CSeq]");
        if (method is "INVITE" or "SUBSCRIBE" or "UPDATE" && status is > 100 and < 300 && headers?.Any(IsContact) != true)
            lines.Add(Contact);
        lines.AddRange(headers ?? []);
        if (method is "INVITE" or "SUBSCRIBE" && status is >= 200 and < 300)
            _established = true;
        Message(lines, body, method == "INVITE" && status >= 200);
        return this;
    }

    /// <summary>From here on messages go to this port of 127.0.0.1, as a route set of none asks for.</summary>
    internal Scenario GoTo(int port)
    {
        _xml.Append(CultureInfo.InvariantCulture,
            $"<nop><action><setdest host=\"127.0.0.1\" port=\"{port}\" protocol=\"UDP\"/></action></nop>\n");
        return this;
    }

    internal Scenario Pause(int milliseconds)
    {
        _xml.Append(CultureInfo.InvariantCulture, $"<pause milliseconds=\"{milliseconds}\"/>\n");
        return this;
    }

    /// <summary>The scenario file.</summary>
    internal string ToXml()
    {
        var references = _variables.Count == 0 ? "" : $"<Reference variables=\"{string.Join(',', _variables)}\"/>\n";
        return $"<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n<scenario name=\"{Name}\">\n{_xml}{references}</scenario>\n";
    }

    private static string Phrase(int status) => status switch
    {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        302 => "Moved Temporarily",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        422 => "Session Interval Too Small",
        489 => "Bad Event",
        491 => "Request Pending",
        500 => "Server Internal Error",
        503 => "Service Unavailable",
        603 => "Decline",
        _ => "Some Reason",
    };

    private static bool IsContact(string header) => header.StartsWith("Contact:", StringComparison.OrdinalIgnoreCase);

    // By its branch, so that a repeated 200 to the INVITE is not taken for the answer to a BYE. INVITE and CANCEL share a branch and go without.
    private string TransactionOf(string[] checks)
    {
        var method = checks.FirstOrDefault(check => check.StartsWith("CSeq:", StringComparison.Ordinal))?.Split(' ')[^1] ?? _lastSent;
        return HasTransaction(method) && method == _lastSent ? $" response_txn=\"t{_branch}\"" : "";
    }

    private static bool HasTransaction(string method) => method is not ("" or "INVITE" or "CANCEL" or "ACK");

    private bool NeedsTag(string method, int status) =>
        !Places && status > 100 && (method == _opening && !_established || method == "CANCEL");

    private void Request(string method, int sequence, int branch, string uri, string? body, string[]? headers, bool retransmitted)
    {
        if (Places && _opening.Length == 0)
            _opening = method;
        _lastSent = method;
        headers ??= [];
        var lines = new List<string>
        {
            $"{method} {uri} SIP/2.0",
            $"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-{(Places ? "a" : "b")}{branch}",
        };
        if (Places)
        {
            if (!headers.Any(header => header.StartsWith("From:", StringComparison.Ordinal)))
                lines.Add($"From: <sip:{_user}@[local_ip]:[local_port]>;tag={_tag}");
            var isFirst = IsStillRinging && (method == _opening || method == "CANCEL");
            lines.Add($"To: <sip:[service]@[remote_ip]:[remote_port]>{(isFirst ? "" : "[peer_tag_param]")}");
        }
        else
        {
            // The To of a re-INVITE has our tag already.
            lines.Add($"From:[${_opening}_To]{(_reopened ? "" : $";tag={_tag}")}");
            lines.Add($"To:[${_opening}_From]");
        }

        if (_established || !Places)
            lines.Add("[routes]");
        lines.Add("Call-ID: [call_id]");
        lines.Add($"CSeq: {sequence} {method}");
        lines.Add("Max-Forwards: 70");
        if (method is "INVITE" or "SUBSCRIBE" or "UPDATE" or "REFER" && !headers.Any(IsContact))
            lines.Add(Contact);
        lines.AddRange(headers);
        Message(lines, body, retransmitted, HasTransaction(method) ? $" start_txn=\"t{branch}\"" : "");
    }

    private void Message(List<string> lines, string? body, bool retransmitted, string transaction = "")
    {
        if (!string.IsNullOrEmpty(body) && !lines.Any(line => line.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)))
            lines.Add(Sdp.Type);
        lines.Add("Content-Length: [len]");
        _xml.Append(CultureInfo.InvariantCulture, $"<send{(retransmitted ? " retrans=\"500\"" : "")}{transaction}><![CDATA[\n\n");
        foreach (var line in lines)
            _xml.Append(line).Append('\n');
        var text = (body ?? "").Replace("\r\n", "\n", StringComparison.Ordinal);
        _xml.Append('\n').Append(text).Append(text.EndsWith('\n') || text.Length == 0 ? "" : "\n").Append("]]></send>\n");
    }

    private void Receive(string what, string[] checks, bool reliable, string actions = "")
    {
        var all = new StringBuilder(actions);
        if (reliable)
        {
            all.Append(CultureInfo.InvariantCulture,
                $"<ereg regexp=\".*\" search_in=\"hdr\" header=\"RSeq:\" check_it=\"true\" assign_to=\"{Variable("rseq")}\"/>");
        }

        foreach (var check in checks)
        {
            var colon = check.IndexOf(':', StringComparison.Ordinal);
            var (name, expression) = (check[..colon], SecurityElement.Escape(check[(colon + 1)..].Trim()));
            var where = name == "body" ? "search_in=\"body\"" : $"search_in=\"hdr\" header=\"{name}:\"";
            all.Append(CultureInfo.InvariantCulture,
                $"<ereg regexp=\"{expression}\" {where} check_it=\"true\" assign_to=\"{Variable($"check{++_check}")}\"/>");
        }

        _xml.Append(CultureInfo.InvariantCulture, $"<recv {what}>");
        if (all.Length > 0)
            _xml.Append("<action>").Append(all).Append("</action>");
        _xml.Append("</recv>\n");
    }

    private string Variable(string name)
    {
        _variables.Add(name);
        return name;
    }
}
