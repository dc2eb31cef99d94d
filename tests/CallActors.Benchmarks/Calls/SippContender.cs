namespace CallActors.Benchmarks.Calls;

/// <summary>SIPp against SIPp: what the load generator itself costs and bears on this machine.</summary>
internal sealed class SippContender(string directory) : Contender("sipp", directory)
{
    private readonly Dictionary<string, int> _ports = [];

    public override RunningProgram? Server => null;

    public override bool Plays(Scenario scenario) => _ports.ContainsKey(scenario.Name);

    public override int SipPort(Scenario scenario) => _ports[scenario.Name];

    public override void Start(IReadOnlyList<Scenario> scenarios)
    {
        foreach (var scenario in scenarios) _ports[scenario.Name] = RunCallee(scenario);
        Thread.Sleep(500);
    }
}
