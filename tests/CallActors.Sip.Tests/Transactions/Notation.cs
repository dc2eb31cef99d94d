using System.Globalization;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Tests.Transactions;

/// <summary>Effects in a few words each, so that a table of transitions can be laid beside the figure of the RFC.</summary>
public static class Notation
{
    /// <summary>What the effects say, in order: <c>send ACK, pass 486, start D 32s</c>.</summary>
    public static string Of(IEnumerable<TransactionEffect> effects) => string.Join(", ", effects.Select(Of));

    private static string Of(TransactionEffect effect) => effect switch
    {
        Send send => "send " + Of(send.Message),
        PassUp passUp => "pass " + Of(passUp.Message),
        BeginCancel begin => "begin " + Of(begin.Request),
        StartTimer start => $"start {start.Timer} {Of(start.After)}" + (start.Turn == 0 ? "" : $" #{start.Turn}"),
        Finish finish => "finish " + finish.Outcome,
        Reply reply => "reply " + Of(reply.Response),
        AnswerRequest answer => $"answer {Of(answer.Request)} {answer.Status}",
        AcknowledgeAnswer acknowledge => "acknowledge " + Sample.Text(acknowledge.Answer.ToTag),
        ReleaseAnswer release => "release " + Sample.Text(release.Answer.ToTag),
        _ => effect.ToString(),
    };

    private static string Of(SipMessage message) => message switch
    {
        SipRequest request => Sample.Text(request.MethodName),
        SipResponse response => response.StatusCode.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string Of(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";
}

/// <summary>
/// A machine against its figure: the rows that were written down are followed, and every pair of state and input without a row is silent.
/// </summary>
/// <param name="Machine">The machine.</param>
/// <param name="States">Its states by the name that the rows give them.</param>
/// <param name="Inputs">Its inputs by name.</param>
/// <param name="Show">The name of a state it went to.</param>
public sealed record Figure<TState>(
    IStateMachine<TState> Machine,
    IReadOnlyDictionary<string, TState> States,
    IReadOnlyDictionary<string, TransactionInput> Inputs,
    Func<TState, string> Show)
{
    /// <summary>One row: from a state, by an input, to a state, with these effects.</summary>
    public sealed record Arrow(string From, string Input, string To, string Effects = "");

    public void Check(params Arrow[] arrows)
    {
        var wrong = new List<string>();
        foreach (var (from, state) in States)
        {
            foreach (var (name, input) in Inputs)
            {
                var expected = arrows.SingleOrDefault(arrow => arrow.From == from && arrow.Input == name) ?? new(from, name, Show(state));
                var (next, effects) = Machine.Handle(state, input);
                var actual = new Arrow(from, name, Show(next), Notation.Of(effects));
                if (actual != expected) wrong.Add($"expected {expected}\n  actual {actual}");
            }
        }

        Assert.All(arrows, arrow => Assert.True(States.ContainsKey(arrow.From) && Inputs.ContainsKey(arrow.Input), $"No such row: {arrow}"));
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
