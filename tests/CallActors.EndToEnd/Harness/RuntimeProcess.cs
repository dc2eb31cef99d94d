namespace CallActors.EndToEnd.Harness;

/// <summary>A real runtime with its PBX: <c>dotnet CallActors.Node.dll run</c>, its servers elsewhere.</summary>
internal sealed class RuntimeProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-runtime-").FullName;
    private readonly ChildProcess _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeProcess(string[] more)
    {
        string[] arguments = [Tools.ServerAssembly, "run", "--noconfig", "--secret", ServerOptions.Secret, "--loglevel", "info", .. more];
        _process = new ChildProcess("dotnet", arguments, line =>
        {
            if (line.Contains("is ready", StringComparison.Ordinal)) _ready.TrySetResult();
        }, _folder);
    }

    internal ChildProcess Process => _process;

    /// <summary>Starts one and waits until it says that it is ready.</summary>
    internal static async Task<RuntimeProcess> StartAsync(params string[] more)
    {
        var runtime = new RuntimeProcess(more);
        if (await Task.WhenAny(runtime._ready.Task, Task.Delay(TimeSpan.FromSeconds(30))) == runtime._ready.Task)
            return runtime;
        var said = runtime.Describe();
        await runtime.DisposeAsync();
        throw new InvalidOperationException($"The runtime did not start.\n{said}");
    }

    /// <summary>For a failed test: the end of its log.</summary>
    internal string Describe() =>
        $"runtime {(_process.HasExited ? $"ended with {_process.ExitCode}" : "")}\n{string.Concat(_process.LastLines.TakeLast(60).Select(line => $"    {line}\n"))}";

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
