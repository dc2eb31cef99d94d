using System.CommandLine;
using CallActors.Server.Configuration;

namespace CallActors.Node.CommandLine;

/// <summary>One option of <c>serve</c>: how it is written, what its help says, and what it changes.</summary>
internal sealed class ServeOption
{
    private readonly Func<ServerOptions, Setting, ServerOptions> _apply;

    private ServeOption(Option option, bool takesValue, Func<ServerOptions, Setting, ServerOptions> apply)
    {
        Option = option;
        TakesValue = takesValue;
        _apply = apply;
    }

    /// <summary>The option as the parser knows it.</summary>
    public Option Option { get; }

    /// <summary>Whether a value follows.</summary>
    public bool TakesValue { get; }

    /// <summary>The name it is told apart by.</summary>
    public string Name => Option.Name;

    public ServerOptions Apply(ServerOptions options, Setting setting) => _apply(options, setting);

    /// <summary>An option with a value; given twice, the later one holds.</summary>
    public static ServeOption Value(string name, string? shortForm, string value, string help, Func<ServerOptions, Setting, ServerOptions> apply) =>
        new(new Option<string[]>(name, Aliases(shortForm)) { HelpName = value, Description = help, Arity = ArgumentArity.OneOrMore }, true, apply);

    /// <summary>An option without a value.</summary>
    public static ServeOption Flag(string name, string? shortForm, string help, Func<ServerOptions, ServerOptions> apply) =>
        new(new Option<bool>(name, Aliases(shortForm)) { Description = help, Arity = ArgumentArity.Zero }, false, (options, _) => apply(options));

    /// <summary>An option of drachtio's that this version takes and does not act on; help does not show it.</summary>
    public static ServeOption Without(string name, string? shortForm, bool takesValue, string because) =>
        new(takesValue
                ? new Option<string[]>(name, Aliases(shortForm)) { Hidden = true, Arity = ArgumentArity.OneOrMore }
                : new Option<bool>(name, Aliases(shortForm)) { Hidden = true, Arity = ArgumentArity.Zero },
            takesValue,
            (options, setting) =>
            {
                setting.Findings.Warn(setting.Place, $"{because}; the option has no effect");
                return options;
            });

    private static string[] Aliases(string? shortForm) => shortForm is null ? [] : [shortForm];
}
