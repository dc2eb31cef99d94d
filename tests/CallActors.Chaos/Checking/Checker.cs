using System.Globalization;
using CallActors.Chaos.Histories;

namespace CallActors.Chaos.Checking;

/// <summary>Reads what every end of every call sent and received, and says which rules were broken.</summary>
internal sealed class Checker
{
    // T1: whoever had to send again was touched by the fault.
    private const double Retransmission = 0.5;

    private readonly Bounds _bounds;
    private readonly List<Breach> _breaches = [];
    private readonly HistoryEvent[] _events;
    private readonly double _fault;

    private Checker(IEnumerable<HistoryEvent> history, Bounds bounds)
    {
        _bounds = bounds;
        _events = [.. history.OrderBy(entry => entry.At)];
        _fault = _events.FirstOrDefault(entry => entry.What == Happening.Fault)?.At ?? double.PositiveInfinity;
    }

    /// <summary>Checks a whole history.</summary>
    public static Verdict Check(IEnumerable<HistoryEvent> history, Bounds? bounds = null) => new Checker(history, bounds ?? new Bounds()).Run();

    private Verdict Run()
    {
        var calls = _events.Where(entry => entry is { Call.Length: > 0 } and not { What: Happening.Recorded }).GroupBy(entry => entry.Call).ToDictionary(call => call.Key, call => call.ToArray());
        var records = _events.Where(entry => entry.What == Happening.Recorded).ToArray();
        var keysOf = records.ToLookup(record => record.Call, record => record.Text);
        foreach (var key in records.GroupBy(record => record.Text).Where(key => key.Count() > 1)) Break(Rule.Record, key.First().Call, $"{key.Count()} records of the key {key.Key}");
        int held = 0, begun = 0;
        var waits = new Waits(_fault, _bounds);
        foreach (var (name, events) in calls)
        {
            var isHeld = events[0].IsHeld;
            if (isHeld) held++; else begun++;
            SetUp(name, events, isHeld);
            Ending(name, events);
            Counters(name, events, CallEnd.Caller, CallEnd.Callee);
            Counters(name, events, CallEnd.Callee, CallEnd.Caller);
            if (events.Any(entry => entry is { What: Happening.Answered, End: CallEnd.Caller })) Records(name, keysOf[name].Distinct().Count());
            if (isHeld) waits.Add(name, events, _breaches);
        }
        return waits.Conclude(_breaches) with { Held = held, Begun = begun, Records = records.Length, Breaches = [.. _breaches.OrderBy(breach => breach.Rule)] };
    }

    private void SetUp(string name, HistoryEvent[] events, bool isHeld)
    {
        if (isHeld)
        {
            foreach (var end in (CallEnd[])[CallEnd.Caller, CallEnd.Callee])
            {
                if (!events.Any(entry => entry.What == Happening.Answered && entry.End == end && entry.At < _fault)) Break(Rule.SetUp, name, $"not answered at the {end} before the fault");
            }
        }
        else if (!events.Any(entry => entry is { What: Happening.Answered, End: CallEnd.Caller }))
        {
            Break(Rule.NewCalls, name, events.LastOrDefault(entry => entry.What == Happening.Refused) is { } refused ? $"refused: {refused.Status} {refused.Text}" : "no final response");
        }
    }

    private void Ending(string name, HistoryEvent[] events)
    {
        foreach (var entry in events)
        {
            if (entry.What == Happening.Acknowledged && entry.Status is < 200 or >= 300) Failure(name, entry);
            if (entry.What == Happening.OutOfOrder) Break(Rule.Order, name, $"{entry.Text} with CSeq {entry.Sequence} at the {entry.End}, which is none of the next");
        }
        // A leg that was answered while nobody was left who wanted it: set up again elsewhere, the call is another leg's. It must be ended, once, by whomever.
        foreach (var taken in events.Where(entry => entry.What == Happening.Took))
        {
            var isOver = events.Any(entry => entry.What is Happening.WasHungUp or Happening.HungUp && entry.Leg == taken.Leg && entry.End == taken.End);
            if (!isOver) Break(Rule.Lost, name, $"nobody ended the leg {taken.Leg} of the {taken.End}");
        }
        foreach (var twice in events.Where(entry => entry.What == Happening.WasHungUp).GroupBy(entry => (entry.End, entry.Leg)).Where(leg => leg.Count() > 1))
        {
            Break(Rule.Duplicate, name, $"{twice.Count()} BYEs at the {twice.Key.End}");
        }
        if (events.Any(entry => entry is { What: Happening.Answered, End: CallEnd.Caller })) HangUps(name, events, Legs(events));
    }

    // The legs that the call had when it was talked on: the caller's, and the last one that the callee answered.
    private static HashSet<string> Legs(HistoryEvent[] events) =>
    [
        .. events.Where(entry => entry is { What: Happening.Answered, End: CallEnd.Caller }).Select(entry => entry.Leg),
        .. events.Where(entry => entry is { What: Happening.Answered, End: CallEnd.Callee }).TakeLast(1).Select(entry => entry.Leg),
    ];

