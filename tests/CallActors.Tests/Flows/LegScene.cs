using Akka.Actor;
using CallActors.Targets;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Flows;

/// <summary>A net with two phones and a call between them and us, whose flow a test plays step by step.</summary>
internal sealed class LegScene : IDisposable
{
    public LegScene()
    {
        (Alice, Bob) = (Net.Phone("alice"), Net.Phone("bob"));
        Node = Net.Serves(app => app.Invite<PlayedCall>(), services => services.AddSingleton(this));
    }

    public TestNet Net { get; } = new();

    public Phone Alice { get; }

    public Phone Bob { get; }

    public TestNode Node { get; }

    /// <summary>The call that began last.</summary>
    public PlayedCall Call { get; set; } = null!;

    /// <summary>What a call that arrives leads to.</summary>
    public Func<IncomingCall, Task> Invited { get; set; } = call => call.Answer(Ours);

    /// <summary>What a re-INVITE leads to; null for the default.</summary>
    public Func<LegRequest, Task>? Reinvited { get; set; }

    /// <summary>What a REFER leads to; null for the default.</summary>
    public Func<PlayedCall, LegRequest, Task>? Referred { get; set; }

    /// <summary>The notifications, in their order.</summary>
    public List<string> Told { get; } = [];

    /// <summary>What an application without media describes.</summary>
    public static string Ours { get; } = new PhoneSdp { Address = "10.9.9.9" }.ToString();

    /// <summary>Does something in the call's mailbox.</summary>
    public Task<T> Does<T>(Func<PlayedCall, Task<T>> act)
    {
        var done = new TaskCompletionSource<T>();
        Assert.True(Node.Runtime.Runtime.Directory.TryFind(Call.Key, out var call));
        call.Tell(new Step(async () => done.SetResult(await act(Call))), ActorRefs.NoSender);
        return done.Task;
    }

    /// <summary>Waits for something to be over.</summary>
    public T Gets<T>(Task<T> task) => Net.RunUntil(task);

    /// <summary>We call Bob, and he answers.</summary>
    public OfferedCall Calls(CallTarget? target = null)
    {
        Node.Begin<PlayedCall>((Func<PlayedCall, Task>)(call => call.Calls(target ?? Bob.Uri).Outcome));
        var bob = Bob.ReceivesInvite().Answers().ReceivesAck();
        return bob;
    }

    /// <summary>Alice calls us, and we answer.</summary>
    public PlacedCall IsCalled() => Alice.Invites("us").Receives(200).Acks();

    /// <summary>Alice calls Bob through us.</summary>
    public (PlacedCall A, OfferedCall B) Bridges()
    {
        Invited = call => call.BridgeTo(Bob.Uri);
        var a = Alice.Invites("bob");
        var b = Bob.ReceivesInvite().Answers();
        a.Receives(200).Acks();
        b.ReceivesAck();
        return (a, b);
    }

    /// <summary>Alice hangs up, and nothing is left.</summary>
    public void Ends(PlacedCall a, OfferedCall? b = null)
    {
        var bye = a.Sends("BYE");
        b?.ReceivesBye();
        bye.Receives(200);
        Node.AssertNothingLeft();
    }

    /// <summary>Bob hangs up, and nothing is left.</summary>
    public void Ends(OfferedCall b)
    {
        b.HangsUp();
        Node.AssertNothingLeft();
    }

    public void Dispose() => Net.Dispose();
}

/// <summary>A call whose flow a test plays.</summary>
internal sealed class PlayedCall(LegScene scene) : CallActor
{
    public new CallKey Key => base.Key;

    public new IReadOnlyList<Leg> Legs => base.Legs;

    public OutgoingCall Calls(CallTarget target, CallOptions? options = null) => Dial(target, options ?? new CallOptions { Sdp = LegScene.Ours });

    public Task<TransferOutcome> Transfers(LegRequest refer) => Transfer(refer);

    public Task<ModifyOutcome> Joins(Leg a, Leg b) => Join(a, b);

    protected override Task OnInvite(IncomingCall call)
    {
        scene.Call = this;
        return scene.Invited(call);
    }

    protected override Task OnStart(object? argument)
    {
        scene.Call = this;
        return ((Func<PlayedCall, Task>)argument!)(this);
    }

    protected override Task OnReinvite(Leg leg, LegRequest request) => scene.Reinvited is { } act ? act(request) : base.OnReinvite(leg, request);

    protected override Task OnRefer(Leg leg, LegRequest request) => scene.Referred is { } act ? act(this, request) : base.OnRefer(leg, request);

    protected override Task OnHeld(Leg leg)
    {
        scene.Told.Add($"held {leg.Number}");
        return Task.CompletedTask;
    }

    protected override Task OnResumed(Leg leg)
    {
        scene.Told.Add($"resumed {leg.Number}");
        return Task.CompletedTask;
    }

    protected override Task OnTold(object message) => message is Step step ? step.Act() : base.OnTold(message);
}

/// <summary>Something to do in a call's mailbox.</summary>
internal sealed record Step(Func<Task> Act);
