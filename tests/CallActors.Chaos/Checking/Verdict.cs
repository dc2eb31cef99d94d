namespace CallActors.Chaos.Checking;

/// <summary>The rules of a history, in the order they are shown.</summary>
internal enum Rule
{
    /// <summary>Every held call was answered at both ends before the fault.</summary>
    SetUp,

    /// <summary>No call ended before an end of it hung up, and a hang-up reached the other end once and was answered 200.</summary>
    Lost,

    /// <summary>Nothing in a dialog was answered 481.</summary>
    Unknown,

    /// <summary>Nothing in a dialog was answered with any other failure.</summary>
    Failed,

    /// <summary>No end saw a counter twice with different numbers.</summary>
    Duplicate,

    /// <summary>No end saw a counter after a higher one, or a request's number that was none of the next.</summary>
    Order,

    /// <summary>What was answered 200 at one end had reached the other.</summary>
    Vanished,

    /// <summary>Each answered call left exactly one record, and each key is in one record.</summary>
    Record,

    /// <summary>The first answers after the fault came in time, and every later one.</summary>
    Late,

    /// <summary>The calls that were begun meanwhile were answered.</summary>
    NewCalls,
}

/// <summary>A rule that was broken.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Call">The call; empty where it is about all.</param>
/// <param name="What">What was seen.</param>
internal sealed record Breach(Rule Rule, string Call, string What);

/// <summary>What a checker makes of a history.</summary>
internal sealed record Verdict
{
    /// <summary>Held calls.</summary>
    public int Held { get; init; }

    /// <summary>Calls begun during the fault.</summary>
    public int Begun { get; init; }

    /// <summary>Ends of calls whose first answer was late by more than a retransmission.</summary>
    public int Touched { get; init; }

    /// <summary>The median of their first answers after the fault, in seconds.</summary>
    public double FirstAnswerMedian { get; init; }

    /// <summary>The slowest first answer, in seconds.</summary>
    public double FirstAnswerLongest { get; init; }

    /// <summary>The slowest answer of all from the fault on, in seconds.</summary>
    public double LongestAnswer { get; init; }

    /// <summary>Records that were written.</summary>
    public int Records { get; init; }

    public IReadOnlyList<Breach> Breaches { get; init; } = [];

    public bool IsGood => Breaches.Count == 0;

    /// <summary>How often a rule was broken.</summary>
    public int Count(Rule rule) => Breaches.Count(breach => breach.Rule == rule);
}
