using CallActors.Targets;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>A flow that a test writes where it needs it, and what the flow was told.</summary>
internal sealed class FlowUnderTest(FlowScript script) : CallActor
{
    /// <summary>Places a call, as flows do.</summary>
    public OutgoingCall Calls(CallTarget target, CallOptions? options = null) => Dial(target, options);

    protected override Task OnInvite(IncomingCall call) => script.Invited(call);

    protected override Task OnStart(object? argument) => script.Started(this);

    protected override Task OnHangup(Leg leg, LegEnd end)
    {
        script.Hangups.Add((leg, end));
        return base.OnHangup(leg, end);
    }

    protected override Task OnAcknowledged(IncomingCall call)
    {
        script.Acknowledgements++;
        return base.OnAcknowledged(call);
    }

    protected override Task OnEnded(CallEnded ended)
    {
        script.Ends.Add(ended);
        return base.OnEnded(ended);
    }
}

/// <summary>What the flow does, and what it was told.</summary>
internal sealed class FlowScript
{
    public Func<IncomingCall, Task> Invited { get; init; } = _ => Task.CompletedTask;

    public Func<FlowUnderTest, Task> Started { get; init; } = _ => Task.CompletedTask;

    public List<(Leg Leg, LegEnd End)> Hangups { get; } = [];

    public List<CallEnded> Ends { get; } = [];

    public int Acknowledgements { get; set; }
}

/// <summary>Nets that serve such flows.</summary>
internal static class ScriptedNets
{
    /// <summary>What an application without a phone describes.</summary>
    public static string Sdp { get; } = new PhoneSdp { Address = "10.9.9.9" }.ToString();

    /// <summary>Every INVITE leads to this.</summary>
    public static TestNode Answers(this TestNet net, Func<IncomingCall, Task> invited) => net.Plays(new FlowScript { Invited = invited });

    /// <summary>Every INVITE leads to this, and what the flow is told is kept.</summary>
    public static TestNode Plays(this TestNet net, FlowScript script) =>
        net.Serves(app => app.Invite<FlowUnderTest>(), services => services.AddSingleton(script));

    /// <summary>One calls, the other answers, and both ends are acknowledged.</summary>
    public static (PlacedCall Call, OfferedCall Incoming) Connect(this Phone caller, Phone callee)
    {
        var call = caller.Invites(callee.Name);
        var incoming = callee.ReceivesInvite().Answers();
        call.Receives(200).Acks();
        incoming.ReceivesAck();
        return (call, incoming);
    }

    /// <summary>A call that the application begins.</summary>
    public static TestNode Begins(this TestNet net, Func<FlowUnderTest, Task> started) => net.Begins(new FlowScript { Started = started });

    /// <summary>A call that the application begins, and what the flow is told is kept.</summary>
    public static TestNode Begins(this TestNet net, FlowScript script)
    {
        var node = net.Plays(script);
        node.Begin<FlowUnderTest>();
        return node;
    }
}
