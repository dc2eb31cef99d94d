namespace CallActors.Benchmarks.Calls;

/// <summary>All contenders, started and warmed up: compiled code that is still being compiled again says nothing.</summary>
internal sealed class Stage : IDisposable
{
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
                foreach (var scenario in scenarios.Where(contender.Plays))
                    Run.Measure(contender, scenario, rate: 800, load: TimeSpan.FromSeconds(4) * contender.Sharers, Path.Combine(directory, "caller"));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<Contender> Contenders => _contenders;

    public void Dispose()
    {
        foreach (var contender in _contenders) contender.Dispose();
        _contenders.Clear();
    }
}
