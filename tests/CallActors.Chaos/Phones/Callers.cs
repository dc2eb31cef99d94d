using System.Globalization;
using System.Net;
using CallActors.Chaos.Histories;

namespace CallActors.Chaos.Phones;

/// <summary>Those who call.</summary>
internal sealed class Callers(History history, int interval, int seed) : Side(history, interval, seed)
{
    // A caller whose call neither is answered nor refused gives up.
    private const int Patience = 64_000;

    /// <summary>How long a call that is begun during the fault lasts, in milliseconds.</summary>
    public const int NewCallsLast = 4000;

    /// <inheritdoc/>
    protected override CallEnd End => CallEnd.Caller;

    /// <summary>Calls a number.</summary>
    /// <param name="name">The number.</param>
    /// <param name="server">The server to send it to.</param>
    public void Invite(string name, IPEndPoint server)
    {
        var call = new HeldCall
        {
            Name = name,
            CallId = $"{name}-{Local.Port}",
            Local = $"<sip:c{name}@{Local}>;tag=c{name}",
            Remote = $"<sip:{name}@{server}>",
            Target = $"sip:{name}@{server}",
            Server = server,
            Sequence = 1,
        };
        Calls.Add(call.CallId, call);
        History.Write(Happening.Invited, name, End);
        var branch = NewBranch();
        var ack = "";
        Transactions.Begin(branch, Compose(call, "INVITE", branch, 1, "Content-Type: application/sdp\r\n", Sdp), server, isInvite: true, response =>
        {
            if (response is { Status: < 200 }) return;
            // Every repetition of the answer is acknowledged again; so is a refusal's.
            if (ack.Length > 0)
            {
                Send(ack, server);
                return;
            }
            if (response is { Status: < 300 }) (call.Remote, call.Target, call.IsAnswered) = (response.Header("To"), response.Contact, true);
            ack = response is null ? "none" : Ack(call, response, branch, $"sip:{name}@{server}");
            if (response is not null) Send(ack, server);
            History.Write(call.IsAnswered ? Happening.Answered : Happening.Refused, name, End, status: response?.Status ?? 408, text: response?.StartLine ?? "", leg: call.CallId);
            if (!call.IsAnswered) return;
            BeginCounting(call);
            if (!call.Name.StartsWith(HistoryEvent.HeldPrefix)) Agenda.In(NewCallsLast, () => HangUp(call));
        });
        Agenda.In(Patience, () =>
        {
            if (ack.Length > 0) return;
            ack = "none";
            History.Write(Happening.Refused, name, End, status: 408);
        });
    }

    /// <inheritdoc/>
    protected override void OnInvite(SipText invite, IPEndPoint from) => Transactions.Respond(invite, invite.Respond(404, "Nobody", "none"), from);

    /// <inheritdoc/>
    protected override void OnOther(SipText request, HeldCall call, IPEndPoint from)
    {
    }

    // The ACK of a refusal is the INVITE's transaction's (RFC 3261 §17.1.1.3), that of an answer a transaction of its own.
    private string Ack(HeldCall call, SipText response, string branch, string uri)
    {
        if (response.Status < 300) return Compose(call, "ACK", NewBranch(), 1);
        return string.Create(CultureInfo.InvariantCulture,
            $"ACK {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {Local};branch={branch};rport\r\nMax-Forwards: 70\r\nFrom: {call.Local}\r\nTo: {response.Header("To")}\r\nCall-ID: {call.CallId}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n");
    }
}
