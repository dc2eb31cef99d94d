using System.Text.Json.Serialization;
using Akka.Actor;
using CallActors.Connections;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Tests.Survival;

/// <summary>An application's state that gets in the way of its call: it cannot be written, cannot be read, is too large, or was said to a connection that was lost.</summary>
public sealed class StateTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Seen _seen = new();

    private static string Ours { get; } = new PhoneSdp { Address = "10.9.9.9" }.ToString();

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_state_that_cannot_be_written_ends_the_call_as_any_failure_of_the_flow_does()
    {
        var node = Serve("one");
        _seen.Fails = "write";
        _net.Phone("alice").Invites("us").Receives(200).Acks().ReceivesBye();
        _net.RunUntil(() => node.Calls == 0);
        node.AssertNothingLeft();
        Assert.Single(node.Records);
    }

    [Fact]
    public void A_state_that_cannot_be_read_ends_the_call_once_it_is_ours_and_leaves_its_record()
    {
        Serve("one");
        var alice = _net.Phone("alice").Invites("us").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(1));
        _seen.Fails = "read";
        var two = Serve("two");
        _net.Nodes["one"].Dies();
        alice.ReceivesBye();
        two.AssertNothingLeft();
        Assert.Single(two.Records);
        Assert.Empty(_seen.Notes);
    }

    [Fact]
    public void A_callback_that_throws_harms_its_own_call_alone()
    {
        var node = Serve("one");
        _seen.Fails = "cancelled";
        var alice = _net.Phone("alice").Invites("us");
        _net.Run(TimeSpan.FromSeconds(1));
        alice.Cancels().Receives(487);
        _net.RunUntil(() => node.Calls == 0);
        node.AssertNothingLeft();
        Assert.Single(node.Records);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(3_000_000)]
    public void A_state_that_no_server_keeps_costs_no_other_call_anything(int size)
    {
        var node = Serve("one");
        var downs = 0;
        var heard = () => { downs++; };
        node.System.EventStream.Subscribe(node.System.ActorOf(Props.Create(() => new Ear(heard))), typeof(ServerDown));
        var other = _net.Phone("alice").Invites("us").Receives(200).Acks();
        // Nothing that is made shorter by compressing it.
        _seen.Padding = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(size));
        var large = _net.Phone("bob").Invites("us").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal((2, 0), (node.Calls, downs));
        Assert.Empty(_seen.Notes);
        large.HangsUp();
        var two = Serve("two");
        node.Dies();
        other.Sends("INFO", "x").Receives(200);
        other.HangsUp();
        two.AssertNothingLeft();
    }

    [Fact]
    public void What_was_said_to_a_lost_connection_is_said_again()
    {
        var one = Serve("one");
        _seen.SavesAt = TimeSpan.FromSeconds(5);
        var alice = _net.Phone("alice").Invites("us").Receives(200).Acks();
        _net.Run(TimeSpan.FromSeconds(4.5));
        one.Silence();
        _net.Run(TimeSpan.FromSeconds(6));
        one.Restore();
        _net.Run(TimeSpan.FromSeconds(8));
        Assert.Equal(1, one.Calls);
        Serve("two");
        one.Dies();
        _net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(["relocated 6"], _seen.Notes);
        alice.HangsUp();
        _net.AssertNothingLeft();
    }

    private TestNode Serve(string name) => _net.Serves(app => app.Invite<Stateful>(), services => services.AddSingleton(_seen), node: name);

    private sealed class Ear(Action heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard();
    }

    private sealed class Seen
    {
        public string Fails { get; set; } = "";

        public string Padding { get; set; } = "";

        public TimeSpan? SavesAt { get; set; }

        public List<string> Notes { get; } = [];
    }

    private sealed class Memory
    {
        [JsonIgnore]
        public string Fails { get; set; } = "";

        public int Number { get; set; } = 5;

        public string Padding { get; set; } = "";

        public int Wrong => Fails == "write" ? throw new InvalidDataException("cannot be written") : 1;
    }

    private sealed class Stateful(Seen seen) : CallActor<Memory>
    {
        protected override async Task OnInvite(IncomingCall call)
        {
            if (seen.Fails == "cancelled")
            {
                call.Cancelled.Register(static () => throw new InvalidDataException("cannot be told"));
                await call.Ended;
                return;
            }

            State.Padding = seen.Padding;
            await call.Answer(Ours);
            if (seen.SavesAt is { } at) SetTimer("save", at);
            if (seen.Fails != "write") return;
            await call.Acknowledged;
            State.Fails = seen.Fails;
            Save();
        }

        protected override Task OnTimer(string name)
        {
            State.Number++;
            Save();
            return Task.CompletedTask;
        }

        internal override void ReadState(ReadOnlyMemory<byte> state)
        {
            if (seen.Fails == "read") throw new InvalidDataException("cannot be read");
            base.ReadState(state);
        }

        protected override Task OnRelocated()
        {
            seen.Notes.Add($"relocated {State.Number}");
            return Task.CompletedTask;
        }
    }
}
