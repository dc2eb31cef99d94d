using CallActors.Descriptions;
using CallActors.Offers;
using CallActors.Sip.Transactions;

namespace CallActors.Tests.Offers;

/// <summary>
/// What happens to a <see cref="ModifyQueue"/>, in short. Ours: <c>offer 1 A</c>, <c>hold 1</c>, <c>silence 1</c>, <c>resume 1</c>, <c>refresh 1</c>,
/// <c>ask 1</c>, <c>answer 1 B</c>, <c>200 B</c>, <c>491</c>, <c>500 4</c>. Theirs: <c>invite 7 X</c>, <c>update 7 X</c>, <c>reply 7 200 Y</c>, <c>ack 7 Z</c>. Timers:
/// <c>retry 1</c>, <c>limit 1</c>, <c>abandoned 1</c>. And <c>lost</c> and <c>end</c>. A star in a description stands for none.
/// </summary>
internal static class ModifyScript
{
    public static ModifyInput Read(string input)
    {
        var words = input.Split(' ');
        var number = words.Length > 1 && int.TryParse(words[1], out var parsed) ? parsed : 0;
        string? Sdp(int index) => index < words.Length && words[index] != "*" ? words[index] : null;
        return words[0] switch
        {
            "offer" => new ModifyInput.Ask(number, new Modification.Offer(words[2])),
            "hold" => new ModifyInput.Ask(number, new Modification.Hold()),
            "silence" => new ModifyInput.Ask(number, new Modification.Hold(HoldMode.Inactive)),
            "resume" => new ModifyInput.Ask(number, new Modification.Resume()),
            "refresh" => new ModifyInput.Ask(number, new Modification.Refresh()),
            "ask" => new ModifyInput.Ask(number, new Modification.AskForOffer()),
            "answer" => new ModifyInput.Answer(number, Sdp(2)),
            "invite" => new ModifyInput.Received(number, Sdp(2), IsUpdate: false, 0.5),
            "update" => new ModifyInput.Received(number, Sdp(2), IsUpdate: true, 0.5),
            "reply" => new ModifyInput.Respond(number, int.Parse(words[2], null), Sdp(3)),
            "ack" => new ModifyInput.Acknowledged(number, Sdp(2)),
            "retry" => new ModifyInput.TimerFired(ModifyTimer.Retry, number),
            "limit" => new ModifyInput.TimerFired(ModifyTimer.Limit, number),
            "abandoned" => new ModifyInput.TimerFired(ModifyTimer.Abandoned, number),
            "lost" => new ModifyInput.NotSent("lost"),
            "end" => new ModifyInput.Ended("bye"),
            "200" or "202" => new ModifyInput.Accepted(Sdp(1)),
            var status => new ModifyInput.Refused(int.Parse(status, null), "no", number > 0 ? TimeSpan.FromSeconds(number) : null, 0.5),
        };
    }

    /// <summary>The effects in short; the limits, which every change has, are left out.</summary>
    public static string Written(IEnumerable<TransactionEffect> effects) => string.Join(", ", effects.Select(Written).Where(text => text.Length > 0));

    private static string Written(TransactionEffect effect) => effect switch
    {
        ModifyEffect.SendInvite invite => $"invite {invite.Id} {invite.Sdp ?? "*"}",
        ModifyEffect.SendAck ack => $"ack {ack.Id} {ack.Sdp ?? "*"}",
        ModifyEffect.CancelInvite cancel => $"cancel {cancel.Id}",
        ModifyEffect.AskForAnswer ask => $"answer {ask.Id} {ask.Offer}?",
        ModifyEffect.Present present => $"present {present.Exchange} {present.Sdp ?? "*"}",
        ModifyEffect.Reply { RetryAfter: { } after } reply => $"reply {reply.Exchange} {reply.Status} in {after.TotalSeconds}",
        ModifyEffect.Reply reply => $"reply {reply.Exchange} {reply.Status} {reply.Sdp ?? "*"}",
        ModifyEffect.StartTimer { Timer: ModifyTimer.Retry } timer => $"retry {timer.Turn} in {timer.After.TotalSeconds}",
        ModifyEffect.StartTimer => "",
        ModifyEffect.Settle { Outcome: ModifyOutcome.Agreed agreed } settle => $"{settle.Id} agreed {agreed.Sdp ?? "*"}",
        ModifyEffect.Settle { Outcome: ModifyOutcome.Refused refused } settle => $"{settle.Id} refused {refused.Code}",
        ModifyEffect.Settle settle => $"{settle.Id} {settle.Outcome.GetType().Name}",
        _ => throw new InvalidOperationException(effect.ToString()),
    };
}