    private void HangUps(string name, HistoryEvent[] events, HashSet<string> legs)
    {
        HistoryEvent[] own = [.. events.Where(entry => legs.Contains(entry.Leg))];
        foreach (var hungUp in own.Where(entry => entry.What == Happening.WasHungUp))
        {
            if (!own.Any(entry => entry.What == Happening.HungUp && entry.End != hungUp.End && entry.At <= hungUp.At)) Break(Rule.Lost, name, $"the {hungUp.End} got a BYE that nobody sent: {hungUp.Text}");
        }
        foreach (var hungUp in own.Where(entry => entry.What == Happening.HungUp))
        {
            var isMutual = own.Any(entry => entry.What == Happening.HungUp && entry.End != hungUp.End);
            if (!isMutual && !own.Any(entry => entry.What == Happening.WasHungUp && entry.End != hungUp.End)) Break(Rule.Lost, name, $"the BYE of the {hungUp.End} did not reach the other end");
            var answer = own.FirstOrDefault(entry => entry.What == Happening.HangupAnswered && entry.End == hungUp.End);
            if (answer is null) Break(Rule.Lost, name, $"the BYE of the {hungUp.End} was not answered");
            else if (answer.Status is < 200 or >= 300) Failure(name, answer);
        }
        if (!own.Any(entry => entry.What == Happening.HungUp)) Break(Rule.Lost, name, "nobody could hang up");
    }

    private void Failure(string name, HistoryEvent entry)
    {
        var what = $"{(entry.What == Happening.Acknowledged ? $"INFO {entry.Counter}" : "BYE")} of the {entry.End} at {entry.At.ToString("F1", CultureInfo.InvariantCulture)} s got {entry.Status}";
        Break(entry.Status switch { 481 => Rule.Unknown, 408 => Rule.Lost, _ => Rule.Failed }, name, what);
    }

    private void Counters(string name, HistoryEvent[] events, CallEnd from, CallEnd to)
    {
        var seen = new Dictionary<long, long>();
        var highest = 0L;
        foreach (var received in events.Where(entry => entry.What == Happening.Received && entry.End == to))
        {
            if (seen.TryGetValue(received.Counter, out var sequence))
            {
                if (sequence != received.Sequence) Break(Rule.Duplicate, name, $"the {to} saw counter {received.Counter} with CSeq {sequence} and {received.Sequence}");
                continue;
            }
            seen.Add(received.Counter, received.Sequence);
            if (received.Counter < highest) Break(Rule.Order, name, $"the {to} saw counter {received.Counter} after {highest}");
            highest = Math.Max(highest, received.Counter);
        }
        foreach (var acknowledged in events.Where(entry => entry is { What: Happening.Acknowledged, Status: >= 200 and < 300 } && entry.End == from))
        {
            if (!seen.ContainsKey(acknowledged.Counter)) Break(Rule.Vanished, name, $"counter {acknowledged.Counter} of the {from} was answered {acknowledged.Status} and did not reach the {to}");
        }
    }

    private void Records(string name, int keys)
    {
        if (keys != 1) Break(Rule.Record, name, $"{keys} records");
    }

    private void Break(Rule rule, string call, string what) => _breaches.Add(new Breach(rule, call, what));

    /// <summary>How long the answers took from the fault on.</summary>
    private sealed class Waits(double fault, Bounds bounds)
    {
        private readonly List<double> _first = [];
        private double _longest;

        public void Add(string name, HistoryEvent[] events, List<Breach> breaches)
        {
            foreach (var end in (CallEnd[])[CallEnd.Caller, CallEnd.Callee])
            {
                var sent = events.Where(entry => entry.What == Happening.Sent && entry.End == end).ToDictionary(entry => entry.Counter, entry => entry.At);
                var isFirst = true;
                foreach (var answer in events.Where(entry => entry is { What: Happening.Acknowledged, Status: >= 200 and < 300 } && entry.End == end && entry.At >= fault))
                {
                    var wait = answer.At - Math.Max(fault, sent.GetValueOrDefault(answer.Counter));
                    if (isFirst) _first.Add(wait);
                    isFirst = false;
                    _longest = Math.Max(_longest, wait);
                    if (wait > bounds.LongestAnswer) breaches.Add(new Breach(Rule.Late, name, string.Create(CultureInfo.InvariantCulture, $"INFO {answer.Counter} of the {end} was answered after {wait:F1} s")));
                }
                if (isFirst && !double.IsInfinity(fault)) breaches.Add(new Breach(Rule.Late, name, $"nothing that the {end} sent after the fault was answered"));
            }
        }

        public Verdict Conclude(List<Breach> breaches)
        {
            var touched = _first.Where(wait => wait > Retransmission).Order().ToArray();
            var median = touched.Length == 0 ? 0 : touched[touched.Length / 2];
            if (median > bounds.MedianAnswer) breaches.Add(new Breach(Rule.Late, "", string.Create(CultureInfo.InvariantCulture, $"the median of the first answers is {median:F1} s")));
            if (breaches.Count(breach => breach.Rule == Rule.NewCalls) <= bounds.Refused) breaches.RemoveAll(breach => breach.Rule == Rule.NewCalls);
            return new Verdict { Touched = touched.Length, FirstAnswerMedian = median, FirstAnswerLongest = _first.DefaultIfEmpty(0).Max(), LongestAnswer = _longest };
        }
    }
}
