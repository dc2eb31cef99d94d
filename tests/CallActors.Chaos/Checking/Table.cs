using System.Globalization;

namespace CallActors.Chaos.Checking;

/// <summary>Verdicts as lines.</summary>
internal static class Table
{
    private const int Examples = 3;

    public static string Head { get; } =
        $"{"fault",-24}{"calls",7}{"lost",6}{"481",6}{"failed",8}{"twice",7}{"order",7}{"gone",6}{"records",9}{"touched",9}{"p50 s",7}{"p100 s",8}{"longest",9}{"new",7}{"refused",9}  verdict";

    public static string Row(string name, Verdict verdict) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-24}{verdict.Held,7}{verdict.Count(Rule.Lost) + verdict.Count(Rule.SetUp),6}{verdict.Count(Rule.Unknown),6}{verdict.Count(Rule.Failed),8}{verdict.Count(Rule.Duplicate),7}{verdict.Count(Rule.Order),7}{verdict.Count(Rule.Vanished),6}{(verdict.Count(Rule.Record) == 0 ? "right" : "-" + verdict.Count(Rule.Record)),9}{verdict.Touched,9}{verdict.FirstAnswerMedian,7:F1}{verdict.FirstAnswerLongest,8:F1}{verdict.LongestAnswer,9:F1}{verdict.Begun,7}{verdict.Count(Rule.NewCalls),9}  {(verdict.IsGood ? "good" : "BROKEN")}");

    /// <summary>Says what was broken, with an example or three of each rule.</summary>
    public static void Explain(Verdict verdict, Action<string> say)
    {
        foreach (var rule in verdict.Breaches.GroupBy(breach => breach.Rule))
        {
            say($"  {rule.Key}: {rule.Count()} times");
            foreach (var breach in rule.Take(Examples)) say($"    {breach.Call}: {breach.What}");
        }
    }
}
