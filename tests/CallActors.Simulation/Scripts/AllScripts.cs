using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Simulation.Scripts;

/// <summary>Every kind of call that the simulation makes, in equal parts.</summary>
internal static class AllScripts
{
    public static readonly Script[] Table =
    [
        new("reject") { Offered = call => call.Respond(486), IsRight = call => call.A.Final == 486 },
        new("options")
        {
            Dials = (call, phone, callId) => Leg.Ask(phone, callId, $"options-{call.Number}", "OPTIONS"),
            Offered = call => call.Respond(200),
            IsRight = call => call.A.Final == 200,
        },
        new("caller-hangs-up") { Offered = Answer, Answered = CallerHangsUp, IsRight = call => IsHungUpByCaller(call) },
        new("application-hangs-up") { Offered = Answer, Confirmed = call => call.After(0.1, 3, () => call.HangUp(call.DialogA)), IsRight = IsHungUpByServer },
        new("both-hang-up")
        {
            Offered = Answer,
            Answered = call => call.After(1, 1.05, call.A.HangUp),
            Confirmed = call => call.After(0.95, 1.05, () => call.HangUp(call.DialogA)),
            IsRight = call => call.A is { Final: 200, Ended: "was hung up" or "hung up 200" or "hung up 481" or "hung up 200, crossed" or "hung up 481, crossed" },
        },
        new("cancelled-ringing") { Dials = Cancelling(0.5, 3), Offered = call => call.After(0.1, 0.3, () => call.Respond(180)), IsRight = call => call is { A.Final: 487, WasCancelled: true } },
        new("cancelled-at-once")
        {
            Dials = Cancelling(0, 0),
            Offered = call => call.After(0.1, 2, () => call.Respond(487)),
            IsRight = call => call.A.Final == 487 && (!call.WasCancelled || call.Refusals is ["487: Response not sent due to unknown transaction"] or []),
        },
        new("cancelled-while-answered")
        {
            Dials = Cancelling(0.5, 0.6),
            Offered = call => call.After(0.42, 0.55, () => call.Respond(200)),
            Answered = CallerHangsUp,
            IsRight = call => call.A.Final == 487 ? call.WasCancelled : IsHungUpByCaller(call),
        },
        new("silent-application")
        {
            Offered = call => call.After(70, 71, () => call.Respond(200)),
            IsRight = call => call is { A.Final: 480, Refusals: ["200: Response not sent due to unknown transaction"] },
        },
        new("never-acknowledged")
        {
            Dials = (call, phone, callId) => Leg.Call(phone, callId, $"never-acknowledged-{call.Number}", neverAcknowledges: true),
            Offered = Answer,
            IsRight = call => call is { A: { Final: 200, Ended: "was hung up ACK timeout" }, EndedByServer: ["ACK timeout"] },
        },
        new("caller-vanishes")
        {
            Dials = (call, phone, callId) => Leg.Call(phone, callId, $"caller-vanishes-{call.Number}", neverAcknowledges: true),
            Offered = Answer,
            Answered = call => call.A.IsDead = true,
            IsRight = call => call is { A.Final: 200, EndedByServer: ["ACK timeout"] },
        },
        new("reliable-progress")
        {
            Dials = (call, phone, callId) => Leg.Call(phone, callId, $"reliable-progress-{call.Number}", supported: "100rel"),
            Offered = call => call.Respond(183, "Require: 100rel\r\n"),
            Pracked = call => call.After(0.1, 1, () => call.Respond(200)),
            Answered = CallerHangsUp,
            IsRight = call => IsHungUpByCaller(call) && call.A.Answers is [200],
        },
        new("asked-in-dialog")
        {
            Offered = Answer,
            Answered = call => { call.After(0.1, 0.5, () => call.A.Ask("INFO")); call.After(30, 31, call.A.HangUp); },
            Confirmed = call => call.Ask(call.DialogA, "INFO"),
            IsRight = call => IsHungUpByCaller(call) && call.A.Answers is [200] && call.Finals is ["INFO 200"],
        },
        new("renegotiated-by-caller")
        {
            Offered = Answer,
            Answered = call => { call.After(0.05, 1, () => call.A.Renegotiate()); call.After(30, 31, call.A.HangUp); },
            IsRight = call => IsHungUpByCaller(call) && call.A.Renegotiated == 200,
        },
        new("renegotiated-by-application")
        {
            Offered = Answer,
            Confirmed = call => { call.Renegotiate(); call.After(20, 21, () => call.HangUp(call.DialogA)); },
            IsRight = call => IsHungUpByServer(call) && call.A.RenegotiatedByPeer == 1 && call.Finals.Contains("INVITE 200"),
        },
        new("renegotiated-by-both")
        {
            Offered = Answer,
            Answered = call => { call.After(1, 1.05, () => call.A.Renegotiate()); call.After(40, 41, call.A.HangUp); },
            Confirmed = call => call.After(0.95, 1.05, () => call.Renegotiate()),
            IsRight = call => IsHungUpByCaller(call) && call.A is { Renegotiated: 200, RenegotiatedByPeer: 1 },
        },
        new("bridge-caller-hangs-up") { Offered = Bridge, Called = CalleeAnswers, Answered = CallerHangsUp, IsRight = call => IsHungUpByCaller(call) && call.B is { Final: 200, Ended: "was hung up" } },
        new("bridge-callee-hangs-up")
        {
            Offered = Bridge,
            Called = call => { CalleeAnswers(call); call.B!.Confirmed = () => call.After(0.5, 3, call.B.HangUp); },

            // Where every 200 so far was lost, the BYE ends a call of which the caller never heard: its INVITE is absorbed from then on (RFC 6026 §7.1).
            IsRight = call => (IsHungUpByServer(call) || call.A is { Final: 408, Ended: "was hung up" }) && call.B is { Final: 200, Ended: "hung up 200" },
        },
        new("bridge-cancelled")
        {
            Dials = Cancelling(0, 1.5),
            Offered = Bridge,
            Called = call => call.After(0.1, 0.3, () => call.B!.Answer(180)),
            IsRight = call => call is { A.Final: 487, B: null or { Final: 487 } },
        },
        new("bridge-rejected") { Offered = Bridge, Called = call => call.After(0.1, 1, () => call.B!.Answer(486)), IsRight = call => call is { A.Final: 486, B.Final: 486 } },
        new("bridge-given-up")
        {
            Offered = call =>
            {
                call.PlaceB(response => { if (response.IsSuccess) call.AcknowledgeB(); });
                call.After(0.9, 1.1, () => { call.CancelB(); call.Respond(480); });
            },
            Called = call => call.After(0.85, 1.1, () => call.B!.Answer(200)),
            IsRight = call => call is { A.Final: 480, B: { Final: 487 } or { Final: 200, Ended: "was hung up ACK-BYE due to cancel race condition" or "was hung up" } },
        },
        new("never-acknowledged-by-application")
        {
            Offered = call => { call.PlaceB(static _ => { }); call.Respond(480); },
            Called = call => { call.B!.IsPatient = true; CalleeAnswers(call); },
            IsRight = call => call is { A.Final: 480, B: { Final: 200, Ended: "was hung up ACK timeout" }, EndedByServer: ["ACK timeout"] },
        },
        new("updated-by-caller")
        {
            Offered = Answer,
            Answered = call => { call.After(0.1, 0.5, () => call.A.Ask("UPDATE", Leg.Sdp)); call.After(35, 36, call.A.HangUp); },
            IsRight = call => IsHungUpByCaller(call) && call.A.Answers is [200],
        },
        new("updated-by-application")
        {
            Offered = Answer,
            Confirmed = call => { call.Ask(call.DialogA, "UPDATE", body: System.Text.Encoding.ASCII.GetString(Leg.Sdp)); call.After(35, 36, () => call.HangUp(call.DialogA)); },
            IsRight = call => IsHungUpByServer(call) && call.Finals.Contains("UPDATE 200"),
        },
        new("subscribed-and-ended-by-application")
        {
            Dials = Subscribing,
            Offered = call => call.Respond(202, "Expires: 60\r\n", _ => call.Notify("active", () => call.After(0.1, 3, () => call.Notify("terminated")))),
            IsRight = call => call is { A: { Final: 202, Notified: ["Active", "Terminated"] }, Finals: ["NOTIFY 200", "NOTIFY 200"] },
        },
        new("subscribed-and-ended-by-subscriber")
        {
            Dials = Subscribing,
            Offered = call => call.Respond(200, "Expires: 60\r\n", _ => call.Notify("active", () => call.After(33, 34, call.A.Unsubscribe))),
            IsRight = call => call is { A: { Final: 200, Answers: [200], Notified: ["Active", "Terminated"] }, Finals: ["NOTIFY 200", "NOTIFY 200"] },
        },
        new("subscribed-to")
        {
            Offered = call => { call.SubscribeToB(); call.Respond(480); },
            Called = call => call.B!.Accept(),
            IsRight = call => call is { A.Final: 480, B: { Ended: "notified", Answers: [200, 200] }, Finals: ["SUBSCRIBE 202"], Notified: ["Active", "Terminated"] },
        },
        new("proxied-caller-hangs-up") { Offered = call => call.Proxy(1), Called = CalleeAnswers, Answered = CallerHangsUp, IsRight = call => IsHungUpByCaller(call) && call.B is { Final: 200, Ended: "was hung up" } },
        new("proxied-callee-hangs-up")
        {
            Offered = call => call.Proxy(1),
            Called = call => { CalleeAnswers(call); call.B!.Confirmed = () => call.After(0.5, 3, call.B.HangUp); },
            IsRight = call => IsHungUpByServer(call) && call.B is { Final: 200, Ended: "hung up 200" },
        },
        new("proxied-asked-in-dialog")
        {
            Offered = call => call.Proxy(1),
            Called = CalleeAnswers,
            Answered = call => { call.After(0.1, 0.5, () => call.A.Ask("INFO")); call.After(34, 35, call.A.HangUp); },
            IsRight = call => IsHungUpByCaller(call) && call.A.Answers is [200] && call.B is { Final: 200, Ended: "was hung up" },
        },
        new("proxied-to-the-second")
        {
            Offered = call => call.Proxy(2),
            Called = call =>
            {
                if (call.Rung == 1) call.After(0.1, 1, () => call.B!.Answer(486));
                else CalleeAnswers(call);
            },
            Answered = CallerHangsUp,
            IsRight = call => IsHungUpByCaller(call) && call is { Rung: 2, B: { Final: 200, Ended: "was hung up" } },
        },
        new("proxied-rejected") { Offered = call => call.Proxy(2, stays: false), Called = call => call.B!.Answer(call.Rung == 1 ? 480 : 486), IsRight = call => call is { A.Final: 480 or 486, Rung: 2 } },
        new("proxied-cancelled")
        {
            Dials = Cancelling(0.2, 2),
            Offered = call => call.Proxy(1),
            Called = call => call.After(0.1, 0.3, () => call.B!.Answer(180)),
            IsRight = call => call is { A.Final: 487, B: null or { Final: 487 } },
        },
    ];

