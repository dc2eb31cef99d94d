using CallActors.Node.CommandLine;

namespace CallActors.Node.Tests.CommandLine;

public sealed class RootCommandLineTests
{
    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public void The_version_is_one_line(string option)
    {
        var (code, output, error, _) = CommandLines.Run(option);
        Assert.Equal((0, RootCommandLine.Version + Environment.NewLine, ""), (code, output, error));
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [Theory]
    [InlineData("serve", "--help")]
    [InlineData("serve", "-h")]
    [InlineData("serve", "--port", "1", "--help")]
    public void Help_names_every_option_variable_and_signal(params string[] arguments)
    {
        var (code, output, error, given) = CommandLines.Run(arguments);
        Assert.Equal((0, "", null), (code, error, given));
        foreach (var option in ServeOptions.All.Where(option => !option.Option.Hidden))
        {
            Assert.Contains(option.Name, output, StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(option.Option.Description), option.Name);
        }
        Assert.All(["DRACHTIO_SECRET", "DRACHTIO_CONFIG_FILE_PATH", "SIGTERM", "SIGHUP", "Precedence"], word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Help_without_a_command_shows_the_commands()
    {
        var (code, output, _, _) = CommandLines.Run("--help");
        Assert.Equal(0, code);
        Assert.Contains("serve", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--colour")]
    [InlineData("run", "--contact", "sip:*")]
    [InlineData("serv")]
    [InlineData("serve", "--port")]
    [InlineData("serve", "--contact")]
    public void What_cannot_be_read_is_told_in_a_line_with_a_hint(params string[] arguments)
    {
        var (code, output, error, given) = CommandLines.Run(arguments);
        Assert.Equal((1, "", null), (code, output, given));
        Assert.StartsWith("callactors: error: ", error, StringComparison.Ordinal);
        Assert.Contains("serve --help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(NodeRole.AllInOne))]
    [InlineData(nameof(NodeRole.AllInOne), "--contact", "sip:127.0.0.1", "--password", "x", "--no-pbx")]
    [InlineData(nameof(NodeRole.Server), "serve")]
    [InlineData(nameof(NodeRole.Runtime), "run", "--server", "127.0.0.1:9022")]
    public void The_command_is_the_role(string role, params string[] arguments)
    {
        var (code, _, error, given) = CommandLines.Run(arguments);
        Assert.Equal((0, ""), (code, error));
        Assert.NotNull(given);
        Assert.Equal(role, CommandLines.RoleOf(arguments)?.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    public void Help_names_the_options_and_variables_of_the_application(params string[] arguments)
    {
        var (code, output, _, _) = CommandLines.Run(arguments);
        Assert.Equal(0, code);
        foreach (var option in RunOptions.Application)
        {
            Assert.Contains(option.Name, output, StringComparison.Ordinal);
            if (option.TakesValue) Assert.Contains(RunOptions.VariableOf(option.Name), output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_two_options_share_a_name() =>
        Assert.DoesNotContain(ServeOptions.All.Concat(RunOptions.All).SelectMany(option => option.Option.Aliases.Append(option.Name)).GroupBy(name => name), group => group.Count() > 1);
}
