using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace CallActors.Node.CommandLine;

/// <summary>The whole command line: its commands, its help, and what happens when it cannot be read.</summary>
internal sealed class RootCommandLine
{
    private readonly RootCommand _root;
    private readonly Func<GivenOptions, Task<int>> _serve;

    /// <param name="serve">Runs the server until it is told to leave, and gives the exit code.</param>
    public RootCommandLine(Func<GivenOptions, Task<int>> serve)
    {
        _serve = serve;
        var command = new Command("serve", "Run the SIP signalling server that applications written for drachtio-srf connect to.");
        foreach (var option in ServeOptions.All) command.Add(option.Option);
        // drachtio reports what it does not know and goes on; a command line written for it must keep working.
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(result => _serve(new GivenOptions(result.Tokens)));

        _root = new RootCommand("CallActors: a SIP signalling server, compatible with drachtio-server.") { command };
        foreach (var option in _root.Options)
        {
            if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithNotes(help, command);
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
            await error.WriteLineAsync("callactors: 'serve --help' shows every option, 'serve' alone starts a server.").ConfigureAwait(false);
            return 1;
        }
        return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
            .ConfigureAwait(false);
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

    private sealed class HelpWithNotes(HelpAction help, Command serve) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(parseResult.CommandResult.Command == serve ? HelpNotes.Serve : HelpNotes.Root);
            return 0;
        }
    }
}
