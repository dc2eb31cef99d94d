using System.Text;
using CallActors.Commands;
using CallActors.Control;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Calls;

/// <summary>Requests in the dialogs of a call: what every leg does by itself is done here, the rest is the application's.</summary>
internal sealed class DialogEvents(CallCore core, CallActor actor)
{
    private const int MostWaits = 60;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(500);

    private List<LegRequest>? _unanswered;

    /// <summary>A request of a leg's far end, or of the server.</summary>
    public void OnRequest(Leg leg, Arrived arrived)
    {
        var request = new LegRequest(core.Runtime, arrived, leg);
        switch (arrived.Request.Method)
        {
            case SipMethod.Bye:
                if (!arrived.IsServers) request.Send(200);
                leg.Finish(new LegEnd(arrived.IsServers ? EndedBy.Server : EndedBy.FarEnd, ReasonOf(arrived.Request) ?? "normal release"));
                break;
            case SipMethod.Prack: request.Send(200); break;
            case SipMethod.Cancel: leg.Session.Cancel(arrived.TransactionId); break;
            case SipMethod.Ack: break;
            default:
                if (arrived.IsServers || (!request.IsSessionChange && IsRepeated(leg, request))) break;
                if (IsTaken(leg, request)) break;
                if (leg.Session.IsBegun && request.IsSessionChange) leg.Session.Receive(request);
                else Present(request);
                break;
        }
    }

    /// <summary>Gives a request of a leg's far end to the application.</summary>
    public void Present(LegRequest request) => core.Run(() => Answered(request));

    /// <summary>Something for a leg that may be over.</summary>
    public void OnArrived(Arrived arrived)
    {
        if (LegOf(arrived) is { } leg)
        {
            leg.OnArrived(arrived);
            return;
        }

        // The leg ended while this was under way: its far end needs an answer all the same.
        if (arrived.IsServers || arrived.Request.Method is SipMethod.Ack or SipMethod.Cancel) return;
        core.Runtime.Traffic.Answer(arrived.Connection, arrived.TransactionId, arrived.Request.Method == SipMethod.Bye ? 200 : 481);
    }

    /// <summary>The same from another node. One that has just come may have calls before it has its connections, and its dialogs are its own once they are claimed.</summary>
    public void OnForwarded(Forwarded forwarded, int attempt = 0)
    {
        if (forwarded.Arrive(core.Runtime) is not { } arrived)
        {
            if (attempt < MostWaits) core.After(s_wait, () => OnForwarded(forwarded, attempt + 1));
        }
        // A BYE ends the leg whoever's it is; what is answered before the claim would be refused.
        else if (LegOf(arrived) is { Back: { IsCompleted: false } back } && arrived.Request.Method is not (SipMethod.Ack or SipMethod.Bye))
        {
            core.Run(() => Later(forwarded, back));
        }
        else
        {
            OnArrived(arrived);
        }
    }

    /// <summary>The call goes on elsewhere, and what its flow has not answered it never will: the server shows it to whoever has the call then, or answers itself what was relayed.</summary>
    public void GiveUp()
    {
        foreach (var request in _unanswered ?? [])
        {
            if (request.Leg is not { IsAnswered: true, Ownership: not null } || !request.Connection.Grants(ExtensionFeatures.Adopt)) continue;
            core.Runtime.Traffic.Submit(request.Connection, core.Key, null, FrameWriter.Stray(request.TransactionId.Span));
            core.Touch(request.Connection);
        }

        _unanswered = null;
    }

    /// <summary>The text of a Reason header (RFC 3326), else its cause; null without one.</summary>
    public static string? ReasonOf(SipMessage message)
    {
        if (!ReasonValue.TryParse(message.First(SipHeaderId.Reason), out var reason)) return null;
        if (reason.Parameters.TryFind("text"u8, out var text)) return QuotedText.ToText(text);
        return reason.Cause is { } cause ? $"{Encoding.ASCII.GetString(reason.Protocol)} cause {cause}" : null;
    }

    private async Task Later(Forwarded forwarded, Task back)
    {
        await back;
        OnForwarded(forwarded);
    }

    private Leg? LegOf(Arrived arrived)
    {
        foreach (var leg in core.Legs)
        {
            if (!leg.IsOver && leg.Owns(arrived.DialogId, arrived.TransactionId)) return leg;
        }

        return null;
    }

    // Servers that keep nothing of a dialog lose it with the requests in it.
    private static bool IsRepeated(Leg leg, LegRequest request) =>
        leg.IsAnswered && request.Connection.Grants(ExtensionFeatures.Session) && (leg.Received ??= new ReceivedRequests()).IsRepeated(request);

    // What the far end tells of a REFER of ours is no news to the application: it has the outcome.
    private static bool IsTaken(Leg leg, LegRequest request)
    {
        if (request.Message.Method != SipMethod.Notify || leg.Referrals is not { } referrals) return false;
        for (var index = referrals.Count - 1; index >= 0; index--)
        {
            if (referrals[index].Take(request)) return true;
        }

        return false;
    }

    private async Task Answered(LegRequest request)
    {
        (_unanswered ??= []).Add(request);
        try
        {
            await actor.Requested(request);
            // A call that goes on elsewhere before the server has this would not have answered.
            if (!request.IsAnswered) await request.Respond(200);
        }
        catch
        {
            request.Send(500);
            throw;
        }
        finally
        {
            _unanswered?.Remove(request);
        }
    }
}
