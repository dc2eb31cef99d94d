namespace CallActors.Benchmarks.Calls;

/// <summary>All contenders, started and warmed up: compiled code that is still being compiled again says nothing.</summary>
internal sealed class Stage : IDisposable
{
    private const int MostRounds = 12;

    // The share of a core that compiling may still take.
    private const double Quiet = 0.01;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(4);

    private readonly List<Contender> _contenders = [];

    public Stage(CallsPlan plan, string directory, IReadOnlyList<Scenario> scenarios)
    {
        try
        {
            foreach (var name in plan.Contenders)
            {
                var contender = plan.Make(name, directory);
                _contenders.Add(contender);
                contender.Start([.. scenarios.Where(contender.Plays)]);
                foreach (var scenario in scenarios.Where(contender.Plays)) WarmUp(contender, scenario, Path.Combine(directory, "caller"));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<Contender> Contenders => _contenders;

    /// <summary>Calls until next to nothing is compiled any more. The runtime compiles again what is called often, beside the calls: half a core for ten seconds, and less and less for ten more.</summary>
    public static void WarmUp(Contender contender, Scenario scenario, string directory)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var before = contender.Compiling;
            Run.Measure(contender, scenario, rate: 800, load: s_round, directory);
            if (contender.Compiling - before < s_round * Quiet) return;
        }
    }

    public void Dispose()
    {
        foreach (var contender in _contenders) contender.Dispose();
        _contenders.Clear();
    }
}