    private static Leg Subscribing(Call call, Phone phone, string callId) => Leg.Subscribe(phone, callId, $"{call.Script.Name}-{call.Number}");

    private static Func<Call, Phone, string, Leg> Cancelling(double after, double most) => (call, phone, callId) =>
    {
        var leg = Leg.Call(phone, callId, $"{call.Script.Name}-{call.Number}");
        call.After(after, most, leg.Cancel);
        return leg;
    };

    private static void Answer(Call call)
    {
        if (call.World.Chance.Next(2) == 0) call.Respond(180);
        call.After(0.05, 2, () => call.Respond(200));
    }

    private static void CallerHangsUp(Call call) => call.After(0.1, 3, call.A.HangUp);

    private static void CalleeAnswers(Call call)
    {
        call.B!.Answer(180);
        call.After(0.1, 2, () => call.B.Answer(200));
    }

    private static void Bridge(Call call) => call.PlaceB(response => Relay(call, response));

    private static void Relay(Call call, SipResponse response)
    {
        if (response.IsSuccess)
        {
            call.AcknowledgeB();
            call.Respond(200, "", isDone =>
            {
                if (!isDone) call.HangUp(call.DialogB);
            });
        }
        else if (!call.WasCancelled)
        {
            call.Respond(response.StatusCode);
        }
    }

    private static bool IsHungUpByCaller(Call call) => call.A is { Final: 200, Ended: "hung up 200" };

    private static bool IsHungUpByServer(Call call) => call.A is { Final: 200, Ended: "was hung up" };
}
