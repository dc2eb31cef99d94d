using System.Text;

namespace CallActors.Fuzz;

/// <summary>The bounded run of every parser: some 200,000 cases. The long one is the program of this project.</summary>
public sealed class FuzzTests
{
    private const int Cases = 50_000;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Whatever_arrives_gets_an_answer_in_time_and_space(string name)
    {
        var outcome = new FuzzRun(FuzzTargets.Make(name)!, seed: 2026).Run(0, Cases);
        Assert.True(outcome.Failure is null, $"case {outcome.Failure?.Case}: {outcome.Failure?.What}\n{Encoding.Latin1.GetString(outcome.Failure?.Input ?? [])}");
        Assert.Equal(Cases, outcome.Cases);
    }

    [Fact]
    public void A_case_is_a_function_of_seed_and_number()
    {
        var seeds = Corpus.Messages;
        for (var number = 0; number < 200; number++)
        {
            var first = new FuzzRandom(7, number);
            var second = new FuzzRandom(7, number);
            Assert.True(new Mutator(seeds).Make(ref first).SequenceEqual(new Mutator(seeds).Make(ref second)));
        }
    }

    [Fact]
    public void The_program_refuses_a_command_line_it_does_not_know()
    {
        Assert.Equal(2, Program.Main(["--target", "nothing"]));
        Assert.Equal(2, Program.Main(["--count"]));
        Assert.Equal(0, Program.Main(["--count", "100", "--target", "frame", "--workers", "2"]));
    }
}
