using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace CallActors.Node.CommandLine;

/// <summary>The whole command line: its commands, its help, and what happens when it cannot be read.</summary>
internal sealed class RootCommandLine
{
    private readonly RootCommand _root;

    /// <param name="run">Runs a node until it is told to leave, and gives the exit code.</param>
    public RootCommandLine(Func<NodeRole, GivenOptions, Task<int>> run)
    {
        var serve = new Command("serve", "Run the SIP signalling server alone, for applications written for drachtio-srf or for this project's runtime.");
        // drachtio reports what it does not know and goes on; a command line written for it must keep working.
        serve.TreatUnmatchedTokensAsErrors = false;
        Give(serve, ServeOptions.All, given => run(NodeRole.Server, given));

        var runtime = new Command("run", "Run the runtime and its demo PBX alone, with signalling servers elsewhere (--server, --listen).");
        Give(runtime, RunOptions.Run, given => run(NodeRole.Runtime, given));

        _root = new RootCommand("CallActors. Without a command: a signalling server, the call-control runtime and a demo PBX in one process.") { serve, runtime };
        Give(_root, RunOptions.AllInOne, given => run(NodeRole.AllInOne, given));
        foreach (var option in _root.Options)
        {
            if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithNotes(help);
            if (option is VersionOption) option.Action = new ShowVersion();
        }
        _root.Options.OfType<VersionOption>().Single().Aliases.Add("-v");
    }

    /// <summary>The version of this build, and where it is known the beginning of its commit.</summary>
    public static string Version { get; } = Shorten(typeof(RootCommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    /// <summary>Reads the arguments and does what they ask.</summary>
    public async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        // A secret may begin with @: that names no response file here.
        var result = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not (HelpWithNotes or ShowVersion))
        {
            foreach (var fault in result.Errors) await error.WriteLineAsync($"callactors: error: {fault.Message}").ConfigureAwait(false);
            await error.WriteLineAsync("callactors: '--help' shows every option, 'serve --help' and 'run --help' those of a server or a runtime alone.").ConfigureAwait(false);
            return 1;
        }
        return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
            .ConfigureAwait(false);
    }

    private static void Give(Command command, IEnumerable<ServeOption> options, Func<GivenOptions, Task<int>> run)
    {
        foreach (var option in options) command.Add(option.Option);
        command.SetAction(result => run(new GivenOptions(result.Tokens)));
    }

    private static string Shorten(string version) => version[..Math.Min(version.Length, version.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus ? plus + 8 : version.Length)];

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Version);
            return 0;
        }
    }

    private sealed class HelpWithNotes(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(HelpNotes.Of(parseResult.CommandResult.Command.Name));
            return 0;
        }
    }
}
