using PublicApiGenerator;

namespace CallActors.Control.Tests;

/// <summary>The public surface as text, so that a change of it is seen in review.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        var actual = typeof(ControlFramer).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });
        var reviewed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));
        if (Normalised(actual) == Normalised(reviewed)) return;

        var received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(received, Normalised(actual) + "\n");
        Assert.Fail($"The public surface has changed. If it should, copy {received} over PublicApi.txt beside this test.");
    }

    private static string Normalised(string text) => text.ReplaceLineEndings("\n").TrimEnd();
}
