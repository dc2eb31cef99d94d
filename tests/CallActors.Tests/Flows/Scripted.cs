using System.Diagnostics.Metrics;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>What a test wants a flow to do, and what the flow has seen.</summary>
internal sealed class Script
{
    /// <summary>For a call that arrives.</summary>
    public Func<Scripted, IncomingCall, Task> Invited { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>For a call that the test begins.</summary>
    public Func<Scripted, Task> Started { get; init; } = static _ => Task.CompletedTask;

    /// <summary>The legs that ended by themselves, in order.</summary>
    public List<LegEnd> Hangups { get; } = [];

    /// <summary>The calls that ended.</summary>
    public List<CallEnded> Ended { get; } = [];

    /// <summary>How INVITEs ended.</summary>
    public List<InviteOutcome> Outcomes { get; } = [];

    /// <summary>Anything else that a test wants to know.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Forgets what was seen.</summary>
    public void Forget()
    {
        Hangups.Clear();
        Ended.Clear();
        Outcomes.Clear();
        Notes.Clear();
    }

    /// <summary>A node whose every INVITE is for this script.</summary>
    public TestNode On(TestNet net, Func<CallActorsOptions, CallActorsOptions>? configure = null, string node = "node") =>
        net.Serves(routes => routes.Invite<Scripted>(), services => services.AddSingleton(net).AddSingleton(this), configure, node);
}

/// <summary>A flow that does what a <see cref="Script"/> says.</summary>
internal sealed class Scripted(Script script, TestNet net) : CallActor
{
    /// <summary>The net's time.</summary>
    public TimeProvider Clock => Time;

    /// <summary>Calls a phone.</summary>
    public OutgoingCall Calls(string phone, CallOptions? options = null) => Dial(net.Phone(phone).Uri, options);

    /// <summary>Connects the caller with the phone that was dialled, and notes how that went.</summary>
    public Task<Bridge> Connects(IncomingCall call, BridgeOptions? options = null) => ConnectsTo(call.Called, call, options);

    /// <summary>Connects the caller with a phone, and notes how that went.</summary>
    public async Task<Bridge> ConnectsTo(string phone, IncomingCall call, BridgeOptions? options = null)
    {
        var bridge = await call.BridgeTo(net.Phone(phone).Uri, options);
        script.Outcomes.Add(bridge.Outcome);
        return bridge;
    }

    protected override Task OnInvite(IncomingCall call) => script.Invited(this, call);

    protected override Task OnStart(object? argument) => script.Started(this);

    protected override Task OnHangup(Leg leg, LegEnd end)
    {
        script.Hangups.Add(end);
        return base.OnHangup(leg, end);
    }

    protected override Task OnEnded(CallEnded ended)
    {
        script.Ended.Add(ended);
        return Task.CompletedTask;
    }
}

/// <summary>Counts what one node's runtime measures.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _sums = [];

    public Counted(TestNode node)
    {
        var meter = node.Runtime.Runtime.Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _sums[instrument.Name] = this[instrument.Name] + value);
        _listener.Start();
    }

    public long this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}
