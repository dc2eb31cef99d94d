namespace CallActors.Fuzz;

/// <summary>A parser under fuzz: whatever the bytes, it answers, never throws, and takes time and memory in proportion.</summary>
/// <remarks>One instance per worker; it may keep what <see cref="Act"/> found for <see cref="Check"/>.</remarks>
public interface IFuzzTarget
{
    /// <summary>The name for <c>--target</c>.</summary>
    string Name { get; }

    /// <summary>What the inputs are made from.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>How many parsers <see cref="Act"/> runs over the input: the bounds on time and memory are for one.</summary>
    int Passes { get; }

    /// <summary>The code under test alone: its time and memory are measured.</summary>
    void Act(ReadOnlySpan<byte> input);

    /// <summary>What has to be true of the outcome, whatever the input; breaks with <see cref="ContractBrokenException"/>.</summary>
    void Check(ReadOnlySpan<byte> input);
}

/// <summary>An outcome that must not be.</summary>
public sealed class ContractBrokenException(string message) : Exception(message)
{
    /// <summary>Breaks when <paramref name="holds"/> is false.</summary>
    public static void Unless(bool holds, string what)
    {
        if (!holds) throw new ContractBrokenException(what);
    }
}
