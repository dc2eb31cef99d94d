using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using CsCheck;

namespace CallActors.Sip.Tests.Transactions;

/// <summary>One INVITE between the machines of both sides, over a network that loses, doubles and reorders, in time that only exists here.</summary>
public sealed class LossyCallTests
{
    [Fact]
    public void Whatever_the_network_does_both_sides_end_and_agree_on_what_they_heard() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 60], Gen.Bool).Sample((seed, lossPercent, accepts) =>
        {
            var call = new Call(seed, lossPercent / 100.0, accepts ? 200 : 486);
            call.Run();
            return call.Fault() is null;
        });

    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    public void Over_a_network_that_loses_nothing_every_message_goes_once(int status)
    {
        var call = new Call(seed: 1, loss: 0, status) { IsFaithful = true };
        call.Run();
        Assert.Null(call.Fault());
        Assert.Equal(["INVITE", "100", "180", status.ToString(System.Globalization.CultureInfo.InvariantCulture), "ACK"], call.OnTheWire);
    }

    private sealed class Call(int seed, double loss, int status)
    {
        private static readonly SipRequest Invite = Sample.Invite;
        private readonly Random _chance = new(seed);
        private readonly PriorityQueue<Action, double> _agenda = new();
        private readonly InviteClientTransaction _client = new(IsReliable: false, SipTimers.Default);
        private readonly InviteServerTransaction _server = new(IsReliable: false, SipTimers.Default);
        private readonly AnswerRetransmission _answer = new(Repeats: true, SipTimers.Default);
        private readonly AcknowledgementMemory _memory = new(SipTimers.Default);
        private InviteClientTransaction.State? _clientState;
        private InviteServerTransaction.State? _serverState;
        private AnswerRetransmission.State? _answerState;
        private AcknowledgementMemory.State? _memoryState;
        private double _now;

        public bool IsFaithful { get; init; }

        public List<string> OnTheWire { get; } = [];

        private List<string> Ends { get; } = [];

        private int FinalsSeen { get; set; }

        private bool SawAnswer { get; set; }

        public void Run()
        {
            (_clientState, var effects) = _client.Start(Invite);
            Perform(effects, Client, toServer: true);
            while (_agenda.TryDequeue(out var next, out _now) && _now < 1000) next();
        }

        /// <summary>What went wrong; null for nothing.</summary>
        public string? Fault() =>
            Ends.Count(end => end.StartsWith("client", StringComparison.Ordinal)) != 1 ? "the client did not end once"
            : _serverState is not null && Ends.Count(end => end.StartsWith("server", StringComparison.Ordinal)) != 1 ? "the server did not end once"
            : _answerState is not null && Ends.Count(end => end.StartsWith("answer", StringComparison.Ordinal)) != 1 ? "the answer did not end once"
            : _memoryState is not null && Ends.Count(end => end.StartsWith("memory", StringComparison.Ordinal)) != 1 ? "the memory did not end once"
            : _now > 200 ? "it took too long"
            : FinalsSeen > 1 ? "the caller heard two final responses"
            : SawAnswer != (_memoryState is not null) ? "an answer was seen and not remembered"
            : Ends.Contains("client Completed") && !SawAnswer && FinalsSeen == 0 ? "the caller ended well and heard nothing"
            : Ends.Contains("answer Completed") && !SawAnswer ? "an ACK came for an answer that nobody saw"
            : loss == 0 && (Ends.Contains("client TimedOut") || Ends.Contains("server TimedOut") || Ends.Contains("answer TimedOut")) ? "time ran out without need"
            : null;

        private void Client(TransactionInput input)
        {
            (_clientState, var effects) = _client.Handle(_clientState!, input);
            Perform(effects, Client, toServer: true);
        }

        private void Server(TransactionInput input)
        {
            (_serverState, var effects) = _server.Handle(_serverState!, input);
            Perform(effects, Server, toServer: false);
        }

        private void Answer(TransactionInput input)
        {
            (_answerState, var effects) = _answer.Handle(_answerState!, input);
            Perform(effects, Answer, toServer: false);
        }

        private void Memory(TransactionInput input)
        {
            (_memoryState, var effects) = _memory.Handle(_memoryState!, input);
            Perform(effects, Memory, toServer: true);
        }

        private void Perform(IEnumerable<TransactionEffect> effects, Action<TransactionInput> machine, bool toServer)
        {
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case Send send: Transmit(send.Message, toServer); break;
                    case StartTimer start: After(start.After.TotalSeconds, () => machine(start.Fired)); break;
                    case PassUp { Message: SipResponse response }: HearAtClient(response); break;
                    case Finish finish: Ends.Add($"{machine.Method.Name.ToLowerInvariant()} {finish.Outcome}"); break;
                }
            }
        }

        private void Transmit(SipMessage message, bool toServer)
        {
            OnTheWire.Add(message is SipResponse response ? response.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture) : Sample.Text(((SipRequest)message).MethodName));
            var copies = IsFaithful ? 1 : _chance.NextDouble() < 0.1 ? 2 : 1;
            for (var copy = 0; copy < copies; copy++)
            {
                if (_chance.NextDouble() < loss) continue;
                var delay = IsFaithful ? 0.01 : _chance.NextDouble() * 0.3;
                After(delay, () => { if (toServer) ArriveAtServer((SipRequest)message); else Client(new Received((SipResponse)message)); });
            }
        }

        private void ArriveAtServer(SipRequest request)
        {
            if (request.Method == SipMethod.Ack && status == 200) Answer(Acknowledged.Instance);
            else if (_serverState is not null) Server(new Retransmitted(request));
            else
            {
                (_serverState, var effects) = _server.Start(request);
                Perform(effects, Server, toServer: false);
                var ringsAfter = IsFaithful ? 0.1 : _chance.NextDouble();
                After(ringsAfter, () => Server(new Respond(Sample.Answer(Invite, 180))));
                After(ringsAfter + (IsFaithful ? 0.1 : _chance.NextDouble() * 10), Decide);
            }
        }

        private void Decide()
        {
            var final = Sample.Answer(Invite, status);
            Server(new Respond(final));
            if (status != 200) return;
            (_answerState, var effects) = _answer.Start(final);
            Perform(effects, Answer, toServer: false);
        }

        private void HearAtClient(SipResponse response)
        {
            if (response.IsProvisional) return;
            if (response.IsRejection)
            {
                FinalsSeen++;
                return;
            }
            SawAnswer = true;
            if (_memoryState is not null)
            {
                Memory(new Received(response));
                return;
            }
            FinalsSeen++;
            (_memoryState, var effects) = _memory.Start(response);
            Perform(effects, Memory, toServer: true);
            After(IsFaithful ? 0 : _chance.NextDouble() * 3, () => Memory(new Acknowledge(Sample.Ack)));
        }

        private void After(double seconds, Action action) => _agenda.Enqueue(action, _now + seconds);
    }
}
