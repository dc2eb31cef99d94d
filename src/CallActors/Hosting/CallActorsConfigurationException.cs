namespace CallActors;

/// <summary>The application is configured wrongly and does not start. The message names everything that is wrong.</summary>
public sealed class CallActorsConfigurationException : Exception
{
    internal CallActorsConfigurationException(IReadOnlyList<string> mistakes)
        : base(string.Join(Environment.NewLine, mistakes)) => Mistakes = mistakes;

    /// <summary>What is wrong, one line each.</summary>
    public IReadOnlyList<string> Mistakes { get; }
}
