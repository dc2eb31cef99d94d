using CallActors.Node.CommandLine;
using CallActors.Server.Configuration;

namespace CallActors.Node.Tests.CommandLine;

/// <summary>Reads command lines as the program does, without starting anything.</summary>
internal static class CommandLines
{
    /// <summary>What <c>serve</c> would be asked to do; null when it would not come to that.</summary>
    public static GivenOptions? Serve(params string[] arguments) => Run(["serve", .. arguments]).Given;

    public static ServerOptions Apply(out Findings findings, params string[] arguments)
    {
        findings = new Findings();
        return Serve(arguments)!.Apply(new ServerOptions(), findings);
    }

    public static ServerOptions Clean(params string[] arguments)
    {
        var options = Apply(out var findings, arguments);
        Assert.Empty(findings.All);
        return options;
    }

    public static string[] Findings(params string[] arguments)
    {
        Apply(out var findings, arguments);
        return [.. findings.All.Select(finding => finding.ToString())];
    }

    public static NodeRole? RoleOf(params string[] arguments)
    {
        NodeRole? role = null;
        new RootCommandLine((asked, _) =>
        {
            role = asked;
            return Task.FromResult(0);
        }).RunAsync(arguments, TextWriter.Null, TextWriter.Null).GetAwaiter().GetResult();
        return role;
    }

    public static (int Code, string Output, string Error, GivenOptions? Given) Run(params string[] arguments)
    {
        GivenOptions? given = null;
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new RootCommandLine((_, options) =>
        {
            given = options;
            return Task.FromResult(0);
        }).RunAsync(arguments, output, error).GetAwaiter().GetResult();
        return (code, output.ToString(), error.ToString(), given);
    }
}
