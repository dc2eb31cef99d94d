using System.Net;
using CallActors.Chaos.Histories;

namespace CallActors.Chaos.Phones;

/// <summary>Those who are called: the trunk of the nodes. Each rings for a moment and answers.</summary>
/// <param name="history">What happens is written here.</param>
/// <param name="interval">How long between a phone's counters, in milliseconds.</param>
/// <param name="seed">Decides when in the interval each phone sends.</param>
/// <param name="ringing">How long each rings, in milliseconds.</param>
internal sealed class Callees(History history, int interval, int seed, int ringing) : Side(history, interval, seed)
{
    /// <inheritdoc/>
    protected override CallEnd End => CallEnd.Callee;

    /// <inheritdoc/>
    protected override void OnInvite(SipText invite, IPEndPoint from)
    {
        var call = new HeldCall
        {
            Name = invite.User,
            CallId = invite.CallId,
            Local = $"{invite.Header("To")};tag={Tag(invite.User)}",
            Remote = invite.Header("From"),
            Target = invite.Contact,
            Server = from,
            RemoteSequence = invite.Sequence.Number,
            Invite = invite,
        };
        Calls.Add(call.CallId, call);
        Transactions.Respond(invite, invite.Respond(180, "Ringing", Tag(call.Name), $"Contact: <sip:{call.Name}@{Local}>\r\n"), from);
        Agenda.In(ringing, () => Answer(call, from, Phones.Transactions.T1, Phones.Transactions.Limit));
    }

    /// <inheritdoc/>
    protected override void OnOther(SipText request, HeldCall call, IPEndPoint from)
    {
        if (request.Method == "CANCEL")
        {
            if (!Transactions.IsNew(request)) return;
            Transactions.Respond(request, request.Respond(200, "OK", Tag(call.Name)), from);
            if (call.Invite is not { } invite || call.IsAnswered) return;
            (call.Invite, call.IsOver) = (null, true);
            Transactions.Respond(invite, invite.Respond(487, "Cancelled", Tag(call.Name)), from);
        }
        else if (call.Invite is not null && !call.IsOver)
        {
            call.Invite = null;
            History.Write(Happening.Answered, call.Name, End, leg: call.CallId);
            BeginCounting(call);
        }
    }

    private static string Tag(string name) => "k" + name;

    // The 200 is repeated until its ACK comes, and the call ended when none does (RFC 3261 §13.3.1.4).
    private void Answer(HeldCall call, IPEndPoint from, int again, int left)
    {
        if (call.Invite is not { } invite || call.IsOver) return;
        if (!call.IsAnswered) History.Write(Happening.Took, call.Name, End, leg: call.CallId);
        call.IsAnswered = true;
        if (left <= 0)
        {
            HangUp(call);
            return;
        }
        Transactions.Respond(invite, invite.Respond(200, "OK", Tag(call.Name), $"Contact: <sip:{call.Name}@{Local}>\r\nContent-Type: application/sdp\r\n", Sdp), from);
        Agenda.In(again, () => Answer(call, from, Math.Min(again * 2, Phones.Transactions.T2), left - again));
    }
}
