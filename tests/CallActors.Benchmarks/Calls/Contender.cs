namespace CallActors.Benchmarks.Calls;

/// <summary>One row of the comparison: the programs that stand between or opposite SIPp's calls.</summary>
internal abstract class Contender(string name, string directory) : IDisposable
{
    private readonly List<RunningProgram> _programs = [];

    public string Name { get; } = name;

    /// <summary>The programs whose CPU is told, the one under test first.</summary>
    public IReadOnlyList<RunningProgram> Programs => _programs;

    /// <summary>The process that is measured; null where only SIPp runs.</summary>
    public abstract RunningProgram? Server { get; }

    /// <summary>What its programs have spent so far on compiling again what is called often.</summary>
    public TimeSpan Compiling => _programs.SelectMany(program => program.Tree).Aggregate(TimeSpan.Zero, (sum, pid) => sum + ProcFiles.Compiling(pid));

    /// <summary>Whether it takes part in a scenario.</summary>
    public abstract bool Plays(Scenario scenario);

    /// <summary>Where SIPp sends the calls of a scenario.</summary>
    public abstract int SipPort(Scenario scenario);

    /// <summary>Whom SIPp calls in a scenario.</summary>
    public virtual string CalledUser(Scenario scenario) => scenario.CalledUser;

    public abstract void Start(IReadOnlyList<Scenario> scenarios);

    public void Dispose()
    {
        for (var i = _programs.Count; i-- > 0;) _programs[i].Dispose();
        _programs.Clear();
    }

    protected string DirectoryOf(string what)
    {
        var path = Path.Combine(directory, Name, what);
        Directory.CreateDirectory(path);
        return path;
    }

    protected RunningProgram Run(string program, IEnumerable<string> command, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var running = RunningProgram.Start(program, DirectoryOf(program), command, environment);
        _programs.Add(running);
        return running;
    }

    /// <summary>A SIPp that answers the calls of one scenario.</summary>
    protected int RunCallee(Scenario scenario, int port = 0)
    {
        if (port == 0) port = LoopbackPort.Free();
        var program = "callee-" + scenario.Name;
        var script = Path.Combine(DirectoryOf(program), "callee.xml");
        File.WriteAllText(script, scenario.Callee);
        Run(program, Sipp.Command(port, script));
        return port;
    }
}
